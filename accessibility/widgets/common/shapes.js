// Points one after another on a picture: an outline or a line, by clicks, by arrow keys or by buttons.
import { fill, say, wordsOf } from "widgets/common/words.js";

const SVG = "http://www.w3.org/2000/svg";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const NAMES = { left: "ArrowLeft", right: "ArrowRight", up: "ArrowUp", down: "ArrowDown" };
const tenth = (value) => Math.round(value * 10) / 10;

export class ShapeEditor extends HTMLElement {
  static key = "shapes"; // the answer's member
  static closed = false;
  static least = 2; // points

  connectedCallback() {
    if (this.rows) return;
    this.words = wordsOf(this);
    this.stage = this.querySelector(".shapes__stage");
    this.svg = this.querySelector("svg");
    this.size = { width: this.svg.viewBox.baseVal.width, height: this.svg.viewBox.baseVal.height };
    this.most = Number(this.dataset.max);
    this.field = this.querySelector("[name=shapes]");
    this.nothing = this.querySelector("[name=nothing]");
    this.list = this.querySelector(".shapes__list");
    this.labels = new Map([...this.querySelectorAll("[data-label-value]")].map((one) => [one.dataset.labelValue, one.dataset.labelText]));
    Object.assign(this, { rows: JSON.parse(this.field.dataset.draft), past: [], points: [] });
    this.pen = [this.size.width / 2, this.size.height / 2];
    this.step = Math.max(1, Math.round(this.size.width / 16));
    for (const plain of this.querySelectorAll("[data-no-script]")) plain.remove();
    for (const hidden of this.querySelectorAll("[data-with-script]")) hidden.hidden = false;
    Object.assign(this.stage, { tabIndex: 0, role: "application" });
    this.listen();
    this.show();
  }

  listen() {
    this.stage.addEventListener("keydown", (event) => this.key(event));
    this.stage.addEventListener("click", (event) => this.clicked(event));
    for (const name of ["focus", "blur"]) this.stage.addEventListener(name, () => this.draw());
    this.addEventListener("click", (event) => this.command(event.target.closest("[data-do]")?.dataset.do));
    this.list.addEventListener("click", (event) => this.remove(event.target.closest("[data-at]")));
    this.nothing?.addEventListener("change", () => this.nothing.checked && this.rows.length && this.set([]));
    new ResizeObserver(() => this.draw()).observe(this.stage);
  }

  /** The answer; null while nothing is drawn and nobody said that there is nothing. */
  get answer() {
    return this.rows.length || this.nothing?.checked ? { [this.constructor.key]: this.rows } : null;
  }

  key(event) {
    if (event.altKey || event.metaKey) return;
    const names = { Enter: "point", " ": "point", Backspace: "back", Escape: "back", "+": "bigger", "=": "bigger", "-": "smaller", r: "ready", R: "ready" };
    const name = event.ctrlKey && event.key.toLowerCase() === "z" ? "undo" : !event.ctrlKey && names[event.key];
    if (ARROWS[event.key]) this.move(event.key, event.ctrlKey ? 1 : this.step);
    else if (name) this.command(name);
    else return;
    event.preventDefault();
  }

  command(name) {
    if (NAMES[name]) this.move(NAMES[name], this.step);
    if (name === "point") this.add(this.pen);
    if (name === "back") this.back();
    if (name === "ready") this.ready();
    if (name === "undo") this.undo();
    if (name === "bigger") this.setStep(this.step * 2);
    if (name === "smaller") this.setStep(this.step / 2);
  }

  setStep(step) {
    this.step = Math.min(Math.max(Math.round(step), 1), Math.round(this.size.width / 4));
    say(this, fill(this.words.step, { n: this.step }));
  }

  move(arrow, step) {
    const [dx, dy] = ARROWS[arrow];
    this.pen = this.inside([this.pen[0] + dx * step, this.pen[1] + dy * step]);
    this.draw();
    say(this, fill(this.words.at, { x: this.pen[0], y: this.pen[1] }));
  }

  inside([x, y]) {
    return [tenth(Math.min(Math.max(x, 0), this.size.width)), tenth(Math.min(Math.max(y, 0), this.size.height))];
  }

  clicked(event) {
    const place = this.stage.getBoundingClientRect();
    this.pen = this.inside([(event.clientX - place.left) * this.px, (event.clientY - place.top) * this.px]);
    this.add(this.pen);
  }

  get px() {
    return this.size.width / Math.max(this.stage.clientWidth, 1);
  }

  add(point) {
    if (this.rows.length >= this.most) return say(this, fill(this.words.full, { n: this.most }));
    this.points = [...this.points, [...point]];
    this.draw();
    return say(this, fill(this.words.point, { n: this.points.length, x: point[0], y: point[1] }));
  }

  back() {
    if (!this.points.length) return;
    this.points = this.points.slice(0, -1);
    this.draw();
    say(this, this.words.back);
  }

  ready() {
    const { least } = this.constructor;
    if (this.points.length < least) return say(this, fill(this.words.few, { n: least }));
    const label = this.querySelector("[data-label-value]:checked").dataset.labelValue;
    const row = { label, points: this.points };
    this.points = [];
    this.set([...this.rows, row]);
    return say(this, this.describe(row, this.rows.length - 1));
  }

  undo() {
    if (this.points.length) return this.back();
    if (!this.past.length) return undefined;
    this.rows = this.past.pop();
    this.changed();
    return say(this, this.words.undone);
  }

  remove(button) {
    if (!button) return;
    const at = Number(button.dataset.at);
    this.set(this.rows.filter((_, place) => place !== at));
    say(this, fill(this.words.deleted, { n: at + 1 }));
    this.stage.focus();
  }

  set(rows) {
    this.past.push(this.rows);
    this.rows = rows;
    if (rows.length && this.nothing) this.nothing.checked = false;
    this.changed();
  }

  changed() {
    this.show();
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  describe(row, at) {
    return fill(this.words.shape, { n: at + 1, label: this.labels.get(row.label) ?? row.label, points: row.points.length });
  }

  show() {
    this.field.value = this.rows.length ? JSON.stringify(this.rows) : "";
    this.querySelector("[data-empty]").hidden = this.rows.length > 0;
    this.list.replaceChildren(...this.rows.map((row, at) => this.item(row, at)));
    this.draw();
  }

  item(row, at) {
    const item = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button button--quiet", textContent: fill(this.words.delete, { n: at + 1 }) });
    button.dataset.at = String(at);
    item.append(Object.assign(document.createElement("span"), { textContent: this.describe(row, at) }), button);
    return item;
  }

  draw() {
    this.svg.replaceChildren();
    const closed = this.constructor.closed;
    this.rows.forEach((row, at) => this.outline(row.points, closed, String(at + 1)));
    if (this.points.length) this.outline(this.points, false, "");
    const drawing = document.activeElement === this.stage || this.points.length;
    if (drawing) this.path(`M0 ${this.pen[1]}H${this.size.width}M${this.pen[0]} 0V${this.size.height}`, "cross");
    for (const [cx, cy] of this.points) this.put("circle", { cx, cy, r: 7 * this.px, class: "dot" });
  }

  outline(points, closed, number) {
    this.path("M" + points.map((point) => point.join(" ")).join("L") + (closed ? "Z" : ""), "shape");
    const [x, y] = points[0];
    if (number) this.put("text", { x: x + 6 * this.px, y: y - 6 * this.px, "font-size": 22 * this.px, class: "number" }).textContent = number;
  }

  /** Two lines, dark and light: one of them shows on any picture. */
  path(d, kind) {
    this.put("path", { d, class: `${kind} under` });
    this.put("path", { d, class: kind });
  }

  put(name, attributes) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    this.svg.append(element);
    return element;
  }
}
