// The shapes in words: a numbered list, where each can be chosen to change, and taken away.

/** Keeps the list's items like the shapes; items stay where they are, so that focus does too. */
export class ShapeList {
  /**
   * @param list the <ol>; @param template one item; @param panel the fields of the chosen one
   * @param act what to do: (name, index of the row, value)
   */
  constructor({ list, template, panel, act }) {
    Object.assign(this, { list, template, panel, act });
    list.addEventListener("click", (event) => this.pressed(event.target.closest("[data-act]")));
    panel.addEventListener("change", (event) => this.typed(event.target));
    panel.addEventListener("keydown", (event) => event.key === "Enter" && event.target.matches("input") && this.entered(event));
  }

  pressed(button) {
    if (button) this.act(button.dataset.act, Number(button.closest("li").dataset.at));
  }

  typed(field) {
    const at = Number(field.closest("li").dataset.at);
    if (field.matches("[data-label]")) return this.act("label", at, field.value);
    return this.act("typed", at, this.values);
  }

  /** Enter would send the form: it ends the typing instead. */
  entered(event) {
    event.preventDefault();
    this.typed(event.target);
  }

  get values() {
    const sides = [...this.panel.querySelectorAll("[data-side]")].map((field) => [field.dataset.side, field.valueAsNumber]);
    return { ...Object.fromEntries(sides), points: pointsOf(this.panel.querySelector("[data-points]")?.value ?? "") };
  }

  /** @param shapes [{at, number, words, chosen, row, label}] */
  show(shapes) {
    const { list } = this;
    while (list.children.length > shapes.length) list.lastElementChild.remove();
    while (list.children.length < shapes.length) list.append(this.template.content.cloneNode(true));
    shapes.forEach((shape, place) => this.fillItem(list.children[place], shape));
    const chosen = shapes.findIndex((shape) => shape.chosen);
    this.panel.hidden = chosen < 0;
    if (chosen >= 0) this.fillPanel(list.children[chosen], shapes[chosen]);
  }

  fillItem(item, { at, number, words, chosen }) {
    item.dataset.at = String(at);
    item.toggleAttribute("data-chosen", chosen);
    item.querySelector("[data-words]").textContent = words;
    item.querySelector("[data-act=change]").setAttribute("aria-pressed", String(chosen));
    for (const one of item.querySelectorAll("[data-number]")) one.textContent = String(number);
  }

  fillPanel(item, { row, label }) {
    if (this.panel.parentElement !== item) item.append(this.panel);
    const field = this.panel.querySelector("[data-label]");
    if (field) field.value = label;
    for (const side of this.panel.querySelectorAll("[data-side]")) side.value = String(row[side.dataset.side]);
    const points = this.panel.querySelector("[data-points]");
    if (points) points.value = row.points.map((pair) => pair.join(",")).join(" ");
  }
}

/** "10,20 30,40" as points; an empty list when it cannot be read. */
function pointsOf(text) {
  const pairs = text.trim().split(/\s+/).map((pair) => pair.split(",").map(Number));
  const good = pairs.every((pair) => pair.length === 2 && pair.every(Number.isFinite));
  return good ? pairs.map(([x, y]) => ({ x, y })) : [];
}
