// Boxes round things.
import { DrawingEditor } from "widgets/drawing/editor.js";
import { BOX } from "widgets/drawing/kinds.js";

class BoxEditor extends DrawingEditor {
  static key = "boxes";
  static kind = BOX;
}

customElements.define("box-editor", BoxEditor);
