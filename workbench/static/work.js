// Every page of a worker: sends what waits, says so, and keeps the next questions for when the network goes away.
import { begin, drop, watch } from "workbench/outbox.js";

const words = JSON.parse(document.getElementById("outbox-words").textContent);
const line = document.querySelector("[data-outbox]");
const refusal = document.querySelector("[data-refused]"); // what can be done about an answer that could not be taken
const { person } = line.dataset;

/** Others at this workstation have nothing to do with it. Who kept an entry of before it had a name is not known. */
const concerns = (entry) => entry.refused && (!entry.person || entry.person === person);

function show(entries) {
  const waiting = entries.filter((entry) => !entry.refused).length;
  const refused = waiting ? undefined : entries.find(concerns);
  const before = refusal.hidden ? line.textContent : "";
  refusal.hidden = !refused;
  refusal.dataset.refused = refused?.key ?? "";
  if (refused) refusal.querySelector("a").href = `/work/${refused.assignment}`;
  if (waiting) line.textContent = waiting === 1 ? words.one : words.waiting.replace("{n}", waiting);
  else if (refused) line.textContent = words.refused.replace("{why}", refused.refused.message);
  else line.textContent = before ? words.sent : "";
  line.hidden = !line.textContent;
}

refusal.querySelector("button").addEventListener("click", async () => {
  await drop(refusal.dataset.refused);
  document.getElementById("main").focus();
});

watch(show);
begin();

// Somebody who has been quiet for long is asked kindly; nothing happens by itself, and nobody is told.
const QUIET_MS = 10 * 60_000;
const idle = document.querySelector("[data-idle]");
let quiet = 0;
function stir() {
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    idle.hidden = false;
  }, QUIET_MS);
}
if (idle) {
  for (const name of ["pointerdown", "keydown", "input"]) addEventListener(name, () => idle.hidden && stir(), { passive: true });
  idle.querySelector("button[type=button]").addEventListener("click", () => {
    idle.hidden = true;
    document.getElementById("main").focus();
    stir();
  });
  stir();
}

// The soft sign, on a question that was opened before its time. It stands under the buttons: nothing moves that is worked on.
const soon = document.querySelector("[data-soon]");
if (soon) setTimeout(() => (soon.textContent = soon.dataset.words), Number(soon.dataset.soon));

// Only there for who chose it: how many minutes it is until the break. Quiet: it is not told aloud.
const until = document.querySelector("[data-left]");
if (until) {
  const said = JSON.parse(until.dataset.words);
  const end = performance.now() + Number(until.dataset.left);
  setInterval(() => {
    const minutes = Math.ceil((end - performance.now()) / 60_000);
    const text = minutes > 1 ? said.many.replace("{n}", minutes) : minutes === 1 ? said.one : said.over;
    if (text !== until.textContent) until.textContent = text;
  }, 5_000);
}

// Who asked the coach hears the answer here, while they wait: told quietly, and what has the focus keeps it.
const asked = document.querySelector("[data-asked]");
async function hear() {
  const reply = await fetch("/work/more/coach").catch(() => null);
  if (!reply?.ok || reply.redirected || asked.contains(document.activeElement)) return;
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("[data-asked]");
  if (fresh && fresh.textContent !== asked.textContent) asked.replaceChildren(...fresh.childNodes);
}
if (asked) setInterval(() => asked.querySelector("[data-waits]") && document.visibilityState === "visible" && hear(), 5_000);

const PAGES = "workbench-pages-";

/** A shared workstation: nobody sees what was kept for somebody else. */
async function forgetPages(but) {
  for (const name of globalThis.caches ? await caches.keys() : [])
    if (name.startsWith(PAGES) && name !== but) await caches.delete(name);
}

/** What this page loaded, modules that modules import included. */
const loaded = () => performance.getEntriesByType("resource").map((each) => new URL(each.name).pathname);

// Only https and localhost have a service worker. Without it nothing is kept ahead, but the outbox still holds answers.
async function keepAhead() {
  const registration = await navigator.serviceWorker.register("/work/sw.js", { scope: "/work" });
  await navigator.serviceWorker.ready;
  // Not on the start page: looking at it must not begin a day's work.
  if (!/^\/work\/(next|[0-9a-f]{24})$/.test(location.pathname)) return;
  const reply = await fetch("/work/ahead", { headers: { accept: "application/json" } });
  if (!reply.ok) return;
  const { pages, left_ms } = await reply.json();
  registration.active?.postMessage({ keep: ["/work/offline", "/work/break", ...pages], files: loaded(), person, left_ms });
}

forgetPages(PAGES + person).catch(() => {});
if (navigator.serviceWorker && location.pathname.startsWith("/work")) keepAhead().catch(() => {});

document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", () => forgetPages());
