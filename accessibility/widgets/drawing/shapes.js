// The shapes on a picture: what there is, what it is called, and how it changes, with undo and redo.
import { fill, say } from "widgets/common/words.js";
import { cellOf, middle } from "widgets/drawing/geometry.js";

/** What holds the shapes; changing.js and editor.js build on it. `rows` is the answer, `chosen` the number of the one that is changed. */
export class Shapes extends HTMLElement {
  static key = "boxes"; // the answer's member
  static label = "label"; // the member of a shape that says what it is
  static kind = null; // of kinds.js

  // --- what there is ---

  /** The answer; null while nothing is drawn and nobody said that there is nothing. */
  get answer() {
    return this.rows.length || this.nothing?.checked ? { [this.constructor.key]: this.rows } : null;
  }

  /** What was begun and is in no answer, in words for who presses Send; else nothing. */
  get unfinished() {
    return this.pending.length ? this.words.unfinished : "";
  }

  /** What the next shape will be called. */
  get label() {
    const many = this.querySelector("[data-next-label]");
    return many ? many.value : (this.querySelector("[data-label-value]:checked")?.dataset.labelValue ?? this.labels.keys().next().value);
  }

  /** "corners" or "extremes": which points a box is made of. */
  get way() {
    return this.querySelector("[name=way]:checked")?.value ?? "corners";
  }

  /** Is this shape on the picture that is shown? */
  isHere() {
    return true;
  }

  /** What a new shape holds besides its place and its label. */
  extra() {
    return {};
  }

  /** The shapes on the picture that is shown, as they are painted and told. */
  get shapes() {
    const found = this.rows.map((row, at) => ({ row, at })).filter(({ row }) => this.isHere(row));
    return found.map(({ row, at }, place) => {
      const [points, bounds, label] = [this.kind.outline(row), this.kind.bounds(row), row[this.constructor.label]];
      return { row, at, points, bounds, label, number: place + 1, chosen: at === this.chosen, words: this.describe(row, place) };
    });
  }

  /** The corners or points of the shape that is being changed. */
  get handles() {
    return this.chosen === null ? [] : this.kind.outline(this.rows[this.chosen]);
  }

  describe(row, place) {
    const [bounds, label] = [this.kind.bounds(row), row[this.constructor.label]];
    const where = this.words.places[cellOf(middle(bounds), this.area) - 1];
    return fill(this.words.shape, { n: place + 1, label: this.labels.get(label) ?? label, place: where, points: row.points?.length, ...bounds });
  }

  tellOf(at) {
    const shape = this.shapes.find((one) => one.at === at);
    if (shape) this.tell(shape.words);
  }

  numberOf(at) {
    return this.shapes.find((one) => one.at === at)?.number ?? at + 1;
  }

  // --- how it changes ---

  set(rows, { remember = true } = {}) {
    if (remember) this.history.keep(this.rows);
    this.rows = rows;
    if (this.chosen !== null && !rows[this.chosen]) Object.assign(this, { chosen: null, spot: null });
    if (rows.length && this.nothing) this.nothing.checked = false;
    this.show();
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  replace(at, change, options) {
    if (change) this.set(this.rows.map((row, place) => (place === at ? { ...row, ...change } : row)), options);
  }

  add(geometry) {
    if (!geometry) return this.tell(this.words.flat);
    if (this.rows.length >= this.most) return this.tell(fill(this.words.full, { n: this.most }));
    this.set([...this.rows, { [this.constructor.label]: this.label, ...this.extra(), ...geometry }]);
    return this.tellOf(this.rows.length - 1);
  }

  undo() {
    if (this.pending.length) return this.stepBack();
    return this.goTo(this.history.undo(this.rows), this.words.undone);
  }

  redo() {
    if (this.pending.length) return; // what is being drawn came after it
    this.goTo(this.history.redo(this.rows), this.words.redone);
  }

  goTo(rows, words) {
    if (!rows) return;
    Object.assign(this, { chosen: null, spot: null, pending: [] });
    this.set(rows, { remember: false });
    this.tell(words);
  }

  act(what, at, value) {
    if (what === "change") this.choose(this.chosen === at ? null : at);
    if (what === "delete") this.drop(at);
    if (what === "label") this.relabel(at, value);
    if (what === "typed") this.replace(at, this.kind.typed(value, this.area));
    if (what === "typed") this.show();
  }

  relabel(at, value) {
    this.replace(at, { [this.constructor.label]: value });
    this.tellOf(at);
  }

  drop(at) {
    const number = this.numberOf(at);
    Object.assign(this, { chosen: null, spot: null });
    this.set(this.rows.filter((_, place) => place !== at));
    this.tell(fill(this.words.deleted, { n: number }));
    this.stage.focus();
  }

  tell(text) {
    say(this, text);
  }
}
