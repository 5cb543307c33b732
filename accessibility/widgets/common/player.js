// A player of our own: native controls differ per browser and cannot go slower or back by one key.
import { fill, wordsOf } from "widgets/common/words.js";

const SPEEDS = [1, 0.75, 0.5];
const BACK_SECONDS = 3;
const NEAR = 0.05; // seconds: so near to an edge is on it

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** `<media-player>`: play, pause, back, from the start, slower, and a place that can be chosen. */
export class MediaPlayer extends HTMLElement {
  connectedCallback() {
    if (this.media) return;
    this.words = wordsOf(this);
    this.media = this.querySelector("audio, video");
    this.place = this.querySelector(".player__place");
    this.time = this.querySelector(".player__time");
    this.parts = JSON.parse(this.dataset.parts ?? "[]").map((part) => part.map((ms) => this.seconds(ms)));
    this.which = 0; // of the parts; not "part", which every element has
    this.media.controls = false;
    this.querySelector(".player__panel").hidden = false;
    this.addEventListener("click", (event) => this.act(event.target.closest("[data-do]")?.dataset.do));
    this.place.addEventListener("input", () => this.jump(this.from + Number(this.place.value)));
    for (const name of ["play", "pause", "ended", "timeupdate", "durationchange", "seeked"])
      this.media.addEventListener(name, () => this.show());
    for (const name of ["play", "ratechange", "seeked"]) this.media.addEventListener(name, () => this.stopInTime());
    this.media.addEventListener("pause", () => clearTimeout(this.timer));
    this.closest("form")?.addEventListener("submit", (event) => this.remind(event), { capture: true });
    this.media.addEventListener("error", () => this.broken());
    if (this.media.error) this.broken();
    this.show();
  }

  /** Where the piece begins and ends, in seconds of the file that is played. */
  get from() {
    return Number(this.dataset.fromMs ?? 0) / 1000;
  }

  /** 0 until it is known. */
  get to() {
    const end = Number(this.dataset.toMs ?? Infinity) / 1000;
    return Math.min(end, Number.isFinite(this.media.duration) ? this.media.duration : 0);
  }

  /** Milliseconds from the start of the original, whatever part of it is played. */
  get nowMs() {
    return Math.round(this.media.currentTime * 1000) + Number(this.dataset.offsetMs ?? 0);
  }

  /** From milliseconds of the original to seconds of what is played. */
  seconds(ms) {
    return (ms - Number(this.dataset.offsetMs ?? 0)) / 1000;
  }

  goTo(ms) {
    this.jump(this.seconds(ms));
  }

  jump(seconds) {
    const at = this.parts.findLastIndex(([from]) => from <= seconds + NEAR);
    if (this.parts.length) this.which = Math.max(0, at);
    this.media.currentTime = seconds;
  }

  act(what) {
    const actions = { play: () => this.toggle(), back: () => this.back(), start: () => this.fromStart(), slower: () => this.slower(),
      next: () => this.turn(1), previous: () => this.turn(-1) };
    actions[what]?.();
  }

  // --- in parts, for who hears short ones best ---

  /** Where that what is heard at once begins and ends. */
  get ends() {
    return this.parts[this.which] ?? [this.from, this.to];
  }

  /** The next part, or the one before, from its start. */
  turn(by) {
    if (!this.parts[this.which + by]) return;
    this.which += by;
    this.fromStart();
  }

  /** A part ends in a pause: the next word is not to be heard, and "timeupdate" comes up to a quarter of a second late. */
  stopInTime() {
    clearTimeout(this.timer);
    const { media, parts } = this;
    if (media.paused || this.which >= parts.length - 1) return;
    const edge = parts[this.which][1];
    const left = (edge - media.currentTime) / media.playbackRate;
    this.timer = setTimeout(() => (media.currentTime >= edge - NEAR ? this.rest(edge) : this.stopInTime()), Math.max(5, left * 1000));
  }

  /** On the edge itself: a busy machine wakes late, and what it played too much of is not where this part ends. */
  rest(edge) {
    this.media.pause();
    this.media.currentTime = edge;
  }

  /** Once: an answer that is sent before the last part was turned to may have been sent by mistake. */
  remind(event) {
    const unheard = this.which < this.parts.length - 1;
    const { name, dataset } = event.submitter ?? { dataset: {} };
    if (!unheard || this.reminded || name === "dont_know" || dataset.return !== undefined) return;
    this.reminded = true;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.querySelector(".player__part").textContent = this.words.more;
    this.querySelector("[data-do=next]").focus();
  }

  toggle() {
    if (this.media.paused) this.play();
    else this.media.pause();
  }

  play() {
    const { media } = this;
    if (media.ended || media.currentTime >= this.ends[1] - NEAR || media.currentTime < this.ends[0] - NEAR) media.currentTime = this.ends[0];
    this.media.play().catch(() => this.show()); // refused before the first click: the button still says "Play"
  }

  back() {
    this.media.currentTime = Math.max(this.ends[0], this.media.currentTime - BACK_SECONDS);
    this.play();
  }

  fromStart() {
    this.media.currentTime = this.ends[0];
    this.play();
  }

  slower() {
    const next = SPEEDS[(SPEEDS.indexOf(this.media.playbackRate) + 1) % SPEEDS.length];
    this.media.playbackRate = next;
    this.media.preservesPitch = true;
    this.show();
  }

  show() {
    const { media, from, to } = this;
    if (!media.paused && this.dataset.toMs && to && media.currentTime >= to) media.pause();
    const [now, all] = [Math.max(media.currentTime - from, 0), Math.max(to - from, 0)];
    const playing = !media.paused && !media.ended;
    this.toggleAttribute("data-playing", playing);
    this.querySelector("[data-say]").textContent = playing ? this.words.pause : this.words.play;
    const slower = this.querySelector("[data-do=slower]");
    slower.setAttribute("aria-pressed", String(media.playbackRate !== 1));
    slower.dataset.rate = media.playbackRate === 1 ? "" : `${media.playbackRate}×`;
    this.place.max = String(all);
    this.place.value = String(now);
    const seconds = { now: Math.round(now), all: Math.round(all) };
    this.place.setAttribute("aria-valuetext", fill(this.words.of, seconds));
    this.time.textContent = `${clock(now)} / ${clock(all)}`;
    if (this.parts.length) this.showPart();
  }

  showPart() {
    const text = fill(this.words.part, { number: this.which + 1, count: this.parts.length });
    const line = this.querySelector(".player__part");
    if (line.dataset.part !== text) line.textContent = line.dataset.part = text;
    // Not `disabled`: whoever pressed it by keys would lose their place.
    this.querySelector("[data-do=previous]").setAttribute("aria-disabled", String(this.which === 0));
    this.querySelector("[data-do=next]").setAttribute("aria-disabled", String(this.which === this.parts.length - 1));
  }

  broken() {
    const line = this.querySelector(".player__error");
    line.textContent = this.words.broken;
    line.hidden = false;
  }
}

if (!customElements.get("media-player")) customElements.define("media-player", MediaPlayer);
