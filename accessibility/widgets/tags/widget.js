// Every label that fits.
import { filterChoices } from "widgets/common/filter.js";
import { chooseByNumber } from "widgets/common/numbers.js";
import "widgets/common/player.js";
import { fill, say, wordsOf } from "widgets/common/words.js";

class ChooseTags extends HTMLElement {
  connectedCallback() {
    this.words = wordsOf(this);
    this.most = Number(this.dataset.max || Infinity);
    this.inputs = [...this.querySelectorAll("input[name=labels]")];
    this.nothing = this.querySelector("input[name=nothing]");
    this.querySelectorAll(".choice__key").forEach((key, at) => (key.textContent = String(at + 1)));
    chooseByNumber(this.querySelector(".all-choices"), this.inputs);
    filterChoices(this, this.words);
    this.addEventListener("change", (event) => this.changed(event.target));
  }

  get chosen() {
    return this.inputs.filter((input) => input.checked).map((input) => input.value);
  }

  changed(input) {
    if (!input.checked) return;
    if (input === this.nothing) for (const other of this.inputs) other.checked = false;
    else if (input.name === "labels") this.limit(input);
  }

  limit(input) {
    if (this.nothing) this.nothing.checked = false;
    if (this.chosen.length <= this.most) return;
    input.checked = false;
    say(this, fill(this.words.most, { n: this.most }));
  }

  /** The answer; null while nothing is chosen and nobody said that nothing fits. */
  get answer() {
    return this.chosen.length || this.nothing?.checked ? { labels: this.chosen } : null;
  }
}

customElements.define("choose-tags", ChooseTags);
