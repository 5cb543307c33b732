// A subtitle against its sound. The subtitle lights up while it would be on the screen; a tone can say so as well.
import { chooseByNumber } from "widgets/common/numbers.js";
import "widgets/common/player.js";

const KEPT = "workbench.subtitle.tones";
const [IN_HZ, OUT_HZ, TONE_SECONDS] = [880, 440, 0.09];

class JudgeSubtitle extends HTMLElement {
  connectedCallback() {
    if (this.player) return;
    this.inputs = [...this.querySelectorAll("input[name=value]")];
    this.text = this.querySelector("textarea[name=text]");
    if (this.inputs.length) chooseByNumber(this.querySelector(".subtitle__options"), this.inputs);
    for (const hidden of this.querySelectorAll("[data-with-script]")) hidden.hidden = false;
    this.player = this.querySelector("media-player");
    this.tones = this.querySelector("[data-tones]");
    this.tones.checked = remembered();
    this.tones.addEventListener("change", () => remember(this.tones.checked));
    [this.start, this.end] = [Number(this.dataset.startMs), Number(this.dataset.endMs)];
    const media = this.player?.media;
    media?.addEventListener("play", () => this.follow());
    for (const name of ["pause", "seeked", "ended"]) media?.addEventListener(name, () => this.show());
  }

  /** At every picture, while it plays: `timeupdate` comes a quarter of a second late. */
  follow() {
    this.show();
    if (!this.player.media.paused && this.isConnected) requestAnimationFrame(() => this.follow());
  }

  show() {
    const { player } = this;
    const on = !player.media.paused && player.nowMs >= this.start && player.nowMs < this.end;
    if (on === this.hasAttribute("data-on")) return;
    this.toggleAttribute("data-on", on);
    if (this.tones.checked && !player.media.paused) this.sound(on ? IN_HZ : OUT_HZ);
  }

  sound(hertz) {
    this.context ??= new AudioContext();
    const [tone, volume] = [this.context.createOscillator(), this.context.createGain()];
    tone.frequency.value = hertz;
    volume.gain.value = 0.15;
    tone.connect(volume).connect(this.context.destination);
    tone.start();
    tone.stop(this.context.currentTime + TONE_SECONDS);
    this.dataset.sounded = String(hertz);
  }

  /** The answer; null while nothing is chosen or written. */
  get answer() {
    if (this.text) {
      const lines = this.text.value.split("\n").map((line) => line.trim()).filter(Boolean);
      return lines.length ? { text: lines.join("\n") } : null;
    }
    const chosen = this.inputs.find((input) => input.checked);
    return chosen ? { value: chosen.value } : null;
  }
}

function remembered() {
  try {
    return localStorage.getItem(KEPT) === "yes";
  } catch {
    return false; // private windows may refuse storage
  }
}

function remember(on) {
  try {
    localStorage.setItem(KEPT, on ? "yes" : "no");
  } catch {
    // for this page only
  }
}

customElements.define("judge-subtitle", JudgeSubtitle);
