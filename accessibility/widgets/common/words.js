// The texts of a widget: its template writes them as JSON, so that one catalogue serves page and script.

/** The words of an element's own `<script type="application/json" data-words>`. */
export function wordsOf(element) {
  const holder = element.querySelector(":scope > script[data-words]");
  return holder ? JSON.parse(holder.textContent) : {};
}

/** Fill `{name}` places in a text. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Tell a person that something changed: in the nearest live line, without moving focus. */
export function say(element, text) {
  const line = element.querySelector("[role=status]");
  if (!line) return;
  // A screen reader says nothing when a text is set to what it was.
  line.textContent = line.textContent === text ? text + "\u00a0" : text;
}
