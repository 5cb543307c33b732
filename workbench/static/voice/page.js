// Work by voice. The server holds the conversation; this page carries keys and sound to it, and speaks what comes back.
import { Loudspeaker } from "workbench/voice/loudspeaker.js";
import { Microphone } from "workbench/voice/microphone.js";

const TAP_MS = 350; // shorter is a tap: talking goes on until the next one
const AGAIN_MS = 1500;
const MOVED = 4409;
const ENDED = 4401;
const place = (id) => document.getElementById(id);
const words = JSON.parse(place("voice-words").textContent);
const settings = place("settings");
const names = new Set(words.keys.map((one) => one.key.toLowerCase()));
// pressed while the recording plays on
const MARKS = new Set(words.keys.filter((one) => one.name === "now" || one.name === "now_over").map((one) => one.key));
const loudspeaker = new Loudspeaker({ tell });
let microphone = null;
let socket = null;
let talking = null; // the button that is held
let turn = 0; // which press it is: the browser may still ask about the microphone when the next one comes
let told = false; // the server knows that somebody talks
let begun = false;
let reopen = false; // the microphone was open when the line was lost
let waiting = 0; // a timer until a break is over
let at = "home"; // where the worker is in their day
let over = false;
let unheard = ""; // what was typed, until something comes back: on a line that is half gone it may never arrive
const ahead = {}; // words for when the line is lost, fetched while it is there

// --- words for eyes, braille and screen readers ----------------------------------------------------------------------

/** @param aloud by the screen reader too: no voice of ours spoke it */
function tell(text, language, aloud = false) {
  const said = place("said");
  if (aloud) said.setAttribute("aria-live", "polite");
  const line = document.createElement("span");
  Object.assign(line, { textContent: `${text} `, lang: language });
  if (said.childNodes.length > 40) said.firstChild.remove();
  said.append(line);
}

function complain(text) {
  place("trouble").textContent = text;
  place("trouble").hidden = !text;
}

function show({ title, text, options }) {
  place("title").textContent = title;
  place("answer").textContent = text;
  place("options").hidden = !options.length;
  place("options").replaceChildren(
    ...options.map((option) => {
      const line = document.createElement("li");
      line.textContent = option.chosen ? `✓ ${option.text}` : option.text;
      line.classList.toggle("chosen", option.chosen);
      return line;
    }),
  );
}

// --- the line --------------------------------------------------------------------------------------------------------

const send = (message) => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message));

const openMicrophone = () => settings.elements.hands_free.checked;
/** With an open microphone and loudspeakers, our own voice must not be taken for the worker's. */
const deaf = () => talking && openMicrophone() && !settings.elements.headphones.checked && loudspeaker.sounds;

const chosen = () => {
  const form = new FormData(settings);
  return {
    verbosity: form.get("verbosity"),
    rate: Number(form.get("rate")) || 165,
    hands_free: form.has("hands_free"),
    keys: words.own,
  };
};

function connect(again) {
  socket = new WebSocket(`${location.protocol.replace("http", "ws")}//${location.host}/voice/socket`);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    complain("");
    send({ do: "begin", again, place: at, ...chosen() });
  };
  socket.onmessage = ({ data }) => receive(JSON.parse(data));
  socket.onclose = ({ code }) => {
    giveBack();
    lost(code);
  };
}

/** What was typed and not heard stands there again. */
function giveBack() {
  if (!place("typed").value) place("typed").value = unheard;
  unheard = "";
}

function lost(code) {
  reopen ||= talking?.id === "talk" && openMicrophone();
  stopTalking({ quietly: true });
  if (over || code === MOVED) return;
  if (code === ENDED) {
    complain(words.said.session_over);
    return leaveBy(announce("session_over"), () => location.assign("/sign-in?next=/voice"));
  }
  if (place("trouble").hidden) {
    complain(words.said.line_lost);
    announce("line_lost");
  }
  setTimeout(() => connect(begun), AGAIN_MS);
}

/** Aloud, for who has no screen reader: those have it from the notice. */
function announce(name) {
  if (loudspeaker.way === "reader") return loudspeaker.stop();
  return loudspeaker.play([{ kind: "say", text: words.said[name], language: document.documentElement.lang, url: ahead[name] }]);
}

function receive(message) {
  if (message.moved) {
    over = true;
    loudspeaker.stop();
    return complain(words.moved);
  }
  if (message.listening === false) stopTalking(); // the server says why
  if (message.partial !== undefined) hear(message.partial);
  if (message.turns) {
    begun = true;
    at = message.now.place;
    show(message.now);
    keepRate(message.now.rate);
    if (reopen && openMicrophone()) startTalking(place("talk")); // before the first words: it silences what sounds
    reopen = false;
    perform(message.turns, message.gently);
  }
}

/** "Slower" and "faster" by voice: so it speaks tomorrow, too. */
function keepRate(rate) {
  if (chosen().rate === rate) return;
  settings.elements.rate.value = loudspeaker.rate = rate;
  keep();
}

/** What is being said; with an open microphone it cuts off what sounds. */
function hear(partial) {
  place("hearing").textContent = partial;
  if (partial && openMicrophone() && loudspeaker.sounds) loudspeaker.stop();
}

/** A break ends by the clock; then it is said once, and nobody has to do anything. */
function waitFor({ wait_ms: ms }) {
  clearTimeout(waiting);
  waiting = setTimeout(() => send({ do: "waited" }), ms);
}

/** @param gently after what sounds: nobody asked for it */
function perform(turns, gently = false) {
  unheard = "";
  const sounds = turns.filter((turn) => ["say", "tone", "play"].includes(turn.kind));
  place("hearing").textContent = "";
  for (const turn of turns) {
    if (turn.kind === "hush") loudspeaker.stop();
    if (turn.kind === "write") write(turn.text);
    if (turn.kind === "wait") waitFor(turn);
  }
  if (loudspeaker.way !== "reader" && sounds.some((turn) => turn.kind === "say")) shown(sounds);
  const tonesOnly = sounds.length && sounds.every((turn) => turn.kind === "tone");
  const done = tonesOnly ? along(sounds) : sounds.length ? loudspeaker.play(sounds, gently) : Promise.resolve();
  if (turns.some((turn) => turn.kind === "signout")) leave(done);
}

/** A tone alone (a mark) sounds with the recording, not instead of it. */
function along(sounds) {
  for (const tone of sounds) new Audio(tone.url).play().catch(() => {});
  return Promise.resolve();
}

/** The words that our voice speaks stand there too, but quietly: a screen reader must not speak over it. */
function shown(sounds) {
  const said = place("said");
  said.setAttribute("aria-live", "off");
  said.textContent = sounds.filter((turn) => turn.kind === "say").map((turn) => turn.text).join(" ");
}

function write(text) {
  place("typed").value = text;
  place("typed").focus();
}

function leave(done) {
  leaveBy(done, () => document.querySelector('form[action="/sign-out"]').requestSubmit());
}

/** Once all is said; whatever comes of that, not later than in eight seconds. */
function leaveBy(done, go) {
  over = true;
  Promise.resolve(done).then(go);
  setTimeout(go, 8000);
}

// --- talking ---------------------------------------------------------------------------------------------------------

async function startTalking(button) {
  if (talking || socket?.readyState !== WebSocket.OPEN) return;
  talking = button;
  turn += 1;
  const mine = turn;
  button.setAttribute("aria-pressed", "true");
  loudspeaker.stop();
  try {
    await microphone.open();
  } catch {
    if (mine !== turn) return;
    stopTalking({ quietly: true });
    complain(window.isSecureContext ? words.noMicrophone : words.insecure);
    announce("no_microphone");
    return;
  }
  if (mine !== turn || talking !== button) return; // let go before the microphone was there
  sign("listen_start");
  const open = openMicrophone() && button.id === "talk";
  send({ do: "talk", command: button.id === "command", open });
  told = true;
  microphone.start((chunk) => socket.readyState === WebSocket.OPEN && !deaf() && socket.send(chunk));
  place("hearing").textContent = words.hears;
}

async function stopTalking({ quietly = false } = {}) {
  if (!talking) return;
  const [button, heard] = [talking, told];
  talking = null;
  told = false;
  button.setAttribute("aria-pressed", "false");
  await microphone?.stop();
  if (quietly || !heard) return;
  sign("listen_stop");
  send({ do: "talked" });
}

/** A tone that does not wait for its turn. */
function sign(name) {
  new Audio(`/voice/tones/${name}.wav`).play().catch(() => {});
}

for (const button of [place("talk"), place("command")]) {
  let downAt = 0;
  let pressed = false; // by key or pointer; a click without either comes from a screen reader or a switch
  const down = () => {
    downAt = performance.now();
    pressed = true;
    if (talking) stopTalking();
    else startTalking(button);
  };
  const up = () => {
    if (openMicrophone() && button.id === "talk") return; // it stays open until the next press
    if (talking === button && performance.now() - downAt > TAP_MS) stopTalking();
  };
  button.addEventListener("keydown", (event) => {
    if (event.key !== " ") return key(event);
    event.preventDefault();
    if (!event.repeat) down();
  });
  button.addEventListener("keyup", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    pressed = false;
    up();
  });
  button.addEventListener("pointerdown", (event) => {
    down();
    button.setPointerCapture(event.pointerId); // it may be let go beside the button
  });
  button.addEventListener("pointerup", up);
  button.addEventListener("pointercancel", () => {
    pressed = false; // no click follows
    up();
  });
  button.addEventListener("click", () => {
    if (!pressed) down();
    pressed = false;
  });
}

// --- keys: bare ones only on the talk buttons, chords anywhere -------------------------------------------------------

function press(name) {
  const atMs = loudspeaker.atMs();
  if (!MARKS.has(name)) loudspeaker.stop();
  complain("");
  send({ do: "key", name, at_ms: atMs });
}

function key(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (!names.has(event.key.toLowerCase()) && !/^[0-9]$/.test(event.key)) return;
  event.preventDefault();
  press(event.key.length === 1 ? event.key.toLowerCase() : event.key);
}

// With Shift these give another sign.
const UNSHIFTED = { Period: ".", Comma: ",", Minus: "-", Equal: "=", Slash: "/", Semicolon: ";" };

document.addEventListener("keydown", (event) => {
  if (!event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || event.repeat) return;
  if (document.documentElement.dataset.shortcuts === "off" || !begun) return;
  const letter = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : (UNSHIFTED[event.code] ?? event.key);
  if (!names.has(letter.toLowerCase()) || letter === " ") return;
  event.preventDefault();
  press(letter);
});

place("typing").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = place("typed").value.trim();
  if (!text) return;
  loudspeaker.stop();
  if (send({ do: "type", text }) === false) return complain(words.said.line_lost); // it stays where it was typed
  unheard = text;
  place("typed").value = "";
  place("talk").focus();
});
place("typed").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  place("typing").requestSubmit();
});

// --- settings --------------------------------------------------------------------------------------------------------

/** Loudspeakers in this room are a matter of this computer, not of who works at it. */
const KEPT = "voice-processing";
settings.elements.processing.checked = localStorage.getItem(KEPT) === "on";
settings.elements.processing.addEventListener("change", ({ target }) => localStorage.setItem(KEPT, target.checked ? "on" : "off"));

function apply() {
  loudspeaker.way = new FormData(settings).get("way");
  loudspeaker.rate = chosen().rate;
  place("said").setAttribute("aria-live", loudspeaker.way === "reader" ? "polite" : "off");
}

function keep() {
  fetch(settings.action, { method: "POST", body: new URLSearchParams(new FormData(settings)), redirect: "manual" }).catch(() => {});
}

settings.addEventListener("change", () => {
  apply();
  keep();
  if (begun) send({ do: "set", ...chosen() });
});
settings.addEventListener("submit", (event) => event.preventDefault());

// --- begin -----------------------------------------------------------------------------------------------------------

async function fetchAhead() {
  for (const name of Object.keys(words.said)) {
    const reply = await fetch(`/voice/words/${name}.wav`).catch(() => null);
    if (reply?.ok) ahead[name] = URL.createObjectURL(await reply.blob());
  }
}

place("begin").addEventListener("click", async () => {
  apply();
  place("begin").parentElement.hidden = true;
  place("talking").hidden = false;
  place("talk").focus();
  microphone = new Microphone({ processing: settings.elements.processing.checked, gone: () => stopTalking() });
  await microphone.prepare().catch(() => {});
  connect(false);
  fetchAhead();
});
