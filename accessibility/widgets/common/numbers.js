// Number keys choose from a list of at most nine, and only while focus is inside the list.

/** @param list element around the inputs; @param inputs radios or checkboxes, in the order shown */
export function chooseByNumber(list, inputs) {
  if (inputs.length > 9) return;
  for (const hidden of list.parentElement.querySelectorAll("[data-numbers], .choice__key")) hidden.hidden = false;
  list.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input[type=search], input[type=text], textarea");
    const input = inputs[Number(event.key) - 1];
    if (!input || typing || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    input.focus();
    input.click();
  });
}
