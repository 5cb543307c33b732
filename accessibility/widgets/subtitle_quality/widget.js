// A subtitle against its sound. The subtitle lights up while it would be on the screen.
import { chooseByNumber } from "widgets/common/numbers.js";
import "widgets/common/player.js";

class JudgeSubtitle extends HTMLElement {
  connectedCallback() {
    this.inputs = [...this.querySelectorAll("input[name=value]")];
    chooseByNumber(this.querySelector(".subtitle__options"), this.inputs);
    const player = this.querySelector("media-player");
    const [start, end] = [Number(this.dataset.startMs), Number(this.dataset.endMs)];
    const show = () => this.toggleAttribute("data-on", !player.media.paused && player.nowMs >= start && player.nowMs < end);
    for (const name of ["timeupdate", "pause", "play", "seeked"]) player?.media?.addEventListener(name, show);
  }

  /** The answer; null while nothing is chosen. */
  get answer() {
    const chosen = this.inputs.find((input) => input.checked);
    return chosen ? { value: chosen.value } : null;
  }
}

customElements.define("judge-subtitle", JudgeSubtitle);
