// Words in a text, marked with a label: first word, last word, by press or by keys. Offsets are code points.
import { fill, say, wordsOf } from "widgets/common/words.js";

const WORD = /[\p{L}\p{N}]+(?:['’.@-][\p{L}\p{N}]+)*|[^\s\p{L}\p{N}]/gu;
const points = (text) => [...text].length;

class MarkWords extends HTMLElement {
  connectedCallback() {
    if (this.rows) return;
    this.words = wordsOf(this);
    this.holder = this.querySelector(".spans__text");
    this.text = this.holder.textContent;
    this.field = this.querySelector("[name=spans]");
    this.nothing = this.querySelector("[name=nothing]");
    this.labels = new Map([...this.querySelectorAll("[data-label-value]")].map((one) => [one.dataset.labelValue, one.dataset.labelText]));
    Object.assign(this, { rows: JSON.parse(this.field.dataset.draft), first: null });
    for (const plain of this.querySelectorAll("[data-no-script]")) plain.remove();
    for (const hidden of this.querySelectorAll("[data-with-script]")) hidden.hidden = false;
    this.cut();
    this.holder.addEventListener("click", (event) => this.press(event.target.closest(".spans__word")));
    this.holder.addEventListener("keydown", (event) => this.key(event));
    this.querySelector(".spans__list").addEventListener("click", (event) => this.remove(event.target.closest("[data-at]")));
    this.nothing?.addEventListener("change", () => this.nothing.checked && this.rows.length && this.set([]));
    this.show();
  }

  /** Each word a button; one tab stop for the whole text, arrows go from word to word. */
  cut() {
    const parts = [];
    let end = 0;
    for (const match of this.text.matchAll(WORD)) {
      parts.push(document.createTextNode(this.text.slice(end, match.index)), this.word(match));
      end = match.index + match[0].length;
    }
    this.holder.replaceChildren(...parts, document.createTextNode(this.text.slice(end)));
    this.holder.setAttribute("role", "group");
    this.holder.setAttribute("aria-label", this.words.text);
    this.holder.setAttribute("aria-describedby", "spans-how");
    this.buttons = [...this.holder.querySelectorAll(".spans__word")];
    if (this.buttons.length) this.buttons[0].tabIndex = 0;
  }

  word(match) {
    const start = points(this.text.slice(0, match.index));
    const button = Object.assign(document.createElement("button"), { type: "button", className: "spans__word", textContent: match[0], tabIndex: -1 });
    Object.assign(button.dataset, { start, end: start + points(match[0]) });
    return button;
  }

  /** The answer; null while nothing is marked and nobody said that there is nothing. */
  get answer() {
    return this.rows.length || this.nothing?.checked ? { spans: this.rows } : null;
  }

  key(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const at = this.buttons.indexOf(event.target);
    if (event.key === "Escape" && this.first) this.begin(null);
    const to = event.key === "Home" ? 0 : event.key === "End" ? this.buttons.length - 1 : at + step;
    if (!this.buttons[to]) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    this.buttons[to].tabIndex = 0;
    this.buttons[to].focus();
  }

  press(button) {
    if (!button) return;
    if (!this.first) return void this.begin(button);
    const both = [this.first, button].sort((one, other) => one.dataset.start - other.dataset.start);
    const [start, end] = [Number(both[0].dataset.start), Number(both[1].dataset.end)];
    const label = this.querySelector("[data-label-value]:checked").dataset.labelValue;
    const text = [...this.text].slice(start, end).join("");
    this.first = null;
    this.set([...this.rows.filter((row) => row.start !== start || row.end !== end), { label, start, end, text }]);
    say(this, fill(this.words.made, { words: text, label: this.labels.get(label) }));
  }

  begin(button) {
    this.first = button;
    this.show();
    if (button) say(this, fill(this.words.from, { words: button.textContent }));
  }

  remove(button) {
    if (!button) return;
    const row = this.rows[Number(button.dataset.at)];
    this.set(this.rows.filter((one) => one !== row));
    say(this, fill(this.words.deleted, { words: row.text }));
    this.buttons.find((one) => one.tabIndex === 0)?.focus();
  }

  set(rows) {
    this.rows = [...rows].sort((one, other) => one.start - other.start || one.end - other.end);
    if (rows.length && this.nothing) this.nothing.checked = false;
    this.show();
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  show() {
    this.field.value = this.rows.length ? JSON.stringify(this.rows) : "";
    for (const button of this.buttons) {
      const marked = this.rows.some((row) => row.start < Number(button.dataset.end) && Number(button.dataset.start) < row.end);
      button.toggleAttribute("data-marked", marked);
      button.setAttribute("aria-pressed", String(marked || button === this.first));
    }
    this.querySelector("[data-empty]").hidden = this.rows.length > 0;
    this.querySelector(".spans__list").replaceChildren(...this.rows.map((row, at) => this.item(row, at)));
  }

  item(row, at) {
    const item = document.createElement("li");
    const words = Object.assign(document.createElement("span"), { textContent: fill(this.words.made, { words: row.text, label: this.labels.get(row.label) ?? row.label }) });
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button button--quiet", textContent: fill(this.words.delete, { words: row.text }) });
    button.dataset.at = String(at);
    item.append(words, button);
    return item;
  }
}

customElements.define("mark-words", MarkWords);
