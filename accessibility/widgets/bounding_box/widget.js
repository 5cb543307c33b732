// Boxes round things: by dragging, by two clicks, by arrow keys, or by a 3×3 grid of digits. All give the same boxes.
import { fill, say, wordsOf } from "widgets/common/words.js";
import { draw } from "widgets/bounding_box/drawing.js";
import { boxBetween, cell, clampPoint, corners, fitted, inside, middle, moved, resized } from "widgets/bounding_box/geometry.js";
import { BoxList } from "widgets/bounding_box/list.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ZOOMS = [1, 1.5, 2, 3, 4, 6];
const GRID_LEVELS = 3;
const DRAG_PX = 6; // a hand that trembles still clicks
const HANDLE_PX = 24;

class BoxEditor extends HTMLElement {
  connectedCallback() {
    if (this.svg) return;
    this.words = wordsOf(this);
    this.size = { width: Number(this.dataset.width), height: Number(this.dataset.height) };
    this.most = Number(this.dataset.max);
    this.stage = this.querySelector(".boxes__stage");
    this.view = this.querySelector(".boxes__view");
    this.svg = this.querySelector("svg");
    this.field = this.querySelector("[name=boxes]");
    this.nothing = this.querySelector("[name=nothing]");
    this.labels = new Map([...this.querySelectorAll("[data-label-value]")].map((one) => [one.dataset.labelValue, one.dataset.labelText]));
    Object.assign(this, { boxes: JSON.parse(this.field.dataset.draft), past: [], future: [], chosen: null, zoom: 1 });
    this.restPen();
    this.step = Math.max(1, Math.round(this.size.width / 16));
    this.list = new BoxList(this.querySelector(".boxes__list"), this.querySelector("[data-item]"), this.words, this.labels, (...what) => this.act(...what));
    this.enhance();
    this.listen();
    this.show();
  }

  enhance() {
    for (const plain of this.querySelectorAll("[data-no-script]")) plain.remove();
    for (const hidden of this.querySelectorAll("[data-with-script]")) hidden.hidden = false;
    this.stage.tabIndex = 0;
    this.stage.setAttribute("role", "application");
  }

  listen() {
    this.stage.addEventListener("keydown", (event) => this.key(event));
    this.stage.addEventListener("focus", () => this.show());
    this.stage.addEventListener("blur", () => this.show());
    for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel"])
      this.stage.addEventListener(name, (event) => this[name](event));
    this.addEventListener("keydown", (event) => this.historyKey(event));
    this.addEventListener("click", (event) => this.command(event.target.closest("[data-do]")?.dataset));
    this.nothing?.addEventListener("change", () => this.nothing.checked && this.boxes.length && this.set([]));
    new ResizeObserver(() => this.paint()).observe(this.stage);
  }

  // --- what there is, and how it changes ---

  get label() {
    return this.querySelector("[data-label-value]:checked")?.dataset.labelValue ?? this.labels.keys().next().value;
  }

  /** The answer; null while there is no box and nobody said that there is none. */
  get answer() {
    return this.boxes.length || this.nothing?.checked ? { boxes: this.boxes } : null;
  }

  set(boxes, { remember = true } = {}) {
    if (remember) {
      this.past.push(this.boxes);
      this.future = [];
    }
    this.boxes = boxes;
    if (this.chosen !== null && this.chosen >= boxes.length) this.chosen = null;
    if (boxes.length && this.nothing) this.nothing.checked = false;
    this.show();
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  replace(at, box, options) {
    this.set(this.boxes.map((one, place) => (place === at ? { ...one, ...box } : one)), options);
  }

  addBox(box) {
    if (!box) return this.tell(this.words.flat);
    if (this.boxes.length >= this.most) return this.tell(fill(this.words.full, { n: this.most }));
    this.set([...this.boxes, { label: this.label, ...box }]);
    return this.tell(this.list.describe(this.boxes.at(-1), this.boxes.length - 1));
  }

  undo(from, to, words) {
    if (!from.length) return;
    to.push(this.boxes);
    this.set(from.pop(), { remember: false });
    this.tell(words);
  }

  act(what, at, value) {
    const box = value && fitted(value, this.size);
    if (what === "change") this.choose(this.chosen === at ? null : at);
    if (what === "label") this.replace(at, { label: value });
    if (what === "numbers" && box) this.replace(at, box);
    if (what === "numbers" && !box) this.show();
    if (what === "delete") this.remove(at);
  }

  choose(at) {
    this.chosen = at;
    this.restPen();
    this.show();
    if (at === null) return this.tell(this.words.done);
    this.stage.focus();
    return this.tell(fill(this.words.changing, { n: at + 1 }));
  }

  remove(at) {
    this.chosen = null;
    this.set(this.boxes.filter((_, place) => place !== at));
    this.tell(fill(this.words.deleted, { n: at + 1 }));
    this.stage.focus();
  }

  // --- keys ---

  key(event) {
    const arrow = ARROWS[event.key];
    if (event.altKey || event.metaKey || (event.ctrlKey && !arrow)) return;
    const handled = arrow ? this.arrow(arrow, event) : this.keyCommand(event);
    if (handled) event.preventDefault();
  }

  keyCommand({ key }) {
    if (/^[1-9]$/.test(key) && this.chosen === null) return this.toCell(Number(key));
    const names = { Enter: "corner", " ": "corner", Escape: "cancel", "+": "bigger", "=": "bigger", "-": "smaller", Backspace: "gridBack", Delete: "delete" };
    const name = names[key];
    if (!name || (name === "gridBack" && !this.areas.length) || (name === "delete" && this.chosen === null)) return false;
    this.command({ do: name });
    return true;
  }

  historyKey(event) {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input, textarea")) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    this.command({ do: key === "y" || event.shiftKey ? "redo" : "undo" });
  }

  arrow([dx, dy], { ctrlKey, shiftKey }) {
    const step = ctrlKey ? 1 : this.step;
    if (this.chosen !== null) {
      const change = shiftKey ? resized : moved;
      this.replace(this.chosen, change(this.boxes[this.chosen], dx * step, dy * step, this.size));
      this.tell(this.list.describe(this.boxes[this.chosen], this.chosen));
      return true;
    }
    this.pen = clampPoint({ x: this.pen.x + dx * step, y: this.pen.y + dy * step }, this.size);
    this.keepInView(this.pen);
    this.paint();
    this.tell(fill(this.words.at, this.pen));
    return true;
  }

  command({ do: name, key } = {}) {
    const commands = {
      undo: () => this.undo(this.past, this.future, this.words.undone),
      redo: () => this.undo(this.future, this.past, this.words.redone),
      zoomIn: () => this.zoomBy(1),
      zoomOut: () => this.zoomBy(-1),
      corner: () => this.corner(),
      cancel: () => this.cancel(),
      bigger: () => this.setStep(this.step * 2),
      smaller: () => this.setStep(this.step / 2),
      gridBack: () => this.gridBack(),
      grid: () => this.showGrid(),
      delete: () => this.remove(this.chosen),
      arrow: () => this.arrow(ARROWS[key], {}),
      cell: () => this.toCell(Number(key)),
    };
    commands[name]?.();
  }

  setStep(step) {
    this.step = Math.min(Math.max(Math.round(step), 1), Math.round(this.size.width / 4));
    this.tell(fill(this.words.step, { n: this.step }));
  }

  corner() {
    if (this.chosen !== null) return this.choose(null);
    if (this.first === null) {
      this.first = this.pen;
      this.areas = [];
      this.paint();
      return this.tell(fill(this.words.first, this.pen));
    }
    const box = boxBetween(this.first, this.pen, this.size);
    if (box) this.restPen(this.pen);
    return this.addBox(box);
  }

  cancel() {
    if (this.chosen !== null) return this.choose(null);
    this.restPen(this.pen);
    this.show();
    return this.tell(this.words.cancelled);
  }

  restPen(at = middle({ x: 0, y: 0, ...this.size })) {
    Object.assign(this, { pen: clampPoint(at, this.size), first: null, areas: [], gridShown: false, drag: null });
  }

  get area() {
    return this.areas.at(-1) ?? { x: 0, y: 0, ...this.size };
  }

  toCell(digit) {
    if (this.areas.length >= GRID_LEVELS) {
      this.tell(this.words.gridEnd);
      return true;
    }
    this.areas.push(cell(this.area, digit));
    this.pen = clampPoint(middle(this.area), this.size);
    this.keepInView(this.pen);
    this.paint();
    this.tell(fill(this.words.cell, { n: digit, level: this.areas.length, ...this.pen }));
    return true;
  }

  gridBack() {
    this.areas.pop();
    this.pen = clampPoint(middle(this.area), this.size);
    this.paint();
    this.tell(fill(this.words.at, this.pen));
  }

  showGrid() {
    this.gridShown = !this.gridShown;
    this.querySelector("[data-do=grid]").setAttribute("aria-pressed", String(this.gridShown));
    this.stage.focus();
    this.paint();
  }

  // --- pointer ---

  pointerdown(event) {
    if (event.button !== 0) return;
    const from = this.pointOf(event);
    const handle = this.handleAt(from);
    const grip = handle ?? (this.chosen !== null && inside(from, this.boxes[this.chosen]) ? "move" : null);
    this.drag = { id: event.pointerId, from, x: event.clientX, y: event.clientY, grip, far: false, before: this.boxes };
    this.stage.setPointerCapture(event.pointerId);
  }

  pointermove(event) {
    const { drag } = this;
    if (!drag || drag.id !== event.pointerId) return;
    if (event.pointerType === "touch" && !drag.grip) return; // a finger scrolls; two taps make a box
    drag.far ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > DRAG_PX;
    if (!drag.far) return;
    drag.to = this.pointOf(event);
    if (drag.grip) this.pull(drag);
    else this.paint();
  }

  pointerup(event) {
    const { drag } = this;
    if (!drag || drag.id !== event.pointerId) return;
    this.drag = null;
    if (drag.grip) return void (drag.far && this.dropped(drag));
    if (drag.far) return void this.addBox(boxBetween(drag.from, drag.to, this.size));
    if (this.chosen !== null) return void this.choose(null);
    this.pen = drag.from;
    this.corner();
  }

  pointercancel() {
    this.drag = null;
    this.paint();
  }

  pull({ grip, from, to, before }) {
    const box = before[this.chosen];
    const next = grip === "move" ? moved(box, to.x - from.x, to.y - from.y, this.size) : boxBetween(grip, to, this.size);
    if (next) this.replace(this.chosen, next, { remember: false });
  }

  dropped(drag) {
    this.past.push(drag.before);
    this.future = [];
    this.tell(this.list.describe(this.boxes[this.chosen], this.chosen));
    this.paint();
  }

  /** The corner that stays put while its opposite is pulled, or null. */
  handleAt(point) {
    const box = this.boxes[this.chosen];
    if (!box) return null;
    const all = corners(box);
    const near = all.findIndex((one) => Math.hypot(one.x - point.x, one.y - point.y) < HANDLE_PX * this.px);
    return near < 0 ? null : all[(near + 2) % 4];
  }

  pointOf(event) {
    const place = this.stage.getBoundingClientRect();
    return clampPoint({ x: (event.clientX - place.left) * this.px, y: (event.clientY - place.top) * this.px }, this.size);
  }

  // --- what is seen ---

  /** Picture pixels per screen pixel. */
  get px() {
    return this.size.width / Math.max(this.stage.clientWidth, 1);
  }

  zoomBy(steps) {
    const at = ZOOMS.indexOf(this.zoom) + steps;
    if (at < 0 || at >= ZOOMS.length) return;
    const middleX = (this.view.scrollLeft + this.view.clientWidth / 2) / this.view.scrollWidth;
    const middleY = (this.view.scrollTop + this.view.clientHeight / 2) / this.view.scrollHeight;
    this.zoom = ZOOMS[at];
    this.stage.style.width = `${this.zoom * 100}%`;
    this.view.scrollLeft = middleX * this.view.scrollWidth - this.view.clientWidth / 2;
    this.view.scrollTop = middleY * this.view.scrollHeight - this.view.clientHeight / 2;
    this.show();
    this.tell(fill(this.words.zoom, { n: Math.round(this.zoom * 100) }));
  }

  keepInView({ x, y }) {
    const [left, top, edge] = [x / this.px, y / this.px, 40];
    const { view } = this;
    if (left < view.scrollLeft + edge || left > view.scrollLeft + view.clientWidth - edge) view.scrollLeft = left - view.clientWidth / 2;
    if (top < view.scrollTop + edge || top > view.scrollTop + view.clientHeight - edge) view.scrollTop = top - view.clientHeight / 2;
  }

  get band() {
    if (this.drag?.far && !this.drag.grip) return boxBetween(this.drag.from, this.drag.to, this.size);
    return this.first && this.chosen === null ? boxBetween(this.first, this.pen, this.size) : null;
  }

  paint() {
    const drawing = this.chosen === null && (document.activeElement === this.stage || this.first !== null);
    const area = this.areas.length || this.gridShown ? this.area : null;
    const { boxes, chosen, band, size } = this;
    draw(this.svg, { boxes, chosen, band, size, pen: drawing ? this.pen : null, area: drawing && this.areas.length < GRID_LEVELS ? area : null }, this.px);
  }

  show() {
    this.field.value = this.boxes.length ? JSON.stringify(this.boxes) : "";
    this.list.show(this.boxes, this.chosen);
    this.querySelector("[data-empty]").hidden = this.boxes.length > 0;
    for (const [name, off] of [["undo", !this.past.length], ["redo", !this.future.length], ["zoomOut", this.zoom === 1], ["zoomIn", this.zoom === ZOOMS.at(-1)]])
      this.querySelector(`[data-do=${name}]`).setAttribute("aria-disabled", String(off));
    this.paint();
  }

  tell(text) {
    say(this, text);
  }
}

customElements.define("box-editor", BoxEditor);
