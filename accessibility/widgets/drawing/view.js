// The picture on the screen: how large it is, which part is seen, and where a point of the screen lies in it.
import { clampPoint, middle } from "widgets/drawing/geometry.js";

const FACTOR = 1.5;
const CLOSEST = 4; // screen pixels for one of the picture: closer shows nothing more
const EDGE_PX = 40;

/** A picture inside a box that scrolls: the browser's own scrolling pans it, by wheel, finger, bars and keys. */
export class PictureView {
  /**
   * @param view the box that scrolls; @param stage what holds the picture, inside it
   * @param area the part of the picture that is shown, in its own pixels
   * @param changed called when the size on the screen is another one
   */
  constructor(view, stage, area, changed) {
    Object.assign(this, { view, stage, area, changed, zoom: 1 });
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    new ResizeObserver(() => this.resize()).observe(view.parentElement);
    this.resize();
  }

  /** Screen pixels of the whole picture, when it is seen as a whole. */
  get fit() {
    const room = Math.max(this.view.parentElement.clientWidth - 4, 100);
    const height = parseFloat(getComputedStyle(this.view).maxHeight) - 4; // drawing.css says how much of the screen is left
    return Math.min(room, (height * this.area.width) / this.area.height);
  }

  get closest() {
    return Math.max(CLOSEST * (this.area.width / this.fit), FACTOR ** 3);
  }

  /** Picture pixels per screen pixel. */
  get px() {
    return this.area.width / Math.max(this.stage.getBoundingClientRect().width, 1);
  }

  /** The same from top to bottom: a film's pixels need not be square, what is shown of it is. */
  get pxDown() {
    return this.area.height / Math.max(this.stage.getBoundingClientRect().height, 1);
  }

  resize() {
    this.stage.style.width = `${this.fit * this.zoom}px`;
    this.changed();
  }

  /** Where an event happened, in the picture's own pixels; inside it. */
  pointOf({ clientX, clientY }) {
    const place = this.stage.getBoundingClientRect();
    return clampPoint({ x: this.area.x + (clientX - place.left) * this.px, y: this.area.y + (clientY - place.top) * this.pxDown }, this.area);
  }

  /** The middle of what is seen. */
  get centre() {
    const { view, area, px, pxDown } = this;
    const seen = { x: area.x + (view.scrollLeft + view.clientWidth / 2) * px, y: area.y + (view.scrollTop + view.clientHeight / 2) * pxDown };
    return clampPoint(seen, area);
  }

  /** Closer or further, so that this point of the picture stays where it is on the screen. */
  zoomTo(zoom, at = this.centre) {
    const next = Math.min(Math.max(zoom, 1), this.closest);
    if (next === this.zoom) return false;
    const before = this.place(at);
    this.zoom = next;
    this.resize();
    const after = this.place(at);
    this.view.scrollLeft += after.left - before.left;
    this.view.scrollTop += after.top - before.top;
    return true;
  }

  zoomBy(steps, at) {
    return this.zoomTo(this.zoom * FACTOR ** steps, at);
  }

  /** With Control, or two fingers on a touchpad, the wheel zooms; else it scrolls, as everywhere. */
  wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.zoomTo(this.zoom * Math.exp(-event.deltaY / 300), this.pointOf(event));
  }

  /** Screen pixels from the upper left of what is seen. */
  place({ x, y }) {
    const [stage, view] = [this.stage.getBoundingClientRect(), this.view.getBoundingClientRect()];
    return { left: stage.left - view.left + (x - this.area.x) / this.px, top: stage.top - view.top + (y - this.area.y) / this.pxDown };
  }

  /** Half of what is seen further to this side. */
  pan(dx, dy) {
    this.view.scrollBy({ left: (dx * this.view.clientWidth) / 2, top: (dy * this.view.clientHeight) / 2 });
  }

  keepInView(point) {
    const { view } = this;
    const { left, top } = this.place(point);
    if (left < EDGE_PX || left > view.clientWidth - EDGE_PX) view.scrollLeft += left - view.clientWidth / 2;
    if (top < EDGE_PX || top > view.clientHeight - EDGE_PX) view.scrollTop += top - view.clientHeight / 2;
  }

  keepAllInView(bounds) {
    this.keepInView(middle(bounds));
  }
}
