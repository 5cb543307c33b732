// Where something is heard or seen: "it starts now", "it stops now", by button or by key; times can be typed over.
import { Shortcuts } from "widgets/common/keys.js";
import "widgets/common/player.js";
import { Frames } from "widgets/common/frames.js";
import { drawWave } from "widgets/common/waveform.js";
import { fill, say, wordsOf } from "widgets/common/words.js";
import { read, written } from "widgets/segments/times.js";

const STEP_MS = 10; // nobody hears less; times are right to this much

class MarkSegments extends HTMLElement {
  connectedCallback() {
    if (this.rows) return;
    this.words = wordsOf(this);
    this.player = this.querySelector("media-player");
    this.field = this.querySelector("[name=segments]");
    this.nothing = this.querySelector("[name=nothing]");
    this.list = this.querySelector(".segments__list");
    this.item = this.querySelector("[data-item]");
    this.labels = new Map([...this.querySelectorAll("[data-label-value]")].map((one) => [one.dataset.labelValue, one.dataset.labelText]));
    Object.assign(this, { rows: JSON.parse(this.field.dataset.draft), past: [], started: null });
    for (const plain of this.querySelectorAll("[data-no-script]")) plain.remove();
    for (const hidden of this.querySelectorAll("[data-with-script]")) hidden.hidden = false;
    this.listen();
    this.show();
  }

  listen() {
    this.addEventListener("click", (event) => this.command(event.target.closest("[data-do]")?.dataset.do));
    this.list.addEventListener("click", (event) => this.act(event.target.closest("[data-act]")));
    this.list.addEventListener("change", (event) => this.typed(event.target));
    this.nothing?.addEventListener("change", () => this.nothing.checked && this.rows.length && this.set([]));
    this.player.media.addEventListener("durationchange", () => this.drawLine());
    const { player } = this;
    const actions = {
      play: () => player.toggle(),
      back: () => player.back(),
      slower: () => player.slower(),
      mark: () => this.mark(),
      frameBack: () => this.step(-1),
      frameOn: () => this.step(1),
    };
    if (this.dataset.frames) this.useFrames();
    if (this.dataset.peaks) drawWave(this.querySelector(".segments__wave"), this.dataset.peaks);
    player.media.addEventListener("timeupdate", () => this.drawNow());
    for (const name of ["seeking", "pause", "play", "loadedmetadata"]) player.media.addEventListener(name, () => this.showMoment());
    this.showMoment();
    this.keys = new Shortcuts("segments", this.querySelector(".keys"), actions, this.words);
  }

  disconnectedCallback() {
    this.keys?.stop();
  }

  /** Stepping frame by frame, once the server's list of times is here. */
  async useFrames() {
    this.frames = await Frames.load(this.dataset.frames, this.player);
    if (!this.frames) return;
    this.querySelector(".segments__frames").hidden = false;
    const show = () => this.showFrame();
    this.frames.onpicture = show;
    for (const name of ["seeked", "pause", "timeupdate"]) this.player.media.addEventListener(name, show);
    show();
  }

  /** A frame of a film, or the smallest step in a sound; what was sought last counts, also while it is still sought. */
  step(by) {
    const { player } = this;
    if (player.media.localName === "video") return void this.frames?.step(by);
    player.media.pause();
    player.media.currentTime = Math.max(0, Math.round(player.media.currentTime * 1000) / 1000 + (by * STEP_MS) / 1000);
  }

  showMoment() {
    const place = this.querySelector("[data-moment]");
    if (place) place.textContent = this.player.media.paused ? written(this.player.nowMs) : "";
  }

  showFrame() {
    const { frames } = this;
    if (!this.player.media.paused) return;
    const [at, line] = [frames.at, this.querySelector("[data-frame-words]")];
    line.textContent = fill(this.words.frame, { n: at + 1, all: frames.count, time: written(frames.startOf(at)) });
    if (frames.isThere && !this.player.media.seeking) this.dataset.frame = String(frames.first + at);
  }

  /** Now, in ms of the original: of a video the moment at which the picture on the screen came there. */
  get nowMs() {
    const { frames, player } = this;
    return frames ? frames.startOf(frames.at) : player.nowMs;
  }

  get label() {
    return this.querySelector("[data-label-value]:checked").dataset.labelValue;
  }

  /** The answer; null while nothing is marked and nobody said that there is nothing. */
  get answer() {
    return this.rows.length || this.nothing?.checked ? { segments: this.rows } : null;
  }

  /** What was begun and is in no answer, in words for who presses Send; else nothing. */
  get unfinished() {
    return this.started ? this.words.unfinished : "";
  }

  command(name) {
    if (name === "frameBack") this.step(-1);
    if (name === "frameOn") this.step(1);
    if (name === "starts") this.start();
    if (name === "stops") this.stop();
    if (name === "undo") this.undo();
  }

  mark() {
    if (this.started) this.stop();
    else this.start();
  }

  start() {
    this.started = { label: this.label, start_ms: this.nowMs };
    say(this, fill(this.words.started, { label: this.labels.get(this.label), start: written(this.started.start_ms) }));
  }

  stop() {
    if (!this.started) return say(this, this.words.noStart);
    const row = { ...this.started, end_ms: this.nowMs };
    if (row.end_ms <= row.start_ms) return say(this, this.words.flat);
    this.started = null;
    this.set([...this.rows, row]);
    return say(this, this.describe(row, this.rows.indexOf(row)));
  }

  undo() {
    if (this.started) this.started = null; // the last thing that was done; the parts before it stay
    else if (this.past.length) {
      this.rows = this.past.pop();
      this.changed();
    } else return;
    say(this, this.words.undone);
  }

  act(button) {
    if (!button) return;
    const at = [...this.list.children].indexOf(button.closest("li"));
    if (button.dataset.act === "play") return this.hear(this.rows[at]);
    this.set(this.rows.filter((_, place) => place !== at));
    this.querySelector("[data-do=starts]").focus();
    return say(this, fill(this.words.deleted, { n: at + 1 }));
  }

  hear(row) {
    const { player } = this;
    player.goTo(row.start_ms);
    player.play();
    const check = () => {
      if (player.nowMs < row.end_ms && !player.media.paused) return;
      player.media.pause();
      player.media.removeEventListener("timeupdate", check);
    };
    player.media.addEventListener("timeupdate", check);
  }

  typed(field) {
    const at = [...this.list.children].indexOf(field.closest("li"));
    const side = field.dataset.side;
    const value = side === "label" ? field.value : read(field.value);
    const row = { ...this.rows[at], [side]: value };
    if (value === null || row.end_ms <= row.start_ms) {
      say(this, this.words.flat);
      this.show();
    } else this.set(this.rows.map((one, place) => (place === at ? row : one)));
  }

  set(rows) {
    this.past.push(this.rows);
    this.rows = [...rows].sort((one, other) => one.start_ms - other.start_ms);
    if (rows.length && this.nothing) this.nothing.checked = false;
    this.changed();
  }

  changed() {
    this.show();
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  describe(row, at) {
    const [start, end] = [written(row.start_ms), written(row.end_ms)];
    return fill(this.words.part, { n: at + 1, label: this.labels.get(row.label) ?? row.label, start, end });
  }

  show() {
    this.field.value = this.rows.length ? JSON.stringify(this.rows) : "";
    while (this.list.children.length > this.rows.length) this.list.lastElementChild.remove();
    while (this.list.children.length < this.rows.length) this.list.append(this.item.content.cloneNode(true));
    this.rows.forEach((row, at) => this.showItem(this.list.children[at], row, at));
    this.querySelector("[data-empty]").hidden = this.rows.length > 0;
    this.drawLine();
  }

  showItem(item, row, at) {
    item.querySelector("[data-words]").textContent = this.describe(row, at);
    item.querySelector("[data-side=label]").value = row.label;
    for (const side of ["start_ms", "end_ms"]) item.querySelector(`[data-side=${side}]`).value = written(row[side]);
    for (const number of item.querySelectorAll("[data-number]")) number.textContent = String(at + 1);
  }

  /** The parts on a line, for who sees; the list says the same. */
  drawLine() {
    const line = this.querySelector(".segments__line");
    const from = Number(this.dataset.fromMs);
    const all = Number(this.dataset.toMs) ? Number(this.dataset.toMs) - from : this.player.to * 1000;
    for (const old of line.querySelectorAll(".segments__part")) old.remove();
    line.append(...this.rows.map((row, at) => {
      const part = Object.assign(document.createElement("span"), { className: "segments__part", textContent: String(at + 1) });
      part.style.insetInlineStart = `${((row.start_ms - from) / all) * 100}%`;
      part.style.inlineSize = `${((row.end_ms - row.start_ms) / all) * 100}%`;
      return part;
    }));
  }

  /** Where it is, for who sees. */
  drawNow() {
    const from = Number(this.dataset.fromMs);
    const all = Number(this.dataset.toMs) ? Number(this.dataset.toMs) - from : this.player.to * 1000;
    this.querySelector(".segments__now").style.insetInlineStart = `${((this.player.nowMs - from) / (all || 1)) * 100}%`;
  }
}

customElements.define("mark-segments", MarkSegments);
