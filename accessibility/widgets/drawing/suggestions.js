// The numbered suggestions on the page: asked for by a button or P, taken by a press or a digit.
import { fill } from "widgets/common/words.js";
import { Proposals } from "widgets/drawing/proposals.js";

export class Suggestions extends Proposals {
  /** @param editor a DrawingEditor, with the places where they are shown */
  constructor(editor) {
    super(editor.kind, editor.area);
    this.editor = editor;
    this.button = editor.querySelector("[data-do=proposals]");
    this.holder = editor.querySelector(".drawing__proposals");
  }

  async toggle() {
    const { words } = this.editor;
    this.open = !this.open;
    this.show();
    if (!this.open) return this.editor.tell(words.suggestionsOff);
    if (this.found) return this.tell();
    this.editor.tell(words.searching);
    const address = this.editor.proposalsAddress;
    try {
      await this.load(address);
    } catch {
      this.open = false;
      this.editor.tell(words.away);
      return this.show();
    }
    if (address !== this.editor.proposalsAddress) return this.forget(); // another picture by now
    this.tell();
    return this.show();
  }

  tell() {
    const { words } = this.editor;
    this.editor.tell(this.seen.length ? fill(words.found, { n: this.seen.length }) : words.none);
  }

  nextPage() {
    this.next();
    this.show();
    this.tell();
  }

  pick(number) {
    const shape = this.take(Number(number));
    if (!shape) return;
    this.editor.leave();
    this.editor.add(shape);
    this.show();
  }

  show() {
    const { button, holder, seen } = this;
    if (!holder) return;
    button.setAttribute("aria-pressed", String(this.open));
    const had = holder.contains(document.activeElement);
    holder.hidden = !seen.length;
    holder.querySelector("[data-do=more]").hidden = !this.more;
    holder.querySelector("ol").replaceChildren(...seen.map((one) => this.item(one)));
    if (had) (holder.querySelector("li button") ?? this.editor.stage).focus();
    this.editor.paint();
  }

  item({ number, place, bounds }) {
    const { words } = this.editor;
    const size = { width: Math.round(bounds.width), height: Math.round(bounds.height) };
    const text = fill(words.take, { n: number, place: words.places[place - 1], ...size });
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button button--quiet", textContent: text });
    Object.assign(button.dataset, { do: "take", value: number });
    const item = document.createElement("li");
    item.append(button);
    return item;
  }
}
