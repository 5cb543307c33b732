// Asks the page in the frame to be looked at by axe, and shows what it found, in the reader's language.
const holder = document.querySelector("[data-check]");
const frame = document.querySelector("framed-page iframe");
if (holder && frame) {
  const told = holder.querySelector("[role=status]");
  const [words, impacts] = [holder.dataset.words, holder.dataset.impacts].map((text) => JSON.parse(text));
  holder.hidden = false;
  holder.querySelector("button").addEventListener("click", () => frame.contentWindow.postMessage({ workbench: 1, ask: "check" }, "*"));
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.data?.page !== 1 || event.data.say !== "checked") return;
    const lines = event.data.rules.map((rule) =>
      Object.assign(document.createElement("li"), {
        textContent: `${words[rule.id] ?? rule.help} (${rule.id}, ${impacts[rule.impact] ?? rule.impact}): ${rule.places}`,
      }),
    );
    const list = document.createElement("ul");
    list.append(...lines);
    told.replaceChildren(lines.length ? holder.dataset.found : holder.dataset.none, list);
  });
}
