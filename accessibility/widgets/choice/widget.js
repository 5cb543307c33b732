// One label out of a list.
import { filterChoices } from "widgets/common/filter.js";
import { chooseByNumber } from "widgets/common/numbers.js";
import "widgets/common/player.js";
import { wordsOf } from "widgets/common/words.js";

class ChooseLabel extends HTMLElement {
  connectedCallback() {
    this.inputs = [...this.querySelectorAll("input[name=label]")];
    this.querySelectorAll(".choice__key").forEach((key, at) => (key.textContent = String(at + 1)));
    chooseByNumber(this.querySelector(".all-choices"), this.inputs);
    filterChoices(this, wordsOf(this));
  }

  /** The answer; null while nothing is chosen. */
  get answer() {
    const chosen = this.inputs.find((input) => input.checked);
    return chosen ? { label: chosen.value } : null;
  }
}

customElements.define("choose-label", ChooseLabel);
