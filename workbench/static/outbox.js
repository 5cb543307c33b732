// Answers that are on their way. Each goes into the outbox first, and leaves it only when the server says it is on disk.
//
// An entry carries the token of its own assignment: on a shared workstation an answer arrives after its writer has
// signed out, and never lands under the next person. Its key makes a repeat harmless, so where the browser has no
// locks (plain http on a local network) two tabs may both send: one row comes of it.

const NAME = "workbench";
const STORE = "outbox";
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
const PATIENCE_MS = 10_000;
const LONGEST_DELIVERY_MS = 5000; // a person waits no longer: the answer is kept, and goes when it can
const FINAL = new Set([400, 404, 409, 413, 422]); // asking again would not help: a person must look
const AWAY = new Set([502, 503, 504]); // what a proxy says when the workbench itself does not answer
const LONGEST_REST_MS = 600_000; // of one answer that keeps going wrong, while the others go on
const PAGES = "workbench-pages-";

const listeners = new Set();
let wait = FIRST_WAIT_MS;
let timer = 0;

function open() {
  return new Promise((done, fail) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

async function inStore(mode, work) {
  const database = await open();
  try {
    return await new Promise((done, fail) => {
      // "strict": the answer is on disk when this is done, not in a buffer that a power cut empties.
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => done(request.result);
      transaction.onerror = () => fail(transaction.error);
      transaction.onabort = () => fail(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** Keep an answer: `{key, assignment, person, token, answer or fields, active_ms, at}`. Rejects where this browser cannot keep anything. */
export const put = (entry) => inStore("readwrite", (store) => store.put(entry));

/** Everything that waits, oldest first, the refused too. */
export const all = async () => (await inStore("readonly", (store) => store.getAll())).sort((one, other) => one.at - other.at);

const remove = (key) => inStore("readwrite", (store) => store.delete(key));

/** Let go of one. */
export async function drop(key) {
  await remove(key);
  await tell();
}

/** Be told what waits, after each change; until the function that this gives is called. */
export function watch(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function tell() {
  const entries = await all();
  for (const listener of listeners) listener(entries);
}

async function post(entry) {
  const { key, assignment, token, answer, fields, active_ms } = entry;
  const address = fields ? `/work/${assignment}/fields` : `/api/v1/work/assignments/${assignment}/annotation`;
  return fetch(address, {
    method: "POST",
    credentials: "omit", // the token says whose it is, not whoever is signed in now
    headers: { "content-type": "application/json", "x-assignment-token": token },
    body: JSON.stringify({ answer, fields, key, active_ms }), // what is undefined is left out
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}

/** Send one. "sent", "refused" (with the reason on the entry), "later" (this one goes wrong) or "away" (all would). */
async function send(entry) {
  let reply;
  try {
    reply = await post(entry);
  } catch {
    return "away";
  }
  if (reply.ok) {
    await remove(entry.key);
    await forgetRefused(entry.assignment);
    await forgetPage(entry.assignment).catch(() => {});
    return "sent";
  }
  if (AWAY.has(reply.status)) return "away";
  if (!FINAL.has(reply.status)) {
    await put({ ...entry, ...rest((entry.tries ?? 0) + 1) });
    return "later";
  }
  const problem = await reply.json().catch(() => ({}));
  await put({ ...entry, refused: { status: reply.status, message: problem.detail ?? problem.title ?? String(reply.status) } });
  return "refused";
}

/** An earlier answer to the same question, which could not be taken, needs nobody any more. */
async function forgetRefused(assignment) {
  for (const one of await all()) if (one.refused && one.assignment === assignment) await remove(one.key);
}

/** How often it went wrong, and when it is tried again: each time twice as late. */
function rest(tries) {
  return { tries, after: Date.now() + Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_REST_MS) };
}

/** A clock that was set back must not keep an answer here for ever. */
const rests = (entry) => entry.after > Date.now() && entry.after <= Date.now() + LONGEST_REST_MS;

/** What is answered is not kept as a page to go on with. */
async function forgetPage(assignment) {
  for (const name of globalThis.caches ? await caches.keys() : [])
    if (name.startsWith(PAGES)) await (await caches.open(name)).delete(`/work/${assignment}`);
}

/** One answer that goes wrong does not stand before everybody else's: only a server that is away stops the round. */
async function sendAll() {
  let allGone = true;
  for (const entry of await all()) {
    if (entry.refused) continue;
    const outcome = rests(entry) ? "later" : await send(entry);
    if (outcome === "away") return false;
    if (outcome === "later") allGone = false;
  }
  return allGone;
}

const alone = (work) => (navigator.locks ? navigator.locks.request("workbench-outbox", work) : work());

/** Send what waits; try again by itself, ever slower, until nothing does. True when nothing waits. */
export async function flush() {
  clearTimeout(timer);
  const done = await alone(sendAll).catch(() => false);
  wait = done ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS);
  if (!done) {
    clearTimeout(timer);
    timer = setTimeout(flush, wait);
  }
  await tell().catch(() => {});
  return done;
}

/** Keep an answer, then try to send it: "sent", "kept" (it goes by itself later) or {refused}. */
export async function deliver(entry) {
  await put(entry);
  await Promise.race([flush(), new Promise((done) => setTimeout(done, LONGEST_DELIVERY_MS))]);
  const left = (await all()).find((one) => one.key === entry.key);
  if (!left) return "sent";
  return left.refused ? { refused: left.refused } : "kept";
}

/** Begin: send what an earlier page left, and again whenever there may be a connection. */
export function begin() {
  if (typeof indexedDB === "undefined") return;
  addEventListener("online", () => flush());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());
  flush();
}
