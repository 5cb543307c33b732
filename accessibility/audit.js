// What audit.py asks of a page. Evaluated in it, never loaded by it: a strict Content-Security-Policy stays on.

const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [tabindex='0'][role]";
const STOPS = "a[href], button, input, select, textarea, summary, [tabindex], audio, video";

function path(element) {
  if (element.id) return `${element.localName}#${element.id}`;
  const classes = (one, most) => [...one.classList].slice(0, most).map((name) => "." + name).join("");
  const name = element.getAttribute("name") ? `[name="${element.getAttribute("name")}"]` : "";
  const parent = element.parentElement;
  const near = parent && parent !== document.body ? (parent.id ? "#" + parent.id : parent.localName + classes(parent, 1)) + " > " : "";
  return near + element.localName + classes(element, 2) + name;
}

function shown(element) {
  if (!element.checkVisibility({ visibilityProperty: true })) return false;
  const box = element.getBoundingClientRect();
  return box.width > 1 && box.height > 1;
}

function inSentence(element) {
  return element.localName === "a" && getComputedStyle(element).display === "inline"
    && element.parentElement.textContent.trim().length > element.textContent.trim().length;
}

function withLabels(element) {
  let { left, right, top, bottom } = element.getBoundingClientRect();
  if (["radio", "checkbox", "file"].includes(element.type))
    for (const label of element.labels ?? []) {
      const box = label.getBoundingClientRect();
      left = Math.min(left, box.left); right = Math.max(right, box.right);
      top = Math.min(top, box.top); bottom = Math.max(bottom, box.bottom);
    }
  return { width: right - left, height: bottom - top, right, bottom };
}

function smallTargets(least) {
  const small = [];
  for (const element of document.querySelectorAll(CONTROLS)) {
    if (element.disabled || inSentence(element)) continue;
    const labelled = [...(element.labels ?? [])].some(shown);
    if (!shown(element) && !labelled) continue;
    const { width, height, right, bottom } = withLabels(element);
    if (right <= 0 || bottom + scrollY <= 0) continue; // a skip link waits outside the page for focus
    if (width + 0.5 < least || height + 0.5 < least)
      small.push({ target: path(element), width: Math.round(width), height: Math.round(height) });
  }
  return small;
}

function scrollsItself(element) {
  for (let one = element.parentElement; one && one !== document.body; one = one.parentElement)
    if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(one).overflowX)) return true;
  return false;
}

function tooWide() {
  const room = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= room) return [];
  const right = (element) => Math.round(element.getBoundingClientRect().right);
  const wide = [...document.body.querySelectorAll("*")]
    .filter((element) => shown(element) && right(element) > room + 1 && !scrollsItself(element))
    .map((element) => ({ target: path(element), right: right(element) }));
  return wide.length ? wide.slice(0, 8) : [{ target: "html", right: document.scrollingElement.scrollWidth }];
}

// Puts the walk at the top of the page. Returns how many presses of Tab may be enough to come round.
function setOut() {
  document.activeElement?.blur?.();
  scrollTo(0, 0);
  const start = document.createElement("span"); // Tab goes on from where focus was last: put that at the top
  start.tabIndex = -1;
  document.body.prepend(start);
  start.focus({ preventScroll: true });
  start.remove();
  globalThis.auditWalk?.away.abort();
  const walk = { stops: [], met: new Set(), looks: unfocusedLooks(), over: false, round: false, away: new AbortController() };
  const heard = { capture: true, signal: walk.away.signal };
  addEventListener("keyup", () => comeTo(walk, document.activeElement), heard);
  // A frame keeps the keys that are pressed in it.
  addEventListener("blur", () => document.activeElement?.localName === "iframe" && comeTo(walk, document.activeElement), heard);
  globalThis.auditWalk = walk;
  return [...document.querySelectorAll(STOPS)].filter((one) => one.tabIndex >= 0 && shown(one)).length + 1;
}

function looks(element) {
  const style = getComputedStyle(element);
  return [style.boxShadow, style.borderColor, style.backgroundColor, style.textDecoration].join("|");
}

function unfocusedLooks() {
  return [...document.querySelectorAll(STOPS)].map(looks);
}

function outlined(element) {
  const style = element && getComputedStyle(element);
  return Boolean(style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
}

function nameOf(element) {
  const words = (ids) => (ids ?? "").split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
  const labels = [...(element.labels ?? [])].map((one) => one.textContent).join(" ");
  const legend = element.localName === "summary" ? "" : element.querySelector?.("img[alt]")?.alt;
  const value = ["submit", "button", "reset"].includes(element.type) ? element.value : "";
  return [element.getAttribute("aria-label"), words(element.getAttribute("aria-labelledby")), labels, element.textContent,
    element.getAttribute("title"), element.getAttribute("alt"), value, legend]
    .map((one) => (one ?? "").trim()).find(Boolean)?.replace(/\s+/g, " ").slice(0, 80) ?? "";
}

function fixedAround(element) {
  for (let one = element; one; one = one.parentElement)
    if (["fixed", "sticky"].includes(getComputedStyle(one).position)) return one;
  return null;
}

function covered(element) {
  const box = element.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, innerHeight / 2));
  if (!top || element.contains(top) || top.contains(element) || box.width <= 1) return false;
  const lid = fixedAround(top);
  return Boolean(lid && !lid.contains(element));
}

// Where Tab came to. How every other stop looks now is kept until the next press: one of them will have the focus then.
function comeTo(walk, element) {
  if (walk.over || element === walk.last) return; // a player has buttons of its own: they are one stop
  walk.last = element;
  const [first] = walk.met;
  walk.round = [null, document.body, document.documentElement, first].includes(element);
  walk.over = walk.round || walk.met.has(element);
  if (walk.over) return;
  walk.met.add(element);
  const was = walk.looks[[...document.querySelectorAll(STOPS)].indexOf(element)];
  const label = element.labels?.[0];
  const focusSeen = outlined(element) || outlined(label) || outlined(label?.parentElement) || (was !== undefined && was !== looks(element));
  walk.looks = unfocusedLooks();
  walk.stops.push({ tag: element.localName, name: nameOf(element), target: path(element), focus_seen: focusSeen, covered: covered(element) });
}

function walked() {
  const { stops, over, round } = globalThis.auditWalk;
  return { stops, over, round };
}

function written(element) {
  if (!shown(element) || element.labels?.[0]?.control?.disabled || element.control?.disabled) return false;
  return ["input", "select", "textarea"].includes(element.localName)
    || [...element.childNodes].some((one) => one.nodeType === Node.TEXT_NODE && one.data.trim());
}

const OPAQUE = /^rgb\(/;
const CLEAR = "rgba(0, 0, 0, 0)";

// What lies behind the text of an element, down to what nothing shows through.
function ground(element) {
  if (!element) return "";
  const { backgroundColor, backgroundImage, position } = getComputedStyle(element);
  if (OPAQUE.test(backgroundColor) && backgroundImage === "none") return backgroundColor;
  const over = ["static", "relative"].includes(position) ? "" : path(element);
  const layer = backgroundColor === CLEAR && backgroundImage === "none" ? over : `${backgroundColor} ${backgroundImage} ${over} / `;
  return layer + ground(element.parentElement);
}

// What makes an element, and all that is in it, fainter or other than its colours say.
function veils(element) {
  if (!element) return "";
  const { opacity, filter, mixBlendMode } = getComputedStyle(element);
  const own = opacity === "1" && filter === "none" && mixBlendMode === "normal" ? "" : `${opacity} ${filter} ${mixBlendMode} / `;
  return own + veils(element.parentElement);
}

function ink(element) {
  const { color, fontSize, fontWeight, textShadow } = getComputedStyle(element);
  const disabled = element.matches(":disabled, [aria-disabled=true]") ? "disabled" : "";
  return [element.localName, disabled, color, fontSize, fontWeight, textShadow, ground(element), veils(element)].join("|");
}

function inks(themes) {
  const root = document.documentElement;
  const was = root.dataset.theme;
  const texts = [...document.body.querySelectorAll("*")].filter(written);
  const all = {};
  for (const theme of themes) {
    root.dataset.theme = theme;
    all[theme] = [...new Set(texts.map(ink))];
  }
  if (was === undefined) delete root.dataset.theme;
  else root.dataset.theme = was;
  return all;
}
