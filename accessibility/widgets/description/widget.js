// A text in your own words; it counts them, quietly.
import "widgets/common/player.js";
import { fill, wordsOf } from "widgets/common/words.js";

class DescribeIt extends HTMLElement {
  connectedCallback() {
    this.words = wordsOf(this);
    this.text = this.querySelector("textarea");
    this.count = this.querySelector("[data-count]");
    this.count.hidden = false;
    this.text.addEventListener("input", () => this.show());
    this.show();
  }

  show() {
    const n = this.text.value.split(/\s+/).filter(Boolean).length;
    const [min, max] = [Number(this.dataset.min), Number(this.dataset.max || Infinity)];
    const kind = n < min ? "least" : n > max ? "most" : "count";
    this.count.textContent = fill(this.words[kind], { n, min, max });
  }

  /** The answer; null while there is no text. */
  get answer() {
    const text = this.text.value.trim();
    return text ? { text } : null;
  }
}

customElements.define("describe-it", DescribeIt);
