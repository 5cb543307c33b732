// A player of our own: native controls differ per browser and cannot go slower or back by one key.
import { fill, wordsOf } from "widgets/common/words.js";

const SPEEDS = [1, 0.75, 0.5];
const BACK_SECONDS = 3;

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** `<media-player>`: play, pause, back, from the start, slower, and a place that can be chosen. */
export class MediaPlayer extends HTMLElement {
  connectedCallback() {
    if (this.media) return;
    this.words = wordsOf(this);
    this.media = this.querySelector("audio, video");
    this.place = this.querySelector(".player__place");
    this.time = this.querySelector(".player__time");
    this.media.controls = false;
    this.querySelector(".player__panel").hidden = false;
    this.addEventListener("click", (event) => this.act(event.target.closest("[data-do]")?.dataset.do));
    this.place.addEventListener("input", () => (this.media.currentTime = this.from + Number(this.place.value)));
    for (const name of ["play", "pause", "ended", "timeupdate", "durationchange", "seeked"])
      this.media.addEventListener(name, () => this.show());
    this.media.addEventListener("error", () => this.broken());
    if (this.media.error) this.broken();
    this.show();
  }

  /** Where the piece begins and ends, in seconds of the file that is played. */
  get from() {
    return Number(this.dataset.fromMs ?? 0) / 1000;
  }

  get to() {
    const end = Number(this.dataset.toMs ?? Infinity) / 1000;
    return Math.min(end, Number.isFinite(this.media.duration) ? this.media.duration : 0);
  }

  /** Milliseconds from the start of the original, whatever part of it is played. */
  get nowMs() {
    return Math.round(this.media.currentTime * 1000) + Number(this.dataset.offsetMs ?? 0);
  }

  goTo(ms) {
    this.media.currentTime = (ms - Number(this.dataset.offsetMs ?? 0)) / 1000;
  }

  act(what) {
    const actions = { play: () => this.toggle(), back: () => this.back(), start: () => this.fromStart(), slower: () => this.slower() };
    actions[what]?.();
  }

  toggle() {
    if (this.media.paused) this.play();
    else this.media.pause();
  }

  play() {
    if (this.media.ended || this.media.currentTime >= this.to - 0.05) this.media.currentTime = this.from;
    this.media.play().catch(() => this.show()); // refused before the first click: the button still says "Play"
  }

  back() {
    this.media.currentTime = Math.max(this.from, this.media.currentTime - BACK_SECONDS);
    this.play();
  }

  fromStart() {
    this.media.currentTime = this.from;
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
    if (!media.paused && this.dataset.toMs && media.currentTime >= to) media.pause();
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
  }

  broken() {
    const line = this.querySelector(".player__error");
    line.textContent = this.words.broken;
    line.hidden = false;
  }
}

if (!customElements.get("media-player")) customElements.define("media-player", MediaPlayer);
