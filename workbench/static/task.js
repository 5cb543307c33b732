// One question: its answer goes into the outbox, its draft to the server while somebody works on it.
import { deliver, drop, watch } from "workbench/outbox.js";

const DRAFT_AFTER_MS = 1200;
const LONGEST_WAIT_MS = 60_000;
const form = document.getElementById("task");
const words = JSON.parse(document.getElementById("task-words").textContent);
const saved = form.querySelector(".task__saved");
const trouble = form.querySelector(".task__trouble");
const widget = form.querySelector(".widget");
const { person } = document.querySelector("[data-outbox]").dataset;

/** A widget without an answer of its own has its fields read by the server, as of a plain form. */
const reads = () => widget && "answer" in widget;
const half = () => (widget && "draft" in widget ? widget.draft : (widget?.answer ?? null));

// --- time on it: only while the page is looked at ---

let active = 0;
let since = document.visibilityState === "visible" ? performance.now() : null;
document.addEventListener("visibilitychange", () => {
  if (since !== null) active += performance.now() - since;
  since = document.visibilityState === "visible" ? performance.now() : null;
});
const activeMs = () => Math.round(active + (since === null ? 0 : performance.now() - since));

// --- draft ---

let rev = Number(form.dataset.rev);
let timer = 0;
let tries = 0;
let sending = false;
let unsaved = false;
let reminded = false;

/** The highest number stays. Each save has its own, also while an older one is on its way; the step keeps two tabs apart. */
const nextRev = () => (rev += 1 + Math.floor(Math.random() * 99));

async function saveDraft() {
  const draft = half();
  if (sending || draft === null) return;
  clearTimeout(timer); // this is the one it would save
  const mine = nextRev();
  unsaved = false;
  const reply = await fetch(`/work/${form.dataset.assignment}/draft`, {
    method: "PUT",
    headers: { "content-type": "application/json", "x-csrf-token": form.elements.csrf.value },
    body: JSON.stringify({ answer: draft, rev: mine }),
    keepalive: true,
  }).catch(() => null);
  // Somebody who is signed out lands on a page, not on a number.
  const kept = reply?.ok && !reply.redirected ? await reply.json().catch(() => null) : null;
  if (sending || mine < rev) return; // a newer save is on its way, or here
  if (kept?.rev === mine) {
    tries = 0;
    saved.textContent = words.draft;
  } else if (kept || !reply || reply.status >= 500) again(kept);
}

/** What is not kept is tried again, ever later: another tab was ahead, or the server was away. */
function again(kept) {
  rev = Math.max(rev, kept?.rev ?? 0);
  unsaved = true;
  tries += 1;
  clearTimeout(timer);
  timer = setTimeout(saveDraft, Math.min(DRAFT_AFTER_MS * 2 ** tries, LONGEST_WAIT_MS));
}

function later() {
  unsaved = true;
  clearTimeout(timer);
  if (saved.textContent === words.draft) saved.textContent = "";
  timer = setTimeout(saveDraft, DRAFT_AFTER_MS);
}

form.addEventListener("input", later);
// A page on which nothing changed saves nothing: what it shows may be older than what is kept.
const leave = () => unsaved && saveDraft();
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
// On the way to another page: what is asked for only at "hidden" or "pagehide" may never leave Chromium (a service worker is asked
// first, by a page that is no more).
addEventListener("beforeunload", leave);

// --- answer ---

function complain(text) {
  trouble.textContent = text;
  trouble.hidden = !text;
  if (text) trouble.focus();
}

function goOn() {
  location.assign("/work/next?thanks=1");
}

/** Without a service worker there is no next page without a network: stay here until the answer has gone. */
function waitHere(entry) {
  saved.textContent = "";
  complain(words.kept);
  const stop = watch((entries) => {
    const mine = entries.find((one) => one.key === entry.key);
    if (mine && !mine.refused) return;
    stop();
    outcome(mine ?? "sent", entry);
  });
}

function offerNext(text) {
  complain(text);
  const link = document.createElement("a");
  Object.assign(link, { href: "/work/next", className: "button", textContent: words.next });
  const line = document.createElement("p");
  line.className = "actions";
  line.append(link);
  trouble.append(line);
}

function outcome(result, entry) {
  if (result === "sent") return goOn();
  if (result === "kept") return navigator.serviceWorker?.controller ? goOn() : waitHere(entry);
  const { status, message } = result.refused;
  drop(entry.key); // the person sees why, and still has what was filled in
  sending = false;
  saved.textContent = "";
  form.elements.key.value = newKey(); // another answer is another write
  return status === 409 ? offerNext(words.done) : complain(message);
}

/** @param what {answer}, or {fields} for the server to read */
async function answerWith(what) {
  sending = true;
  clearTimeout(timer);
  complain("");
  saved.textContent = words.saving;
  const { assignment, token } = form.dataset;
  const entry = { key: form.elements.key.value, assignment, person, token, ...what, active_ms: activeMs(), at: Date.now() };
  try {
    outcome(await deliver(entry), entry);
  } catch {
    plain(what.answer); // this browser keeps nothing: send it as a plain form
  }
}

function plain(answer) {
  form.elements.active_ms.value = String(activeMs());
  if (answer?.dont_know) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "dont_know", value: "1" }));
  form.submit();
}

const OURS = new Set(["csrf", "key", "return_key", "active_ms"]);

/** What a plain form would post: text, or a list where a field comes more than once. */
function fieldsOf(element) {
  const fields = {};
  for (const [name, value] of new FormData(element)) {
    if (OURS.has(name) || typeof value !== "string") continue;
    fields[name] = name in fields ? [fields[name], value].flat() : value;
  }
  return fields;
}

/** A new key; plain http on a local network has no crypto.randomUUID. */
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Does the workbench answer? A network alone is not enough: it may be the workbench that is away. */
const reached = () => fetch("/health", { cache: "no-store" }).then((reply) => reply.status < 500, () => false);

/** What only the server can do (give back, a break, together): without it the question stays, with what was filled in. */
async function sendWhenReached(asked, button) {
  if (!(await reached())) return complain(words.noReturn);
  asked.dataset.reached = "yes";
  asked.requestSubmit(button);
}

function needsServer(event) {
  if (event.target.dataset.reached) return;
  event.preventDefault();
  sendWhenReached(event.target, event.submitter);
}

for (const other of document.querySelectorAll("main form")) if (other !== form) other.addEventListener("submit", needsServer);
addEventListener("pageshow", () => {
  for (const asked of document.querySelectorAll("form[data-reached]")) delete asked.dataset.reached; // back by the browser's button
});

form.addEventListener("submit", (event) => {
  if (event.submitter?.dataset.return !== undefined) return needsServer(event);
  event.preventDefault();
  if (sending) return;
  if (event.submitter?.name === "dont_know") answerWith({ answer: { dont_know: true } });
  else if (widget?.unfinished && !reminded) {
    reminded = true; // once: whoever sends it again means it
    complain(widget.unfinished);
  } else if (!reads()) answerWith({ fields: fieldsOf(form) });
  else if (widget.answer === null) complain(widget.missing || words.empty);
  else answerWith({ answer: widget.answer });
});
