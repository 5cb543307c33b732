// An outline round something: at least three points, closed by itself.
import { DrawingEditor } from "widgets/drawing/editor.js";
import { OUTLINE } from "widgets/drawing/kinds.js";

class DrawPolygon extends DrawingEditor {
  static key = "polygons";
  static kind = OUTLINE;
}

customElements.define("draw-polygon", DrawPolygon);
