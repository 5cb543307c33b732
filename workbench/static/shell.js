// What every page does: a form is sent once, and a language or look that was chosen is shown at once.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return; // another script sends this one
  if (form.dataset.sent) {
    event.preventDefault(); // a second press while the first is on its way
    return;
  }
  form.dataset.sent = "yes";
});

// Back to this page by the browser's own button: the form may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// The first thing that is wrong gets the focus, so that nobody has to look for it.
const wrong = document.querySelector("[aria-invalid='true']");
if (wrong) wrong.focus();

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());

// A preview keeps nothing.
for (const form of document.querySelectorAll("form[data-preview]")) {
  form.addEventListener("submit", (event) => event.preventDefault());
}

// A badge reader types like a keyboard. Wherever the focus went, what it types arrives in the badge field.
const badge = document.querySelector("[data-reader]");
if (badge) {
  document.addEventListener("keydown", (event) => {
    const typing = event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (typing && event.key !== " " && document.activeElement === document.body) badge.focus();
  });
}
