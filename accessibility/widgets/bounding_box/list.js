// The boxes in words: a numbered list, where each can be changed, named, typed over and taken away.
import { fill } from "widgets/common/words.js";

const SIDES = ["x", "y", "width", "height"];

/** Keeps the list's items like the boxes; items stay where they are, so that focus does too. */
export class BoxList {
  constructor(list, template, words, labels, act) {
    Object.assign(this, { list, template, words, labels, act });
    list.addEventListener("click", (event) => this.pressed(event.target.closest("[data-act]")));
    list.addEventListener("change", (event) => this.typed(event.target));
  }

  place(element) {
    return [...this.list.children].indexOf(element.closest("li"));
  }

  pressed(button) {
    if (button) this.act(button.dataset.act, this.place(button));
  }

  typed(field) {
    const item = field.closest("li");
    if (field.matches("[data-label]")) this.act("label", this.place(item), field.value);
    else this.act("numbers", this.place(item), Object.fromEntries(SIDES.map((side) => [side, item.querySelector(`[data-side=${side}]`).valueAsNumber])));
  }

  show(boxes, chosen) {
    while (this.list.children.length > boxes.length) this.list.lastElementChild.remove();
    while (this.list.children.length < boxes.length) this.list.append(this.template.content.cloneNode(true));
    boxes.forEach((box, at) => this.fillItem(this.list.children[at], box, at, at === chosen));
  }

  fillItem(item, box, at, chosen) {
    item.toggleAttribute("data-chosen", chosen);
    item.querySelector("[data-words]").textContent = this.describe(box, at);
    item.querySelector("[data-act=change]").setAttribute("aria-pressed", String(chosen));
    for (const number of item.querySelectorAll("[data-number]")) number.textContent = String(at + 1);
    const label = item.querySelector("[data-label]");
    if (label) label.value = box.label;
    for (const side of SIDES) item.querySelector(`[data-side=${side}]`).value = String(box[side]);
  }

  describe(box, at) {
    const label = this.labels.get(box.label) ?? box.label;
    return fill(this.words.box, { n: at + 1, label, x: box.x, y: box.y, width: box.width, height: box.height });
  }
}
