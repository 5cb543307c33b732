// A page of somebody else in a frame. It is asked for its answer by message, and what it says are names and texts:
// nothing of it is trusted, and nothing of this page is told to it but an answer that was begun before.
import { fill, say, wordsOf } from "widgets/common/words.js";

const PATIENCE_MS = 4000;
const STILL_EVERY_MS = 3000;
const SILENT_AFTER_MS = 12_000; // a slow network is no silence yet
const REMEMBERED_S = 86_400;
const OTHER_TAB_MS = 1000; // one that hangs says nothing
const MOST_A_SECOND = 300; // messages; a page that sends more keeps this one from its own work
const LEAST = 120;
const MOST = 20_000;
const LONGEST_WORDS = 500;

class FramedPage extends HTMLElement {
  connectedCallback() {
    if (this.words) return;
    this.words = wordsOf(this);
    this.frame = this.querySelector("iframe");
    this.field = this.querySelector("input[name=fields]");
    this.said = this.querySelector(".framed__said");
    this.half = this.field.value ? JSON.parse(this.field.value) : null;
    this.form = this.closest("form");
    this.hear = (event) => event.source === this.frame?.contentWindow && this.heard(event.data);
    this.ask = (event) => this.asked(event);
    addEventListener("message", this.hear);
    this.look = () => this.toggleAttribute("data-focus", document.activeElement === this.frame);
    for (const name of ["blur", "focus", "focusin"]) addEventListener(name, this.look);
    // Before the page's own script: it sends what is there, and what is there must be asked for first.
    this.form?.addEventListener("submit", this.ask, { capture: true });
    this.tell({ ask: "hello" }); // it may have been ready before this script was
    // Left in order: whatever stands in the frame did not keep anybody here. Whoever opens it again need not be warned.
    this.leave = () => this.isOpen && this.remember(false);
    this.come = (event) => event.persisted && this.remember(true);
    addEventListener("pagehide", this.leave);
    addEventListener("pageshow", this.come);
    if (this.dataset.address) this.open(); // not before: what opens must be able to tell that it was left
    this.silence = this.querySelector(".framed__silent");
    this.lastWord = performance.now();
    if (this.frame && !this.dataset.site) this.listening = setInterval(() => this.listen(), STILL_EVERY_MS);
  }

  disconnectedCallback() {
    removeEventListener("message", this.hear);
    removeEventListener("pagehide", this.leave);
    removeEventListener("pageshow", this.come);
    this.tabs?.close();
    clearInterval(this.listening);
    for (const name of ["blur", "focus", "focusin"]) removeEventListener(name, this.look);
    this.form?.removeEventListener("submit", this.ask, { capture: true });
  }

  /** The answer; what the page gave, or what was begun. */
  get answer() {
    const fields = this.fields ?? this.half;
    return fields ? { fields } : null;
  }

  get draft() {
    return this.half ? { fields: this.half } : null;
  }

  tell(what) {
    this.frame?.contentWindow?.postMessage({ workbench: 1, ...what }, "*"); // its origin is nobody's
  }

  /** The page; or, where it was never left in order, a stop before it. */
  async open() {
    this.tabs = new BroadcastChannel(`framed-page ${this.dataset.opened}`);
    const wasOpen = document.cookie.split("; ").includes(this.dataset.opened);
    const stopped = wasOpen && !(await this.isElsewhere());
    this.tabs.onmessage = (event) => event.data === "anybody?" && this.tabs.postMessage("here");
    this.isOpen = true;
    this.remember(true);
    this.frame.src = this.dataset.address + (stopped ? "?stopped=1" : "");
  }

  /** Is it open in another tab, which goes on? Then nothing stopped. */
  isElsewhere() {
    return new Promise((tell) => {
      this.tabs.onmessage = (event) => event.data === "here" && tell(true);
      setTimeout(() => tell(false), OTHER_TAB_MS);
      this.tabs.postMessage("anybody?");
    });
  }

  /** In this browser, for the next time: is somebody at this page? A cookie, for a browser that is ended keeps those. */
  remember(here) {
    if (!this.dataset.opened) return;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${this.dataset.opened}; path=/work; max-age=${here ? REMEMBERED_S : 0}; samesite=lax${secure}`;
  }

  /** Is anybody there? A script that never ends answers nothing; the way out stands here, outside. */
  listen() {
    if (document.visibilityState !== "visible") this.lastWord = performance.now();
    this.silence.hidden = performance.now() - this.lastWord < SILENT_AFTER_MS;
    this.tell({ ask: "still" });
  }

  /** Does it send so much that nothing else is done here? */
  floods() {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.second) [this.second, this.heardNow] = [second, 0];
    this.heardNow += 1;
    return this.heardNow > MOST_A_SECOND;
  }

  close() {
    removeEventListener("message", this.hear);
    clearInterval(this.listening);
    clearTimeout(this.waiting);
    this.frame.remove();
    this.said.hidden = true;
    this.silence.hidden = false;
  }

  asked(event) {
    const button = event.submitter;
    if (this.fields || button?.name === "dont_know" || button?.dataset.return !== undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.dataset.site) {
      say(this, this.words.there);
      this.frame.focus();
      return;
    }
    clearTimeout(this.waiting);
    this.button = button;
    this.wanted = true;
    this.waiting = setTimeout(() => say(this, this.words.silent), PATIENCE_MS);
    this.tell({ ask: "answer" });
  }

  heard(message) {
    if (this.floods()) {
      this.close();
      return;
    }
    if (message?.page !== 1) return;
    this.lastWord = performance.now();
    if (message.say === "ready" && this.half) this.tell({ fill: this.half });
    else if (message.say === "height") this.fit(message.height);
    else if (message.say === "draft") this.keep(message.fields);
    else if (message.say === "unfinished") this.complain(this.words.unfinished);
    else if (message.say === "preview") this.complain(this.words.preview);
    else if (message.say === "words") this.complain(fill(this.words.said, { words: String(message.words).slice(0, LONGEST_WORDS) }));
    else if (message.say === "answer") this.take(message.fields);
    else if (message.say === "sent" && navigator.userActivation?.hasBeenActive !== false) location.assign("/work/next?thanks=1");
  }

  fit(height) {
    if (Number(this.dataset.height) || !Number.isFinite(height)) return;
    this.frame.height = String(Math.min(Math.max(Math.ceil(height), LEAST), MOST));
  }

  complain(words) {
    clearTimeout(this.waiting);
    this.wanted = false;
    this.said.textContent = words;
    this.said.hidden = false;
    this.frame.focus();
  }

  keep(fields) {
    if (!plain(fields)) return;
    this.half = fields;
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  take(fields) {
    clearTimeout(this.waiting);
    if (!plain(fields)) return;
    this.half = fields;
    // A page may send by itself only what a person did something for.
    if (!this.wanted && navigator.userActivation?.hasBeenActive === false) {
      say(this, this.words.ready);
      return;
    }
    this.said.hidden = true;
    this.fields = fields;
    this.field.value = JSON.stringify(fields);
    this.form?.requestSubmit(this.button?.form === this.form ? this.button : null);
    this.fields = null; // another press asks again
    this.wanted = false;
  }
}

/** Names with texts, or lists of texts. */
function plain(fields) {
  const isText = (value) => typeof value === "string" || (Array.isArray(value) && value.every((each) => typeof each === "string"));
  return fields !== null && typeof fields === "object" && !Array.isArray(fields) && Object.values(fields).every(isText);
}

customElements.define("framed-page", FramedPage);
