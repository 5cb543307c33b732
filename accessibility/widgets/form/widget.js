// Several fields. The form's own rules (numbers, dates, what is needed) are the server's: it reads the same fields.
import "widgets/common/player.js";

// There is no `answer` here: that "1.234,50" is an amount only the task type knows. The page keeps and sends the fields.
class FillForm extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", (event) => this.unread(event.target));
  }

  /** What is filled in so far, as it stands; null while there is nothing. */
  get draft() {
    const fields = {};
    for (const field of this.querySelectorAll("[data-field]")) {
      const inputs = [...field.querySelectorAll("input, textarea, select")];
      const values = inputs.filter((input) => input.checked || !["radio", "checkbox"].includes(input.type)).map((input) => input.value);
      if (values.some(Boolean)) fields[field.dataset.field] = field.dataset.kind === "several" ? values : values[0];
    }
    const ticked = [...this.querySelectorAll("[name^=unreadable-]:checked")];
    const unreadable = ticked.map((box) => box.name.slice("unreadable-".length));
    if (unreadable.length) return { fields, unreadable };
    return Object.keys(fields).length ? { fields } : null;
  }

  /** Writing in a field takes away "I cannot read this". */
  unread(input) {
    const name = input.name?.startsWith("field-") && input.name.slice("field-".length);
    const box = name && this.querySelector(`[name="unreadable-${CSS.escape(name)}"]`);
    if (box && input.value) box.checked = false;
  }
}

customElements.define("fill-form", FillForm);
