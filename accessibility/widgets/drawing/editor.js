// Drawing on a picture: by dragging, by clicks, by arrow keys, by a 3×3 grid of digits, or by taking a numbered
// suggestion. All give the same shapes. Boxes, outlines, lines and faces are elements made from this one.
import { fill, say, wordsOf } from "widgets/common/words.js";
import { cellOf, middle } from "widgets/drawing/geometry.js";
import { History } from "widgets/drawing/history.js";
import { ARROWS, commandOf, commands } from "widgets/drawing/keys.js";
import { ShapeList } from "widgets/drawing/list.js";
import { draw } from "widgets/drawing/paint.js";
import { Pen } from "widgets/drawing/pen.js";
import { Pointer } from "widgets/drawing/pointer.js";
import { Suggestions } from "widgets/drawing/suggestions.js";
import { PictureView } from "widgets/drawing/view.js";

export class DrawingEditor extends HTMLElement {
  static key = "boxes"; // the answer's member
  static label = "label"; // the member of a shape that says what it is
  static kind = null; // of kinds.js

  connectedCallback() {
    if (this.rows) return;
    this.words = wordsOf(this);
    this.kind = this.constructor.kind;
    const [x, y, width, height] = this.dataset.area.split(",").map(Number);
    this.area = { x, y, width, height };
    this.most = Number(this.dataset.max || Infinity);
    for (const [name, selector] of [["stage", "stage"], ["svg", "overlay"]]) this[name] = this.querySelector(`.drawing__${selector}`);
    this.field = this.querySelector("[data-draft]");
    this.nothing = this.querySelector("[name=nothing]");
    this.labels = new Map([...this.querySelectorAll("[data-label-value]")].map((one) => [one.dataset.labelValue, one.dataset.labelText]));
    Object.assign(this, { rows: JSON.parse(this.field.dataset.draft), history: new History(), chosen: null, spot: null, pending: [] });
    this.pen = new Pen(this.area);
    this.enhance();
    this.proposals = new Suggestions(this);
    this.list = new ShapeList({ list: this.querySelector(".drawing__list"), template: this.querySelector("[data-item]"), panel: this.querySelector(".drawing__panel"), act: (...what) => this.act(...what) });
    this.view = new PictureView(this.querySelector(".drawing__view"), this.stage, this.area, () => this.view && this.paint());
    this.pointer = new Pointer(this, this.stage);
    this.listen();
    this.show();
  }

  enhance() {
    for (const plain of this.querySelectorAll("[data-no-script]")) plain.remove();
    for (const hidden of this.querySelectorAll("[data-with-script]")) hidden.hidden = false;
    Object.assign(this.stage, { tabIndex: 0, role: "application" });
  }

  listen() {
    this.stage.addEventListener("keydown", (event) => this.key(event));
    for (const name of ["focus", "blur"]) this.stage.addEventListener(name, () => this.paint());
    this.addEventListener("keydown", (event) => this.historyKey(event));
    this.addEventListener("click", (event) => this.pressed(event.target.closest("[data-do]")));
    this.addEventListener("change", (event) => event.target.name === "way" && this.begin());
    this.nothing?.addEventListener("change", () => this.nothing.checked && this.rows.length && this.set([]));
  }

  // --- what there is ---

  /** The answer; null while nothing is drawn and nobody said that there is nothing. */
  get answer() {
    return this.rows.length || this.nothing?.checked ? { [this.constructor.key]: this.rows } : null;
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

  // --- changing one ---

  choose(at) {
    Object.assign(this, { chosen: at, spot: null, pending: [] });
    this.pen.lift();
    this.show();
    if (at === null) return this.tell(this.words.done);
    this.view.keepAllInView(this.kind.bounds(this.rows[at]));
    this.stage.focus();
    return this.tell(fill(this.words.changing, { n: this.numberOf(at) }));
  }

  chooseNext(step) {
    const all = this.shapes;
    if (!all.length || this.pending.length) return;
    const now = all.findIndex((one) => one.chosen);
    const next = now < 0 ? (step > 0 ? 0 : all.length - 1) : (now + step + all.length) % all.length;
    this.choose(all[next].at);
    this.tell(`${all[next].words} ${fill(this.words.changing, { n: all[next].number })}`);
  }

  choosePart(at) {
    this.spot = at;
    this.paint();
    const point = this.handles[at];
    this.view.keepInView(point);
    this.tell(fill(this.words.part, { n: at + 1, all: this.handles.length, ...point }));
  }

  nextPart() {
    const next = this.spot === null ? 0 : this.spot + 1;
    if (next < this.handles.length) return this.choosePart(next);
    this.spot = null;
    this.paint();
    return this.tell(fill(this.words.changing, { n: this.numberOf(this.chosen) }));
  }

  partTo(point) {
    this.replace(this.chosen, this.kind.handleTo(this.rows[this.chosen], this.spot, point, this.area));
    this.tellOf(this.chosen);
  }

  nudge([dx, dy], step, grow) {
    const row = this.rows[this.chosen];
    const [x, y] = [dx * step, dy * step];
    if (this.spot !== null) {
      const at = this.handles[this.spot];
      this.replace(this.chosen, this.kind.handleTo(row, this.spot, { x: at.x + x, y: at.y + y }, this.area));
    } else if (grow && this.kind.resized) this.replace(this.chosen, this.kind.resized(row, x, y, this.area));
    else this.replace(this.chosen, this.kind.moved(row, x, y, this.area));
    this.view.keepInView(this.handles[this.spot ?? 0]);
    this.tellOf(this.chosen);
  }

  pull({ pulls, from, last, before }) {
    const row = before[this.chosen];
    const whole = () => this.kind.moved(row, last.x - from.x, last.y - from.y, this.area);
    this.replace(this.chosen, pulls === "whole" ? whole() : this.kind.handleTo(row, pulls, last, this.area), { remember: false });
  }

  pulled(before) {
    this.history.keep(before);
    this.show();
    this.tellOf(this.chosen);
  }

  // --- drawing one ---

  begin() {
    Object.assign(this, { pending: [] });
    this.pen.lift();
    this.paint();
  }

  /** A point, by click or by Enter. Enter where the last point is says that the shape is ready. */
  place(point) {
    const again = this.pending.at(-1);
    if (!Number.isFinite(this.kind.wanted(this.way)) && again && again.x === point.x && again.y === point.y) return this.ready();
    if (this.rows.length >= this.most) return this.tell(fill(this.words.full, { n: this.most }));
    this.pen.to(point);
    this.pen.lift();
    this.pending = [...this.pending, this.pen.at];
    if (this.pending.length >= this.kind.wanted(this.way)) return this.ready();
    this.showTools();
    this.paint();
    return this.tell(fill(this.words[this.way] ?? this.words.point, { n: this.pending.length, ...this.pen.at }));
  }

  ready({ quietly = false } = {}) {
    if (!this.pending.length) return undefined;
    const made = this.kind.made(this.pending, this.area);
    const unfinished = this.pending.length < (this.kind.least ?? 0);
    if (unfinished) return quietly ? undefined : this.tell(fill(this.words.few, { n: this.kind.least }));
    // A last point that makes no inside is taken back, not the whole shape.
    this.pending = made ? [] : this.pending.slice(0, -1);
    this.paint();
    return this.add(made);
  }

  dragged(path) {
    if (this.chosen !== null) return this.choose(null);
    const made = this.kind.dragged(path, this.area, this.view.px);
    if (Number.isFinite(this.kind.wanted(this.way)) || !this.pending.length) {
      this.begin();
      return this.add(made);
    }
    this.pending = [...this.pending, ...(made ? this.kind.outline(made) : [])];
    return this.paint();
  }

  cancel() {
    if (this.proposals.open && !this.pending.length && this.chosen === null) return this.proposals.toggle();
    if (this.chosen !== null) return this.choose(null);
    this.begin();
    return this.tell(this.words.cancelled);
  }

  /** One step back in what is being made: the grid's level, else the last point. */
  stepBack() {
    if (this.chosen !== null) return this.dropPart();
    if (this.pen.level) {
      this.pen.levelBack();
      this.paint();
      return this.tell(fill(this.words.at, this.pen.at));
    }
    if (!this.pending.length) return undefined;
    this.pending = this.pending.slice(0, -1);
    this.showTools();
    this.paint();
    return this.tell(this.words.back);
  }

  /** Takes the chosen point out of an outline or a line. */
  dropPart() {
    if (this.spot === null || !this.kind.without) return undefined;
    const change = this.kind.without(this.rows[this.chosen], this.spot);
    if (!change) return this.tell(fill(this.words.few, { n: this.kind.least }));
    this.spot = null;
    this.replace(this.chosen, change);
    return this.tellOf(this.chosen);
  }

  toCell(digit) {
    if (!this.pen.toCell(digit)) return this.tell(this.words.gridEnd);
    this.view.keepInView(this.pen.at);
    this.paint();
    return this.tell(fill(this.words.cell, { n: digit, level: this.pen.level, ...this.pen.at }));
  }

  /** Where the server gives suggestions for the picture that is shown. */
  get proposalsAddress() {
    return this.dataset.proposals;
  }

  // --- keys and buttons ---

  key(event) {
    const arrow = ARROWS[event.key];
    if (event.altKey || event.metaKey || (event.ctrlKey && !arrow)) return;
    const [name, value] = arrow ? ["arrow", event.key] : commandOf(event, this);
    if (!name) return;
    event.preventDefault();
    this.command(name, value, event);
  }

  historyKey(event) {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input, textarea, select")) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    this.command(key === "y" || event.shiftKey ? "redo" : "undo");
  }

  pressed(button) {
    if (button) this.command(button.dataset.do, button.dataset.value);
  }

  command(name, value, event = {}) {
    commands[name]?.(this, value, event);
  }

  arrow(direction, { ctrlKey, shiftKey }) {
    const step = ctrlKey ? 1 : this.pen.step;
    if (this.chosen !== null) return this.nudge(direction, step, shiftKey);
    if (shiftKey) return this.view.pan(...direction);
    this.pen.move(direction, step);
    this.view.keepInView(this.pen.at);
    this.paint();
    return this.tell(fill(this.words.at, this.pen.at));
  }

  setStep(step) {
    this.pen.setStep(step);
    this.tell(fill(this.words.step, { n: this.pen.step }));
  }

  zoom(steps) {
    const focused = document.activeElement === this.stage;
    const changed = steps === -Infinity ? this.view.zoomTo(1) : this.view.zoomBy(steps, focused ? this.pen.at : undefined);
    if (changed) this.tell(fill(this.words.zoom, { n: Math.round(this.view.zoom * 100) }));
    this.showTools();
  }

  /** The next label of the list: for the chosen shape, else for the next one. */
  nextLabel() {
    const all = [...this.labels.keys()];
    const after = (value) => all[(all.indexOf(value) + 1) % all.length];
    if (this.chosen !== null) return this.relabel(this.chosen, after(this.rows[this.chosen][this.constructor.label]));
    const value = after(this.label);
    const many = this.querySelector("[data-next-label]");
    if (many) many.value = value;
    else this.querySelector(`[data-label-value="${CSS.escape(value)}"]`).checked = true;
    return this.tell(fill(this.words.nextIs, { label: this.labels.get(value) }));
  }

  showGrid() {
    this.pen.gridShown = !this.pen.gridShown;
    this.querySelector("[data-do=grid]").setAttribute("aria-pressed", String(this.pen.gridShown));
    this.stage.focus();
    this.paint();
  }

  // --- what is seen ---

  paint() {
    const { chosen, area, pen, pending, spot } = this;
    const drawing = chosen === null && (document.activeElement === this.stage || pending.length > 0);
    const gridded = drawing && !pen.full && (pen.level > 0 || pen.gridShown);
    const trail = this.pointer?.trail ?? [];
    const dragging = trail.length && this.kind.hasSides ? this.kind.dragged(trail, area) : null;
    draw(this.svg, {
      area,
      spot,
      pending,
      px: this.view.px,
      closed: this.kind.closed,
      shapes: this.shapes,
      handles: this.handles,
      proposals: this.proposals.seen,
      trail: this.kind.hasSides ? [] : trail.length ? trail : drawing && pending.length ? [...pending, pen.at] : [],
      band: dragging ?? (pending.length ? this.kind.preview(pending, pen.at, area, this.way) : null),
      grid: gridded ? pen.part : null,
      pen: drawing ? pen.at : null,
    });
  }

  show() {
    this.field.value = this.rows.length ? JSON.stringify(this.rows) : "";
    const { shapes } = this;
    this.list.show(shapes);
    this.querySelector("[data-empty]").hidden = shapes.length > 0;
    this.showTools();
    this.paint();
  }

  showTools() {
    const { past, future } = this.history;
    const { zoom, closest } = this.view;
    for (const [name, off] of [["undo", !past.length && !this.pending.length], ["redo", !future.length], ["zoomOut", zoom <= 1], ["whole", zoom <= 1], ["zoomIn", zoom >= closest]])
      this.querySelector(`[data-do=${name}]`)?.setAttribute("aria-disabled", String(off));
  }

  tell(text) {
    say(this, text);
  }
}
