// A scale with words. Numbers choose a point, but only while focus is inside the list.
import "widgets/common/player.js";

class RatingScale extends HTMLElement {
  connectedCallback() {
    this.points = [...this.querySelectorAll("input[name=value]")];
    if (this.points.length < 10) for (const hidden of this.querySelectorAll("[data-with-script], .choice__key")) hidden.hidden = false;
    this.querySelector(".rating__points").addEventListener("keydown", (event) => this.choose(event));
  }

  choose(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const point = this.points.length < 10 && this.points[Number(event.key) - 1];
    if (!point) return;
    event.preventDefault();
    point.checked = true;
    point.focus();
    point.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** The answer, or null while nothing is chosen. */
  get answer() {
    const chosen = this.points.find((point) => point.checked);
    return chosen ? { value: Number(chosen.value) } : null;
  }
}

customElements.define("rating-scale", RatingScale);
