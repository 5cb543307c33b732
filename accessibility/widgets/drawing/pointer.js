// Mouse, pen and finger. A drag draws or pulls, a click puts a point; no drag is ever needed.
import { distance, inside } from "widgets/drawing/geometry.js";
import { tagPlace } from "widgets/drawing/paint.js";

const DRAG_PX = 6; // a hand that trembles still clicks
const HANDLE_PX = 24;
const TRAIL_PX = 3;

export class Pointer {
  /** @param editor a DrawingEditor: what is drawn, and what a point or a drag does */
  constructor(editor, stage) {
    Object.assign(this, { editor, stage, drag: null });
    for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel"])
      stage.addEventListener(name, (event) => this[name](event));
    stage.addEventListener("dblclick", () => editor.ready({ quietly: true }));
  }

  /** The path that is being drawn right now. */
  get trail() {
    return this.drag?.far && !this.drag.pulls ? this.drag.path : [];
  }

  pointerdown(event) {
    if (event.button === 1) event.preventDefault(); // the middle button pans
    if (event.button > 1 || !event.isPrimary) return; // a second finger changes nothing
    const from = this.editor.view.pointOf(event);
    const pulls = event.button === 1 ? "view" : this.grip(from);
    this.drag = { id: event.pointerId, from, last: from, path: [from], x: event.clientX, y: event.clientY, pulls, far: false, before: this.editor.rows };
    this.stage.setPointerCapture(event.pointerId);
  }

  /** What a drag from here would pull: a corner or point (its number), the whole shape, or nothing. */
  grip(point) {
    const { chosen } = this.editor;
    if (chosen === null) return null;
    const near = this.handleAt(point);
    if (near !== null) return near;
    return inside(point, this.editor.kind.bounds(this.editor.rows[chosen])) ? "whole" : null;
  }

  handleAt(point) {
    const reach = HANDLE_PX * this.editor.view.px;
    const near = this.editor.handles.findIndex((one) => distance(one, point) < reach);
    return near < 0 ? null : near;
  }

  pointermove(event) {
    const { drag } = this;
    if (!drag || drag.id !== event.pointerId) return;
    if (event.pointerType === "touch" && drag.pulls === null) return; // a finger scrolls; taps put points
    drag.far ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > DRAG_PX;
    if (!drag.far) return;
    if (drag.pulls === "view") return void this.editor.view.view.scrollBy(-event.movementX, -event.movementY);
    drag.last = this.editor.view.pointOf(event);
    if (drag.pulls !== null) return void this.editor.pull(drag);
    if (distance(drag.path.at(-1), drag.last) >= TRAIL_PX * this.editor.view.px) drag.path.push(drag.last);
    this.editor.paint();
  }

  pointerup(event) {
    const { drag } = this;
    if (!drag || drag.id !== event.pointerId) return;
    this.drag = null;
    if (drag.pulls === "view") return;
    if (!drag.far) return void this.clicked(drag);
    if (drag.pulls !== null) return void this.editor.pulled(drag.before);
    this.editor.dragged([...drag.path, drag.last]);
  }

  /** A finger that turned out to scroll: what it pulled meanwhile is where it was. */
  pointercancel(event) {
    const { drag, editor } = this;
    if (!drag || drag.id !== event.pointerId) return;
    this.drag = null;
    if (drag.far && drag.pulls !== null && drag.pulls !== "view") editor.set(drag.before, { remember: false });
    editor.paint();
  }

  clicked({ from, pulls }) {
    const { editor } = this;
    if (typeof pulls === "number") return editor.choosePart(pulls);
    if (editor.chosen !== null && editor.spot !== null) return editor.partTo(from);
    if (pulls === "whole") return undefined;
    const tagged = editor.pending.length ? null : this.tagAt(from);
    if (tagged !== null || editor.chosen !== null) return editor.choose(tagged);
    return editor.place(from);
  }

  /** The shape whose number is pressed, or null. */
  tagAt(point) {
    const { view, area } = this.editor;
    const hit = this.editor.shapes.findLast((one) => inside(point, tagPlace(one.bounds, String(one.number), view.px, area)));
    return hit ? hit.at : null;
  }
}
