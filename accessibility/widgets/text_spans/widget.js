// Words in a text, marked with a label: first word, last word, by press or by keys. Offsets are code points.
import { fill, say, wordsOf } from "widgets/common/words.js";

const WORD = /[\p{L}\p{N}\p{M}]+(?:['’.@-][\p{L}\p{N}\p{M}]+)*/gu;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const points = (text) => [...text].length;

/** Code points before an index, for indices that only grow: a long text is counted once, not once for each word. */
function placesIn(text) {
  let [at, count] = [0, 0];
  return (index) => {
    count += points(text.slice(at, index));
    at = index;
    return count;
  };
}

/** Words and single other characters (a whole emoji, with what joins it), as [{index, text}]. */
function* wordsIn(text) {
  let end = 0;
  for (const match of text.matchAll(WORD)) {
    yield* charactersIn(text, end, match.index);
    yield { index: match.index, text: match[0] };
    end = match.index + match[0].length;
  }
  yield* charactersIn(text, end, text.length);
}

function* charactersIn(text, from, to) {
  for (const { segment, index } of new Intl.Segmenter().segment(text.slice(from, to)))
    if (segment.trim()) yield { index: from + index, text: segment };
}

class MarkWords extends HTMLElement {
  connectedCallback() {
    if (this.rows) return;
    this.words = wordsOf(this);
    this.holder = this.querySelector(".spans__text");
    this.text = this.words.whole; // as it is stored: a page's own text has lost what line ends it had
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
    const [parts, place] = [[], placesIn(this.text)];
    let end = 0;
    for (const { index, text } of wordsIn(this.text)) {
      parts.push(document.createTextNode(this.text.slice(end, index)), this.word(place(index), text));
      end = index + text.length;
    }
    this.holder.replaceChildren(...parts, document.createTextNode(this.text.slice(end)));
    this.holder.dir = "auto";
    this.buttons = [...this.holder.querySelectorAll(".spans__word")];
    this.sentences = this.sentenceStarts();
    this.holder.setAttribute("role", "group");
    this.holder.setAttribute("aria-label", this.words.text);
    this.holder.setAttribute("aria-describedby", "spans-how");
    if (this.buttons.length) this.buttons[0].tabIndex = 0;
  }

  word(start, text) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "spans__word", textContent: text, tabIndex: -1 });
    Object.assign(button.dataset, { start, end: start + points(text) });
    return button;
  }

  /** Places in the list of words where a sentence begins. */
  sentenceStarts() {
    const segmenter = new Intl.Segmenter(this.holder.lang || undefined, { granularity: "sentence" });
    const [place, found] = [placesIn(this.text), new Set()];
    let word = 0;
    for (const { index } of segmenter.segment(this.text)) {
      const start = place(index);
      while (word < this.buttons.length && Number(this.buttons[word].dataset.start) < start) word += 1;
      if (word < this.buttons.length) found.add(word);
    }
    return [...found];
  }

  /** The answer; null while nothing is marked and nobody said that there is nothing. */
  get answer() {
    return this.rows.length || this.nothing?.checked ? { spans: this.rows } : null;
  }

  /** What was begun and is in no answer, in words for who presses Send; else nothing. */
  get unfinished() {
    return this.first ? this.words.unfinished : "";
  }

  key(event) {
    const at = this.buttons.indexOf(event.target);
    if (at < 0 || event.altKey || event.metaKey) return;
    if (event.key === "Escape" && this.first) this.begin(null);
    if (event.key.toLowerCase() === "s" && !event.ctrlKey) return this.markSentence(event, at);
    const to = this.target(event, at);
    if (!this.buttons[to]) return;
    event.preventDefault();
    // Holding Shift selects: from where it began to where it ends, then Enter.
    if (event.shiftKey && !this.first) this.begin(event.target);
    this.focusOn(to);
  }

  /** The word that a key goes to: the next one, with Control the next sentence; in a text from right to left the other way. */
  target({ key, ctrlKey }, at) {
    if (key === "Home") return 0;
    if (key === "End") return this.buttons.length - 1;
    const forward = RIGHT_TO_LEFT.test(this.text.slice(0, 400)) ? -1 : 1;
    const step = { ArrowRight: forward, ArrowDown: 1, ArrowLeft: -forward, ArrowUp: -1 }[key];
    if (!step) return -1;
    if (!ctrlKey) return at + step;
    return step > 0 ? (this.sentences.find((start) => start > at) ?? -1) : (this.sentences.findLast((start) => start < at) ?? -1);
  }

  focusOn(at) {
    for (const button of this.buttons) button.tabIndex = -1;
    this.buttons[at].tabIndex = 0;
    this.buttons[at].focus();
  }

  /** The whole sentence around a word. */
  markSentence(event, at) {
    event.preventDefault();
    const start = this.sentences.findLast((one) => one <= at) ?? 0;
    const end = (this.sentences.find((one) => one > at) ?? this.buttons.length) - 1;
    this.first = this.buttons[start];
    this.press(this.buttons[end]);
  }

  press(button) {
    if (!button) return;
    if (!this.first) return void this.begin(button);
    const both = [this.first, button].sort((one, other) => one.dataset.start - other.dataset.start);
    const [start, end] = [Number(both[0].dataset.start), Number(both[1].dataset.end)];
    const label = this.querySelector("[data-label-value]:checked").dataset.labelValue;
    const text = [...this.text].slice(start, end).join("");
    this.first = null;
    // The same words may have two labels, and two pieces may overlap: only the same label at the same place is the same.
    this.set([...this.rows.filter((row) => row.start !== start || row.end !== end || row.label !== label), { label, start, end, text }]);
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
      const around = this.rows.filter((row) => row.start < Number(button.dataset.end) && Number(button.dataset.start) < row.end);
      const marked = around.length > 0;
      button.toggleAttribute("data-marked", marked);
      button.toggleAttribute("data-twice", around.length > 1);
      if (marked) button.setAttribute("aria-description", around.map((row) => this.labels.get(row.label) ?? row.label).join(", "));
      else button.removeAttribute("aria-description");
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
