// Every page of a worker: sends what waits, says so, and keeps the next questions for when the network goes away.
import { begin, watch } from "workbench/outbox.js";

const words = JSON.parse(document.getElementById("outbox-words").textContent);
const line = document.querySelector("[data-outbox]");

function show(entries) {
  const waiting = entries.filter((entry) => !entry.refused).length;
  const refused = entries.find((entry) => entry.refused);
  const before = line.textContent;
  if (waiting) line.textContent = waiting === 1 ? words.one : words.waiting.replace("{n}", waiting);
  else if (refused) line.textContent = words.refused.replace("{why}", refused.refused.message);
  else line.textContent = before && !line.hidden ? words.sent : "";
  line.hidden = !line.textContent;
}

watch(show);
begin();

// Only https and localhost have a service worker. Without it nothing is kept ahead, but the outbox still holds answers.
async function keepAhead() {
  const registration = await navigator.serviceWorker.register("/work/sw.js", { scope: "/work" });
  await navigator.serviceWorker.ready;
  const reply = await fetch("/work/ahead", { headers: { accept: "application/json" } });
  if (!reply.ok) return;
  const { pages } = await reply.json();
  registration.active?.postMessage({ keep: ["/work/offline", ...pages] });
}

if (navigator.serviceWorker && location.pathname.startsWith("/work")) keepAhead().catch(() => {});

// The next person at this workstation sees nothing of this one.
document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", () => globalThis.caches?.delete("workbench-pages-1"));
