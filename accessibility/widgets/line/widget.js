// A line along something: at least two points.
import { ShapeEditor } from "widgets/common/shapes.js";

class DrawLine extends ShapeEditor {
  static key = "lines";
}

customElements.define("draw-line", DrawLine);
