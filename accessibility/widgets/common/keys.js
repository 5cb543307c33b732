// Keys that work anywhere on the page. Each is listed, can be changed, and can be switched off (WCAG 2.1.4).
// A bare letter is never one: screen readers and speech input use those.

const NEVER = new Set(["Tab", "Enter", "Escape", " ", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Backspace", "Delete",
  "Home", "End", "PageUp", "PageDown", "Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "Dead", "Unidentified"]);

/** How a key press is written, for example "Ctrl+F8"; null when it may not be a shortcut. */
export function nameOfKey(event) {
  if (NEVER.has(event.key)) return null;
  const held = [event.ctrlKey && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift", event.metaKey && "Meta"].filter(Boolean);
  const printable = event.key.length === 1;
  if (printable && !event.ctrlKey && !event.altKey && !event.metaKey) return null;
  return [...held, printable ? event.key.toUpperCase() : event.key].join("+");
}

function stored(name) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? {};
  } catch {
    return {}; // private windows may refuse storage: the keys then are what they were made as
  }
}

function store(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // kept for this page only
  }
}

/** Who switched all shortcut keys off, on the page of their account. What is stored here is of everybody at this computer. */
const offForThisPerson = () => document.documentElement.dataset.shortcuts === "off";

/**
 * The shortcuts of one widget, and the list where they are shown and changed.
 *
 * The list is an element with `[data-key=action]` buttons and one `[data-keys-on]` checkbox.
 */
export class Shortcuts {
  constructor(name, list, actions, words) {
    Object.assign(this, { name: `workbench.keys.${name}`, list, actions, words, waiting: null });
    this.kept = stored(this.name);
    this.listen = this.listen.bind(this);
    document.addEventListener("keydown", this.listen);
    list?.addEventListener("click", (event) => this.change(event.target.closest("[data-key]")));
    const on = list?.querySelector("[data-keys-on]");
    if (on) {
      on.checked = !this.off;
      on.disabled = offForThisPerson();
      on.addEventListener("change", () => this.keep({ off: !on.checked }));
    }
    this.show();
  }

  get off() {
    return this.kept.off === true || offForThisPerson();
  }

  stop() {
    document.removeEventListener("keydown", this.listen);
  }

  keyFor(action) {
    return this.kept[action] ?? this.list?.querySelector(`[data-key="${action}"]`)?.dataset.default;
  }

  keep(change) {
    Object.assign(this.kept, change);
    store(this.name, this.kept);
    this.show();
  }

  show() {
    for (const button of this.list?.querySelectorAll("[data-key]") ?? [])
      button.querySelector("kbd").textContent = this.keyFor(button.dataset.key);
  }

  change(button) {
    if (!button) return;
    this.waiting = button;
    button.querySelector("kbd").textContent = this.words.press;
  }

  listen(event) {
    if (this.waiting) return this.learn(event);
    if (this.off || event.repeat) return undefined;
    const pressed = nameOfKey(event);
    const action = pressed && Object.keys(this.actions).find((one) => this.keyFor(one) === pressed);
    if (!action) return undefined;
    event.preventDefault();
    this.actions[action]();
    return undefined;
  }

  learn(event) {
    if (["Shift", "Control", "Alt", "Meta", "AltGraph"].includes(event.key)) return; // a key is still to come
    const button = this.waiting;
    this.waiting = null;
    const pressed = nameOfKey(event);
    const taken = Object.keys(this.actions).some((one) => one !== button.dataset.key && this.keyFor(one) === pressed);
    if (event.key !== "Tab") event.preventDefault();
    if (pressed && !taken) this.keep({ [button.dataset.key]: pressed });
    else this.show();
  }
}
