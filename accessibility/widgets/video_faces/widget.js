// Faces at chosen moments of a video: a box and a name for each. The pictures are stills that the server made.
import { fill } from "widgets/common/words.js";
import { DrawingEditor } from "widgets/drawing/editor.js";
import { BOX } from "widgets/drawing/kinds.js";

const KEYS = { ".": "nextFrame", ",": "previousFrame", c: "copy" };

/** 65432 ms as 1:05.4 */
function clock(ms) {
  const seconds = ms / 1000;
  return `${Math.floor(seconds / 60)}:${(Math.floor((seconds % 60) * 10) / 10).toFixed(1).padStart(4, "0")}`;
}

class FaceEditor extends DrawingEditor {
  static key = "faces";
  static label = "name";
  static kind = BOX;

  connectedCallback() {
    if (this.rows) return;
    this.frames = JSON.parse(this.dataset.frames);
    this.now = 0; // which of the frames is shown
    super.connectedCallback();
    this.stage.addEventListener("keydown", (event) => this.frameKey(event));
    this.showFrame();
  }

  get frame() {
    return this.frames[this.now];
  }

  isHere(row) {
    return row.frame === this.frame.index;
  }

  extra() {
    return { frame: this.frame.index };
  }

  get proposalsAddress() {
    return this.frame.suggestions;
  }

  frameKey(event) {
    const name = !event.ctrlKey && !event.altKey && !event.metaKey && KEYS[event.key];
    if (!name) return;
    event.preventDefault();
    this.command(name);
  }

  command(name, value, event) {
    if (name === "nextFrame") return this.goToFrame(this.now + 1);
    if (name === "previousFrame") return this.goToFrame(this.now - 1);
    if (name === "copy") return this.copy();
    return super.command(name, value, event);
  }

  goToFrame(at) {
    if (at < 0) return this.tell(this.words.start);
    if (at >= this.frames.length) return this.tell(this.words.last);
    Object.assign(this, { now: at, chosen: null, spot: null });
    this.proposals.forget();
    this.proposals.open = false;
    this.begin();
    this.querySelector(".drawing__stage img").src = this.frame.picture;
    this.proposals.show();
    this.show();
    return this.tell(this.placeWords);
  }

  /** "Picture 2 of 6, at 0:04.0. Faces: 1." */
  get placeWords() {
    return fill(this.words.frame, { n: this.now + 1, all: this.frames.length, time: clock(this.frame.time_ms), count: this.shapes.length });
  }

  /** The boxes of the frame before, for who is not in this one yet; unknown people may be many. */
  copy() {
    const before = this.frames[this.now - 1];
    const here = new Set(this.rows.filter((row) => this.isHere(row)).map((row) => row.name));
    const found = before ? this.rows.filter((row) => row.frame === before.index && (row.name === "unknown" || !here.has(row.name))) : [];
    if (!found.length) return this.tell(this.words.nothingToCopy);
    this.set([...this.rows, ...found.map((row) => ({ ...row, ...this.extra() }))]);
    return this.tell(fill(this.words.copied, { n: found.length }));
  }

  /** What is undone may be on another picture: that one is shown. */
  goTo(rows, words) {
    const changed = rows?.find((row) => !this.rows.includes(row)) ?? this.rows.find((row) => !rows?.includes(row));
    const at = this.frames.findIndex((one) => one.index === changed?.frame);
    if (rows && at >= 0 && at !== this.now) this.goToFrame(at);
    super.goTo(rows, words);
  }

  show() {
    super.show();
    this.showFrame();
  }

  showFrame() {
    this.querySelector("[data-place]").textContent = this.placeWords;
    for (const [name, off] of [["previousFrame", this.now === 0], ["nextFrame", this.now === this.frames.length - 1], ["copy", this.now === 0]])
      this.querySelector(`[data-do=${name}]`).setAttribute("aria-disabled", String(off));
  }
}

customElements.define("face-editor", FaceEditor);
