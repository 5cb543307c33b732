// A line along something: at least two points.
import { DrawingEditor } from "widgets/drawing/editor.js";
import { LINE } from "widgets/drawing/kinds.js";

class DrawLine extends DrawingEditor {
  static key = "lines";
  static kind = LINE;
}

customElements.define("draw-line", DrawLine);
