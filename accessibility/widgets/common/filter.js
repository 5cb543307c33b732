// Finds labels in a long list while you type; accents and capitals make no difference.
import { fill, say } from "widgets/common/words.js";

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** @param widget element with a `[data-filter]` field, `.choice` cards and a status line */
export function filterChoices(widget, words) {
  const field = widget.querySelector("[data-filter]");
  if (!field) return;
  field.closest("[data-with-script]").hidden = false;
  field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault()); // it would send the form
  field.addEventListener("input", (event) => {
    event.stopPropagation(); // looking is not answering: no draft
    const wanted = plain(field.value.trim());
    const cards = [...widget.querySelectorAll(".choices .choice")];
    for (const card of cards) card.hidden = !plain(card.textContent).includes(wanted) && !card.querySelector("input").checked;
    for (const group of widget.querySelectorAll("[data-group]")) group.hidden = !group.querySelector(".choice:not([hidden])");
    say(widget, fill(words.found, { n: cards.filter((card) => !card.hidden).length, all: cards.length }));
  });
}
