// The common crowd-* elements, as plain accessible fields. What a page asks for is asked; how it looks is the lab's.
// A crowd-form gives one field, taskAnswers: a JSON list with one object, as requesters' scripts read it.
(() => {
  "use strict";
  const kinds = new Map(); // name of a field -> how its value is told
  let count = 0;

  const make = (tag, attributes = {}, ...inside) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
    made.append(...inside);
    return made;
  };
  const words = (name) => name.replace(/[_-]+/g, " ").replace(/([a-z])([A-Z])/g, "$1 $2");

  /** An element that becomes something else once its inside is there. */
  function define(name, build) {
    customElements.define(
      name,
      class extends HTMLElement {
        connectedCallback() {
          if (this.built) return;
          this.built = true;
          if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => build(this), { once: true });
          else build(this);
        }
      },
    );
  }

  const shared = (element) => ({
    name: element.getAttribute("name"),
    required: element.hasAttribute("required"),
    disabled: element.hasAttribute("disabled"),
  });

  function labelled(element, field, text) {
    field.id ||= `crowd-${++count}`;
    const label = make("label", { for: field.id }, text || words(element.getAttribute("name") ?? ""));
    element.replaceChildren(label, " ", field);
  }

  define("crowd-input", (element) => {
    const [type, value] = [element.getAttribute("type") || "text", element.getAttribute("value")];
    const rules = Object.fromEntries(["min", "max", "maxlength", "minlength", "placeholder"].map((name) => [name, element.getAttribute(name)]));
    rules.pattern = element.getAttribute("allowed-pattern") ? null : element.getAttribute("pattern");
    kinds.set(element.getAttribute("name"), "text");
    labelled(element, make("input", { ...shared(element), type, value, ...rules }), element.getAttribute("label") || element.getAttribute("placeholder"));
  });

  define("crowd-text-area", (element) => {
    const text = element.getAttribute("value") ?? element.textContent;
    kinds.set(element.getAttribute("name"), "text");
    const field = make("textarea", { ...shared(element), rows: element.getAttribute("rows") || "3", maxlength: element.getAttribute("max-length") }, text);
    labelled(element, field, element.getAttribute("label") || element.getAttribute("placeholder"));
  });

  define("crowd-slider", (element) => {
    const range = { min: element.getAttribute("min") ?? "0", max: element.getAttribute("max") ?? "10", step: element.getAttribute("step") ?? "1" };
    const field = make("input", { ...shared(element), type: "range", ...range, value: element.getAttribute("value") ?? range.min });
    const shown = make("output", { "aria-hidden": "true" }, field.value);
    field.addEventListener("input", () => shown.replaceChildren(field.value));
    kinds.set(element.getAttribute("name"), "number");
    labelled(element, field, element.getAttribute("label"));
    element.append(" ", shown);
  });

  function choice(type, kind) {
    return (element) => {
      const value = element.getAttribute("value") ?? "on";
      const field = make("input", { ...shared(element), type, value, checked: element.hasAttribute("checked") });
      kinds.set(element.getAttribute("name"), kind);
      element.replaceChildren(make("label", {}, field, " ", ...element.childNodes));
    };
  }
  define("crowd-checkbox", choice("checkbox", "choices"));
  define("crowd-toggle-button", choice("checkbox", "choices"));
  define("crowd-radio-button", choice("radio", "choices"));
  define("crowd-radio-group", (element) => element.setAttribute("role", "radiogroup"));

  /** The names of categories: a JSON list of words or of {label, value}. */
  function categories(element) {
    try {
      return JSON.parse(element.getAttribute("categories")).map((one) => (typeof one === "object" ? one : { label: one, value: one }));
    } catch {
      return [];
    }
  }
  function classifier(type, kind) {
    return (element) => {
      const name = element.getAttribute("name");
      const inputs = categories(element).map((one) => {
        const field = make("input", { type, name, value: one.value ?? one.label, required: type === "radio" });
        return make("p", {}, make("label", {}, field, " ", one.label));
      });
      kinds.set(name, kind);
      element.append(make("fieldset", {}, make("legend", {}, element.getAttribute("header") || words(name ?? "")), ...inputs));
    };
  }
  define("crowd-classifier", classifier("radio", "label"));
  define("crowd-classifier-multi-select", classifier("checkbox", "labels"));

  define("crowd-button", (element) => {
    if (element.getAttribute("form-action") === "none" || element.hasAttribute("href")) return;
    const type = element.getAttribute("form-action") === "reset" ? "reset" : "submit";
    element.replaceChildren(make("button", { type, disabled: element.hasAttribute("disabled") }, ...element.childNodes));
  });
  define("crowd-instructions", (element) => element.replaceChildren(make("details", {}, make("summary", {}, element.getAttribute("link-text") || "Instructions"), ...element.childNodes)));
  define("crowd-tab", (element) => element.prepend(make("h3", {}, element.getAttribute("header") ?? "")));
  define("crowd-tabs", (element) => element.setAttribute("role", "group"));
  define("crowd-card", (element) => element.getAttribute("heading") && element.prepend(make("h3", {}, element.getAttribute("heading"))));
  define("crowd-alert", (element) => element.setAttribute("role", "note"));

  define("crowd-form", (element) => {
    if (element.closest("form") || element.querySelector("form")) return;
    const form = make("form", { id: "mturk_form", name: "mturk_form", method: "post" });
    form.append(...element.childNodes);
    element.append(form);
  });

  // --- what a crowd-form says ---

  const inCrowd = (form) => form.closest("crowd-form") !== null || form.querySelector("crowd-form") !== null;

  window.crowdAnswer = (form, fields) => {
    if (!inCrowd(form)) return fields;
    const told = {};
    for (const field of form.elements) {
      const { name } = field;
      if (!name || name in told || ["submit", "button", "reset"].includes(field.type) || field.type === "hidden") continue;
      const same = [...form.elements].filter((one) => one.name === name);
      const chosen = same.filter((one) => one.checked).map((one) => one.value);
      const kind = kinds.get(name);
      if (kind === "label") told[name] = { label: chosen[0] ?? "" };
      else if (kind === "labels") told[name] = { labels: chosen };
      else if (kind === "number") told[name] = Number(field.value);
      else if (["radio", "checkbox"].includes(field.type)) told[name] = Object.fromEntries(same.map((one) => [one.value, one.checked]));
      else told[name] = field.value;
    }
    return { taskAnswers: JSON.stringify([told]) };
  };

  window.crowdFields = (fields) => {
    if (typeof fields.taskAnswers !== "string") return fields;
    const [told] = JSON.parse(fields.taskAnswers);
    const values = (value) => (value.label !== undefined ? [value.label] : value.labels ?? Object.keys(value).filter((name) => value[name]));
    return Object.fromEntries(Object.entries(told).map(([name, value]) => [name, typeof value === "object" ? values(value) : String(value)]));
  };
})();
