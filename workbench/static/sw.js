// Keeps the next questions, and what they need, for when the network is away. Only /work is in its care.

const SHELL = "workbench-shell-1"; // styles, scripts, fonts, symbols: the same for everybody
const PAGES = "workbench-pages-"; // and a person's id: their own pages and media. Only one person's are kept at a time
const BLOCK = "/work/block"; // under this address the cache holds when the person's block ends
const QUESTION = /^\/work\/[0-9a-f]{24}$/;
const SHARED = /^\/(static|widgets|assets|symbols)\//;
const VERSIONED = /^\/(?:static|widgets)\/(?:(v[0-9a-f]{12})\/)?/; // with a version the address names the content
const PATIENCE_MS = 8000;
const NEXT_PATIENCE_MS = 2000; // where the page before had to do without the server already
const AWAY = new Set([502, 503, 504]); // what a proxy says when the workbench itself does not answer

let away = false; // the last page came from what is kept: what it needs comes from there at once, and nobody waits twice

addEventListener("install", (event) => event.waitUntil(skipWaiting()));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("message", (event) => {
  event.waitUntil(clients.claim()); // a page that was loading while this script began is not in its care yet
  if (Array.isArray(event.data?.keep)) event.waitUntil(keep(event.data));
});

/** Keep these pages, and the files they name; forget everything else, and everything of anybody else. */
async function keep({ keep: wanted, files, person, left_ms }) {
  for (const name of await caches.keys()) if (name.startsWith(PAGES) && name !== PAGES + person) await caches.delete(name);
  const pages = await caches.open(PAGES + person);
  // Counted from now: this computer's clock need not be the server's.
  const until = left_ms === null ? null : Date.now() + left_ms;
  await pages.put(BLOCK, new Response(JSON.stringify({ until })));
  for (const request of await pages.keys()) {
    const path = new URL(request.url).pathname;
    if (path.startsWith("/work/") && path !== BLOCK && !wanted.includes(path)) await pages.delete(request);
  }
  for (const path of files ?? []) if (SHARED.test(path)) await keepFile(await caches.open(SHELL), path).catch(() => {});
  for (const path of wanted) await keepPage(pages, path).catch(() => {});
  await forget(pages, wanted, files ?? []);
}

/** Pictures and sound that no kept page names any more; styles and scripts of a version that none comes from. */
async function forget(pages, kept, files) {
  const named = new Set(files);
  for (const path of kept) for (const address of filesIn((await (await pages.match(path))?.text()) ?? "")) named.add(address);
  for (const request of await pages.keys()) {
    const { pathname, search } = new URL(request.url);
    if (pathname.startsWith("/media/") && !named.has(pathname + search)) await pages.delete(request);
  }
  const versions = new Set([null, ...[...named].map(versionIn)]);
  const shell = await caches.open(SHELL);
  for (const { url } of await shell.keys()) if (!versions.has(versionIn(new URL(url).pathname))) await shell.delete(url);
}

/** The version that an address names; "" where it names none, null for other files. */
function versionIn(path) {
  const found = VERSIONED.exec(path);
  return found && (found[1] ?? "");
}

/** The one cache with somebody's pages. */
async function kept() {
  const name = (await caches.keys()).find((each) => each.startsWith(PAGES));
  return name && caches.open(name);
}

async function keepPage(pages, path) {
  const reply = await fetch(path);
  if (!reply.ok || reply.redirected) return;
  // Its files come first: a page that is kept can be answered.
  for (const address of filesIn(await reply.clone().text())) {
    await keepFile(SHARED.test(address) ? await caches.open(SHELL) : pages, address);
  }
  await pages.put(path, reply);
}

async function keepFile(cache, address, above = []) {
  if (above.includes(address) || (await cache.match(address))) return;
  const file = await fetch(address);
  if (!file.ok) return;
  // What a script imports comes first: a script that is kept can run. After an update nobody has opened it yet.
  if (address.endsWith(".js"))
    for (const each of importsIn(address, await file.clone().text())) await keepFile(cache, each, [...above, address]);
  await cache.put(address, file);
}

/** The modules that this one names, as the import map of its page would find them. */
function importsIn(address, script) {
  const version = versionIn(address);
  if (!version) return [];
  const found = script.matchAll(/\b(?:import|from) "(workbench|widgets)\/([^"]+)"/g);
  return [...found].map(([, map, path]) => `/${map === "workbench" ? "static" : "widgets"}/${version}/${path}`);
}

function filesIn(html) {
  const found = [...html.matchAll(/(?:src|href)="(\/(?:static|widgets|assets|symbols|media)\/[^"#]+)/g)].map((match) => match[1]);
  return new Set(found.map((address) => address.replaceAll("&amp;", "&")));
}

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== location.origin) return;
  if (event.request.mode === "navigate" && event.request.method === "POST") return event.respondWith(sent(event.request));
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate" && url.pathname.startsWith("/work")) event.respondWith(page(event.request, url));
  else if (url.pathname.startsWith("/media/")) event.respondWith(media(event.request));
  else if (SHARED.test(url.pathname)) event.respondWith(shared(event.request));
});

async function page(request, url) {
  const reply = fetch(request).then((reply) => {
    if (AWAY.has(reply.status)) throw new Error("the server is away");
    away = false; // also when this page waited no longer for it: the next one does again
    return reply;
  });
  try {
    return await inTime(reply, away ? NEXT_PATIENCE_MS : PATIENCE_MS);
  } catch {
    away = true;
    return (await keptPage(url)) ?? Response.error();
  }
}

/** A form that finds no workbench: a page of ours, not the browser's, says so. */
async function sent(request) {
  const reply = await fetch(request).catch(() => null);
  if (reply && !AWAY.has(reply.status)) return reply;
  return (await (await kept())?.match("/work/offline")) ?? reply ?? Response.error();
}

function inTime(promise, patienceMs) {
  return Promise.race([promise, new Promise((_, fail) => setTimeout(() => fail(new Error("too slow")), patienceMs))]);
}

async function keptPage(url) {
  const pages = await kept();
  if (!pages) return undefined;
  if (await isBreak(pages)) return (await pages.match("/work/break")) ?? pages.match("/work/offline");
  if (QUESTION.test(url.pathname) && !(await answered()).has(url.pathname)) {
    const same = await pages.match(url.pathname);
    if (same) return same;
  }
  const next = await nextKept(pages);
  return next ? Response.redirect(next, 302) : pages.match("/work/offline");
}

/** No connection is no reason to work on: a break comes when it comes. */
async function isBreak(pages) {
  const { until } = (await (await pages.match(BLOCK))?.json()) ?? {};
  return typeof until === "number" && Date.now() >= until;
}

async function nextKept(pages) {
  const done = await answered();
  const paths = (await pages.keys()).map((request) => new URL(request.url).pathname);
  return paths.find((path) => QUESTION.test(path) && !done.has(path));
}

/** Pages of questions whose answer waits in the outbox. */
function answered() {
  return new Promise((done) => {
    const request = indexedDB.open("workbench", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("outbox", { keyPath: "key" });
    request.onerror = () => done(new Set());
    request.onsuccess = () => {
      const all = request.result.transaction("outbox").objectStore("outbox").getAll();
      all.onsuccess = () => done(new Set(all.result.map((entry) => `/work/${entry.assignment}`)));
      all.onerror = () => done(new Set());
    };
  });
}

/**
 * A style, script or symbol: kept for good where the server said so; else as the server has it now, else as it was kept. A page
 * without its script would lose its answer.
 */
async function shared(request) {
  const shell = await caches.open(SHELL);
  const same = await shell.match(request);
  // Not by its address alone: a server that is of another version gives what it has.
  if (same && (away || /\bimmutable\b/.test(same.headers.get("cache-control") ?? ""))) return same;
  try {
    return await (same ? inTime(fresh(request, shell), PATIENCE_MS) : fresh(request, shell));
  } catch {
    return same ?? Response.error();
  }
}

async function fresh(request, shell) {
  const reply = await fetch(request);
  if (AWAY.has(reply.status)) throw new Error("the server is away");
  if (reply.ok && !reply.redirected) shell.put(request, reply.clone());
  return reply;
}

async function media(request) {
  const whole = await (await kept())?.match(request.url);
  if (!whole) return fetch(request);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
  return range ? part(whole, Number(range[1]), range[2]) : whole;
}

/** A player asks for parts, a cache knows wholes. */
async function part(whole, start, last) {
  const body = await whole.blob();
  const end = last ? Math.min(Number(last), body.size - 1) : body.size - 1;
  const headers = { "content-type": whole.headers.get("content-type") ?? "", "content-range": `bytes ${start}-${end}/${body.size}`, "accept-ranges": "bytes" };
  return new Response(body.slice(start, end + 1), { status: 206, headers });
}
