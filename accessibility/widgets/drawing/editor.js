// Drawing on a picture: by dragging, by clicks, by arrow keys, by a 3×3 grid of digits, or by taking a numbered
// suggestion. All give the same shapes. Boxes, outlines, lines and faces are elements made from this one.
import { fill, wordsOf } from "widgets/common/words.js";
import { Changing } from "widgets/drawing/changing.js";
import { History } from "widgets/drawing/history.js";
import { ARROWS, commandOf, commands } from "widgets/drawing/keys.js";
import { ShapeList } from "widgets/drawing/list.js";
import { draw } from "widgets/drawing/paint.js";
import { Pen } from "widgets/drawing/pen.js";
import { Pointer } from "widgets/drawing/pointer.js";
import { Suggestions } from "widgets/drawing/suggestions.js";
import { PictureView } from "widgets/drawing/view.js";

export class DrawingEditor extends Changing {
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

  // --- drawing one ---

  begin() {
    Object.assign(this, { pending: [] });
    this.pen.lift();
    this.paint();
  }

  /** To something else: an outline or a line that has enough points is ready, and one press of undo away; less is let go. */
  leave() {
    if (!Number.isFinite(this.kind.wanted(this.way))) this.ready({ quietly: true });
    this.begin();
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
    for (const [name, off] of [["undo", !past.length && !this.pending.length], ["redo", !future.length || this.pending.length > 0], ["zoomOut", zoom <= 1], ["whole", zoom <= 1], ["zoomIn", zoom >= closest]])
      this.querySelector(`[data-do=${name}]`)?.setAttribute("aria-disabled", String(off));
  }
}
