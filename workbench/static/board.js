// Keep the board new: by the server's stream where there is one, else by asking now and then. Quiet: no sound, and what
// is said aloud is only that somebody asks. What has the focus keeps it.

const board = document.querySelector("[data-board]");
const news = document.querySelector("#board-news");
const late = document.querySelector("#board-late");
const words = board ? JSON.parse(document.querySelector("#board-words").textContent) : {};
const ASK_MS = 10_000; // without a stream
const REST_MS = 60_000; // with one: blocks end by the clock, and nobody sends that
let timer;
let pace = 0;
let looking = false;
let again = false;

function requests() {
  return new Map([...board.querySelectorAll("[data-request]")].map((one) => [one.dataset.request, one.dataset]));
}

function tell(before) {
  const fresh = [...requests()].filter(([id]) => !before.has(id)).map(([, data]) => data);
  if (fresh.length) {
    news.textContent = fresh.map((one) => words.asked.replace("{name}", one.name).replace("{what}", one.what)).join(" ");
  }
}

function replace(html) {
  const before = requests();
  const focused = document.activeElement;
  const place = focused && board.contains(focused) ? focused.id || focused.getAttribute("href") : null;
  board.innerHTML = html;
  if (place) {
    const same = document.getElementById(place) || board.querySelector(`a[href="${CSS.escape(place)}"]`);
    (same || document.querySelector("#main")).focus();
  }
  tell(before);
}

async function look() {
  if (looking) {
    again = true;
    return;
  }
  looking = true;
  try {
    const answer = await fetch(board.dataset.board, { headers: { accept: "application/json" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const { html } = await answer.json();
    if (html !== look.last) replace(html);
    look.last = html;
    late.hidden = true;
  } catch {
    late.textContent = words.late;
    late.hidden = false;
  } finally {
    looking = false;
  }
  if (again) {
    again = false;
    await look();
  }
}

function every(ms) {
  if (ms === pace) return; // each vain try to connect again says so once more, and would put the next look off for ever
  pace = ms;
  clearInterval(timer);
  timer = setInterval(look, ms);
}

function listen() {
  const stream = new EventSource(board.dataset.stream);
  stream.addEventListener("open", () => every(REST_MS));
  stream.addEventListener("error", () => every(ASK_MS));
  stream.addEventListener("message", look);
  for (const name of ["request", "changed"]) stream.addEventListener(name, look);
}

if (board) {
  every(ASK_MS);
  listen();
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
}
