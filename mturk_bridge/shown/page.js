// First in every requester's page: what such pages expect of a browser and of MTurk, and the talk with the page around.
// The page stands in a sandbox without an origin. A page that takes all this away still has a form and an address.
(() => {
  "use strict";
  const OURS = new Set(["assignmentId", "hitId", "workerId", "turkSubmitTo"]);
  const DRAFT_AFTER_MS = 500;
  const told = new URLSearchParams(location.search);
  const preview = (told.get("assignmentId") ?? "ASSIGNMENT_ID_NOT_AVAILABLE") === "ASSIGNMENT_ID_NOT_AVAILABLE";
  const submitTo = told.get("turkSubmitTo");
  const say = (what) => parent !== window && parent.postMessage({ page: 1, ...what }, "*");

  // --- what a page without an origin may not touch, and pages touch all the same ---

  function memory() {
    const kept = new Map();
    return {
      getItem: (name) => (kept.has(String(name)) ? kept.get(String(name)) : null),
      setItem: (name, value) => void kept.set(String(name), String(value)),
      removeItem: (name) => void kept.delete(String(name)),
      clear: () => kept.clear(),
      key: (number) => [...kept.keys()][number] ?? null,
      get length() {
        return kept.size;
      },
    };
  }
  for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { value: memory(), configurable: true });
  const cookies = new Map();
  Object.defineProperty(document, "cookie", {
    configurable: true,
    get: () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
    set: (text) => {
      const [name, ...value] = String(text).split(";")[0].split("=");
      cookies.set(name.trim(), value.join("=").trim());
    },
  });
  window.alert = (words) => say({ say: "words", words: String(words) });
  window.confirm = () => true;
  window.prompt = () => null;
  window.open = () => null;

  // --- what MTurk gives a page ---

  window.turkGetParam = (name, otherwise = "") => told.get(name) ?? otherwise;
  window.turkGetSubmitToHost = () => submitTo ?? "";
  window.turkSetAssignmentID = () => {
    for (const field of document.querySelectorAll("[name=assignmentId]")) field.value = told.get("assignmentId") ?? "";
  };

  // --- the form ---

  const theForm = () =>
    document.querySelector("crowd-form form, form#mturk_form, form[name=mturk_form]") ??
    document.querySelector("form[action*=externalSubmit]") ??
    document.querySelector("form");

  function fieldsOf(form, submitter) {
    const fields = {};
    const add = (name, value) => {
      if (!name || OURS.has(name) || typeof value !== "string") return;
      fields[name] = name in fields ? [fields[name], value].flat() : value;
    };
    for (const [name, value] of new FormData(form)) add(name, value);
    if (submitter?.name) add(submitter.name, submitter.value);
    return window.crowdAnswer ? window.crowdAnswer(form, fields) : fields;
  }

  function give(form, submitter) {
    if (preview) say({ say: "preview" });
    else say({ say: "answer", fields: fieldsOf(form, submitter) });
  }

  // After the page's own listeners, which may say no.
  window.addEventListener("submit", (event) => {
    if (event.defaultPrevented) {
      if (asked) say({ say: "unfinished" });
      asked = false;
      return;
    }
    asked = false;
    event.preventDefault();
    give(event.target, event.submitter);
  });
  HTMLFormElement.prototype.submit = function () {
    give(this, null);
  };

  let asked = false;
  function answer() {
    const form = theForm();
    if (!form) return say({ say: "answer", fields: {} });
    if (!form.noValidate && !form.reportValidity()) return say({ say: "unfinished" });
    asked = true;
    const button = form.querySelector("[type=submit]:not(:disabled), button:not([type]):not(:disabled)");
    form.requestSubmit(button ?? null);
  }

  // --- an answer that was begun before ---

  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const form = theForm();
      if (form && !preview) say({ say: "draft", fields: fieldsOf(form, null) });
    }, DRAFT_AFTER_MS);
  };

  function fillIn(fields) {
    const form = theForm();
    if (!form) return;
    const given = window.crowdFields ? window.crowdFields(fields) : fields;
    for (const [name, value] of Object.entries(given)) {
      const values = [value].flat();
      let next = 0;
      for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
        else if (field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
        else if ("value" in field && field.type !== "file") field.value = values[next++] ?? "";
        field.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
  }

  addEventListener("message", (event) => {
    if (event.source !== parent || event.data?.workbench !== 1) return;
    if (event.data.ask === "answer") answer();
    else if (event.data.ask === "hello") hello();
    else if (event.data.ask === "still") say({ say: "still" });
    else if (event.data.ask === "check") check();
    else if (event.data.fill && !preview) fillIn(event.data.fill);
  });

  // --- how well people can use this page, told by axe ---

  function check() {
    const script = document.createElement("script");
    script.src = "/mturk/shown/lib/axe.js";
    script.onload = async () => {
      const found = await window.axe.run(document, { resultTypes: ["violations"] });
      const rules = found.violations.map((one) => ({ id: one.id, impact: one.impact, help: one.help, places: one.nodes.length }));
      say({ say: "checked", rules });
    };
    document.head.append(script);
  }

  let here = false;
  const hello = () => here && say({ say: "ready" });
  addEventListener("DOMContentLoaded", () => {
    here = true;
    window.turkSetAssignmentID();
    for (const form of document.forms) {
      form.removeAttribute("target");
      if (submitTo) form.action = `${submitTo}/mturk/externalSubmit`;
    }
    addEventListener("input", later);
    addEventListener("change", later);
    // Of what is in it: the document itself is never lower than its frame, so it would never shrink.
    const height = () => say({ say: "height", height: document.body.scrollHeight + 48 });
    new ResizeObserver(height).observe(document.body);
    hello();
  });
})();
