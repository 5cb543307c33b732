// One switch: everything on a page in turn, first by groups, chosen with one key. Loaded for who asked for it (see /account).

const chosen = document.documentElement.dataset;
const KEY = { space: " ", enter: "Enter" }[chosen.switch];
const [STEP_MS, FIRST_MS] = [chosen.switchSeconds * 1000, chosen.switchFirst * 1000];
const [HOLD_MS, DEAF_MS] = [chosen.switchHold * 1000, chosen.switchRelease * 1000];
const ROUNDS = Number(chosen.switchRounds) || Infinity;
const ITEMS = "a[href], button, input, select, textarea, summary, [tabindex='0']";
const GROUPS = "fieldset, nav, form, section, details, header, footer, ul, ol, [role='group'], [role='toolbar']";
const TYPED = "textarea, input:not([type]), input:is([type='text'], [type='search'], [type='email'], [type='url'], [type='tel'], [type='password'], [type='number'])";
const STEPPED = "input:is([type='range'], [type='date'], [type='time'], [type='month'], [type='week'], [type='datetime-local'])";
const FEW = 6; // so many are quicker one by one than by groups
const MANY = 9; // more than so many are quicker by rows
const LETTERS = ["abcdef", "ghijkl", "mnopqr", "stuvwx", "yzéëï", "012345", "6789", ".,?!'-"];
const DIGITS = ["123", "456", "789", "0,.-"];

let level = null; // what is gone through: { entries, at, round, back }
let marked = [];
let timer = 0;
let held = 0;
let deafUntil = 0;
let board = null; // letters or choices of one field, while they are open
let pending = ""; // "3." is no number yet: its point waits for the next digit
let bySwitch = false; // a focus that this script gives
let typing = false; // somebody with a keyboard went into a field

const words = () => document.getElementById("switch-words").dataset;
const shown = (one) => one.checkVisibility?.({ visibilityProperty: true }) ?? one.getClientRects().length > 0;
const usable = (one) => shown(one) && !one.disabled && one.type !== "hidden" && !one.closest("[inert]") && !one.matches(".skip, [tabindex='-1']");
const place = (one) => (one.matches("input") && one.closest("label")) || one; // a round button alone is hard to see

/** What can be chosen now, the page's own part before its bars. */
function items() {
  const root = board ?? document.querySelector("dialog[open]") ?? document.body;
  const all = [...root.querySelectorAll(ITEMS)].filter(usable);
  const isMain = (one) => Boolean(one.closest("main"));
  return root === document.body ? [...all.filter(isMain), ...all.filter((one) => !isMain(one))] : all;
}

function nameOf(one) {
  const said = one.ariaLabel || one.labels?.[0]?.innerText || one.innerText || one.title || one.value || "";
  return said.trim();
}

/** Groups of what stands together; where there is little, each thing by itself. */
function entries() {
  const all = items();
  const single = (one) => ({ items: [one], name: nameOf(one) });
  if (all.length <= FEW) return all.map(single);
  const made = [];
  for (const one of all) {
    const of = one.closest(GROUPS);
    if (made.length && made.at(-1).of === of) made.at(-1).items.push(one);
    else made.push({ of, items: [one] });
  }
  return made.map(({ of, items }) =>
    items.length === 1 ? single(items[0]) : { items, name: of?.querySelector("legend, h2, h3")?.innerText || of?.ariaLabel || nameOf(items[0]) },
  );
}

function unmark() {
  for (const one of marked) one.removeAttribute("data-scanned");
  marked = [];
}

function show(entry) {
  unmark();
  marked = entry.items.map(place);
  for (const one of marked) one.setAttribute("data-scanned", "");
  marked[0]?.scrollIntoView({ block: "nearest" });
  if (entry.items.length === 1 && !entry.leaves) {
    bySwitch = true;
    entry.items[0].focus({ preventScroll: true });
    bySwitch = false;
  }
  if (chosen.switchSpoken) say(entry.name);
}

function say(text) {
  if (!globalThis.speechSynthesis) return;
  speechSynthesis.cancel();
  const spoken = new SpeechSynthesisUtterance(text);
  spoken.lang = document.documentElement.lang;
  speechSynthesis.speak(spoken);
}

/** Go through these, beginning there; what comes first stays longer. */
function go(list, at = 0, back = null) {
  clearTimeout(timer);
  if (!list.length) return rest();
  level = { entries: list, at: Math.min(at, list.length - 1), round: 1, back };
  show(level.entries[level.at]);
  timer = setTimeout(next, STEP_MS + FIRST_MS);
}

function next() {
  level.at += 1;
  if (level.at === level.entries.length) {
    level.at = 0;
    level.round += 1;
    if (level.round > ROUNDS) return level.back ? level.back() : rest();
  }
  const entry = level.entries[level.at];
  if (!entry.items.every((one) => one.isConnected && shown(one))) return go(entries()); // the page changed meanwhile
  show(entry);
  timer = setTimeout(next, STEP_MS + (level.at ? 0 : FIRST_MS));
}

/** Nothing is gone through until the next press. */
function rest() {
  clearTimeout(timer);
  unmark();
  level = null;
}

function press() {
  if (!level) return go(entries());
  const entry = level.entries[level.at];
  const where = level.at;
  if (entry.leaves) return level.back();
  if (entry.items.length === 1) return choose(entry.items[0]);
  const upwards = () => go(entries(), where);
  const inside = rowsOf(entry.items).map((row) => ({ items: row, name: nameOf(row[0]) }));
  go([...inside, { items: entry.items, name: words().back, leaves: true }], 0, upwards);
}

/** One by one; of many, rows that are about as long as there are rows. */
function rowsOf(all) {
  const length = all.length > MANY ? Math.ceil(Math.sqrt(all.length)) : 1;
  return Array.from({ length: Math.ceil(all.length / length) }, (_, row) => all.slice(row * length, (row + 1) * length));
}

function choose(one) {
  if (one.matches("select")) return openBoard(one, [[...one.options].map((option) => [option.label, () => pick(one, option.value), true])]);
  if (one.matches(STEPPED)) return openBoard(one, [[["−", () => step(one, -1)], ["+", () => step(one, 1)]]]);
  if (one.matches(TYPED)) return openBoard(one, letters(one));
  one.click();
  if (one.matches(".switch-board *")) return; // where to go on it knows itself
  if (!one.isConnected || !shown(one)) return go(entries());
  if (one.type === "radio") return after(one);
  const { entries: list, at, back } = level ?? {};
  if (list) go(list, at, back); // the same button again, as for a small move
}

/** On with what comes after the group that this stands in. */
function after(one) {
  const list = entries();
  const at = list.findIndex((entry) => entry.items.includes(one));
  go(list, at + 1 < list.length ? at + 1 : 0);
}

// --- letters, digits and choices ---------------------------------------------------------------------------------------

function letters(field) {
  const digits = field.type === "number" || field.inputMode === "numeric" || field.inputMode === "decimal";
  const rows = (digits ? DIGITS : LETTERS).map((row) => [...row].map((sign) => [sign, () => type(field, sign)]));
  return [...rows, [[words().space, () => type(field, " ")], [words().remove, () => remove(field)]]];
}

function changed(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function type(field, sign) {
  const [before, given] = [field.value, pending + (field.type === "number" ? sign.replace(",", ".") : sign)];
  field.value = before + given;
  const taken = field.value === before + given;
  pending = taken ? "" : given;
  if (!taken) field.value = before;
  changed(field);
}

function remove(field) {
  pending = "";
  field.value = [...field.value].slice(0, -1).join("");
  changed(field);
}

function step(field, by) {
  if (by > 0) field.stepUp();
  else field.stepDown();
  changed(field);
}

function pick(field, value) {
  field.value = value;
  changed(field);
}

/** Rows of buttons under a field, gone through until "ready". */
function openBoard(field, rows) {
  pending = "";
  board = document.createElement("div");
  board.className = "switch-board";
  const ready = [words().ready, () => {}, true];
  for (const row of [...rows, [ready]]) {
    const line = board.appendChild(document.createElement("div"));
    line.setAttribute("role", "group");
    for (const [text, does, closes] of row) {
      const button = line.appendChild(document.createElement("button"));
      button.type = "button";
      button.className = "button button--quiet";
      button.textContent = text;
      button.addEventListener("click", () => {
        does();
        if (closes) closeBoard(field);
        else go(entries());
      });
    }
  }
  place(field).after(board);
  go(entries());
}

function closeBoard(field) {
  board.remove();
  board = null;
  after(field);
}

// --- the switch --------------------------------------------------------------------------------------------------------

/** Somebody with a keyboard is in a field: there the key is theirs. */
const isTyping = () => typing && document.activeElement?.matches(TYPED);

addEventListener("focusin", (event) => {
  typing = !bySwitch && Boolean(event.target.matches?.(TYPED));
  if (typing) rest();
});

addEventListener(
  "keydown",
  (event) => {
    if (event.key !== KEY || event.ctrlKey || event.altKey || event.metaKey || isTyping()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.repeat || Date.now() < deafUntil) return;
    if (HOLD_MS) held = setTimeout(press, HOLD_MS);
    else press();
  },
  { capture: true },
);

addEventListener(
  "keyup",
  (event) => {
    if (event.key !== KEY || isTyping()) return;
    event.preventDefault(); // a button that has the focus would be pressed by it once more
    event.stopImmediatePropagation();
    clearTimeout(held);
    deafUntil = Date.now() + DEAF_MS;
  },
  { capture: true },
);

document.addEventListener("visibilitychange", () => (document.hidden ? rest() : go(entries())));
if (!document.hidden) go(entries());
