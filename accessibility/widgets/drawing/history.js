// What was drawn before, and what was undone.

export class History {
  past = [];
  future = [];

  /** Remember what is about to change. */
  keep(rows) {
    this.past.push(rows);
    this.future = [];
  }

  /** What there was before `rows`; undefined when nothing was. */
  undo(rows) {
    return History.#swap(this.past, this.future, rows);
  }

  redo(rows) {
    return History.#swap(this.future, this.past, rows);
  }

  static #swap(from, to, rows) {
    if (!from.length) return undefined;
    to.push(rows);
    return from.pop();
  }
}
