// The cross that keys move: by steps that halve and double, and by a 3×3 grid of digits, three levels deep.
import { cell, clampPoint, middle } from "widgets/drawing/geometry.js";

const LEVELS = 3;

export class Pen {
  constructor(area) {
    Object.assign(this, { area, areas: [], gridShown: false, at: clampPoint(middle(area), area) });
    this.step = Math.max(1, Math.round(area.width / 16));
  }

  /** Is the last level of the grid reached? */
  get full() {
    return this.areas.length >= LEVELS;
  }

  get level() {
    return this.areas.length;
  }

  /** The part of the picture that the next digit divides. */
  get part() {
    return this.areas.at(-1) ?? this.area;
  }

  to(point) {
    this.at = clampPoint(point, this.area);
  }

  move([dx, dy], step = this.step) {
    this.to({ x: this.at.x + dx * step, y: this.at.y + dy * step });
  }

  /** Twice (or half) as far with each arrow; at least one dot, at most a quarter of the picture. */
  setStep(step) {
    this.step = Math.min(Math.max(Math.round(step), 1), Math.max(1, Math.round(this.area.width / 4)));
  }

  toCell(digit) {
    if (this.full) return false;
    this.areas.push(cell(this.part, digit));
    this.to(middle(this.part));
    return true;
  }

  levelBack() {
    this.areas.pop();
    this.to(middle(this.part));
  }

  /** The grid starts over. */
  lift() {
    this.areas = [];
    this.gridShown = false;
  }
}
