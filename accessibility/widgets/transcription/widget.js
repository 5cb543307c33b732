// Hear a piece, type it. Hands stay on the keyboard: the player obeys keys while you type.
import { Shortcuts } from "widgets/common/keys.js";
import "widgets/common/player.js";
import { fill, say, wordsOf } from "widgets/common/words.js";

class TypeWhatYouHear extends HTMLElement {
  connectedCallback() {
    this.words = wordsOf(this);
    this.text = this.querySelector("[name=text]");
    this.silence = this.querySelector("[name=no_speech]");
    this.player = this.querySelector("media-player");
    for (const hidden of this.querySelectorAll("[data-with-script]")) hidden.hidden = false;
    const markers = this.querySelector(".button-row");
    markers.hidden = !markers.children.length;
    this.addEventListener("click", (event) => this.insert(event.target.closest("[data-insert]")));
    this.text.addEventListener("input", () => this.silence && this.text.value && (this.silence.checked = false));
    this.keys = new Shortcuts("transcription", this.querySelector(".keys"), this.actions(), this.words);
  }

  disconnectedCallback() {
    this.keys?.stop();
  }

  actions() {
    return {
      play: () => this.player.toggle(),
      back: () => this.player.back(),
      slower: () => this.player.slower(),
      next: () => this.player.turn(1),
      unclear: () => this.insert(this.querySelector("[data-unclear]")),
    };
  }

  insert(button) {
    if (!button) return;
    const { selectionStart: start, selectionEnd: end, value } = this.text;
    const before = start > 0 && !/\s$/.test(value.slice(0, start)) ? " " : "";
    const after = /^\s/.test(value.slice(end)) ? "" : " ";
    this.text.setRangeText(before + button.dataset.insert + after, start, end, "end");
    this.text.focus();
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
    say(this, fill(this.words.put, { text: button.dataset.insert }));
  }

  /** The answer; null while there is neither text nor "no speech". */
  get answer() {
    if (this.silence?.checked) return { text: "" };
    const text = this.text.value.trim();
    return text ? { text } : null;
  }
}

customElements.define("type-what-you-hear", TypeWhatYouHear);
