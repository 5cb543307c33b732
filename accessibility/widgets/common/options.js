// One out of several pictures, sounds or texts. The order they were shown in goes with the answer.
import { chooseByNumber } from "widgets/common/numbers.js";
import "widgets/common/player.js";

export class ChooseOption extends HTMLElement {
  connectedCallback() {
    this.inputs = [...this.querySelectorAll("input[name=chosen]")];
    chooseByNumber(this.querySelector(".options"), this.inputs);
    // One sound at a time: two at once help nobody.
    this.addEventListener("play", (event) => this.alone(event.target), true);
  }

  alone(playing) {
    for (const media of this.querySelectorAll("audio, video")) if (media !== playing) media.pause();
  }

  /** The answer; null while nothing is chosen. */
  get answer() {
    const chosen = this.inputs.find((input) => input.checked);
    const order = this.querySelector("[name=order]").value;
    return chosen ? { chosen: chosen.value, order: order ? order.split(",") : [] } : null;
  }
}
