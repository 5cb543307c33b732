// An outline round something: at least three points, closed by itself.
import { ShapeEditor } from "widgets/common/shapes.js";

class DrawPolygon extends ShapeEditor {
  static key = "polygons";
  static closed = true;
  static least = 3;
}

customElements.define("draw-polygon", DrawPolygon);
