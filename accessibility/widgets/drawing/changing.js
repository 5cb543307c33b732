// Changing one shape: it is chosen, then moved, made larger, pulled at a corner or a point, or loses one.
import { fill } from "widgets/common/words.js";
import { Shapes } from "widgets/drawing/shapes.js";

export class Changing extends Shapes {
  choose(at) {
    this.leave();
    Object.assign(this, { chosen: at, spot: null });
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

  /** Takes the chosen point out of an outline or a line. */
  dropPart() {
    if (this.spot === null || !this.kind.without) return undefined;
    const change = this.kind.without(this.rows[this.chosen], this.spot);
    if (!change) return this.tell(fill(this.words.few, { n: this.kind.least }));
    this.spot = null;
    this.replace(this.chosen, change);
    return this.tellOf(this.chosen);
  }
}
