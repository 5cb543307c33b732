// Record, listen or look back, keep or do it again. Nothing leaves this computer before the person ticks that it may.
import { fill, say, wordsOf } from "widgets/common/words.js";

class RecordYourself extends HTMLElement {
  connectedCallback() {
    if (this.words) return;
    this.words = wordsOf(this);
    for (const plain of this.querySelectorAll("[data-no-script]")) plain.remove();
    for (const hidden of this.querySelectorAll("[data-with-script]")) hidden.hidden = false;
    this.button = this.querySelector("[data-do=record]");
    this.agreed = this.querySelector("[name=agreed]");
    this.media = this.querySelector("[name=media]");
    this.back = this.querySelector(".recording__back");
    this.live = this.querySelector(".recording__live");
    this.button.addEventListener("click", () => this.press());
    this.agreed.addEventListener("change", () => this.agree());
    if (this.media.dataset.play) this.playBack(this.media.dataset.play);
    if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) say(this, this.words.none);
  }

  disconnectedCallback() {
    this.letGo();
  }

  /** The answer; null until something is recorded, agreed to, and kept. */
  get answer() {
    return this.agreed.checked && this.media.value ? { media: this.media.value, agreed: true } : null;
  }

  /** What is still to do before there is an answer. */
  get missing() {
    if (this.recorder?.state === "recording") return this.words.recording;
    if (!this.blob) return "";
    return this.agreed.checked ? this.words.sending : this.words.made;
  }

  async press() {
    if (this.recorder?.state === "recording") return this.recorder.stop();
    if (!navigator.mediaDevices?.getUserMedia) return say(this, this.words.none);
    if (this.asking) return undefined; // one press, one recorder
    this.asking = true;
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: this.dataset.record === "video" });
    } catch {
      return say(this, this.words.refused);
    } finally {
      this.asking = false;
    }
    return this.begin();
  }

  begin() {
    const pieces = [];
    this.clear();
    this.toggleAttribute("data-heard", false);
    this.recorder = new MediaRecorder(this.stream);
    this.recorder.addEventListener("dataavailable", (event) => {
      if (event.data.size) pieces.push(event.data);
      this.toggleAttribute("data-heard", pieces.length > 0);
    });
    this.recorder.addEventListener("stop", () => this.made(new Blob(pieces, { type: this.recorder.mimeType })));
    this.recorder.start(200); // in pieces: it shows early that something comes in
    this.began = performance.now();
    this.limit = setTimeout(() => this.recorder.state === "recording" && this.recorder.stop(), Number(this.dataset.mostSeconds) * 1000);
    if (this.live) {
      Object.assign(this.live, { srcObject: this.stream, hidden: false });
      this.live.play();
    }
    this.button.textContent = this.words.stop;
    this.toggleAttribute("data-recording", true);
    say(this, this.words.recording);
  }

  made(blob) {
    this.letGo();
    this.blob = blob;
    this.key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const n = Math.max(1, Math.round((performance.now() - this.began) / 1000));
    this.querySelector("[data-length]").textContent = n === 1 ? this.words.one : fill(this.words.seconds, { n });
    this.playBack(URL.createObjectURL(blob));
    say(this, this.words.made);
  }

  playBack(address) {
    this.back.src = address;
    this.querySelector(".recording__made").hidden = false;
    this.button.textContent = this.words.again;
  }

  /** The one before is no answer any more. */
  clear() {
    Object.assign(this.media, { value: "" });
    this.agreed.checked = false;
    this.blob = null;
  }

  letGo() {
    clearTimeout(this.limit);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    if (this.live) Object.assign(this.live, { srcObject: null, hidden: true });
    this.toggleAttribute("data-recording", false);
  }

  async agree() {
    if (!this.agreed.checked) {
      if (this.blob) this.media.value = "";
      return;
    }
    if (!this.blob) {
      if (this.media.value) return;
      this.agreed.checked = false;
      say(this, this.words.first);
      return;
    }
    await this.send();
  }

  async send() {
    const { blob, key } = this;
    say(this, this.words.sending);
    const form = this.closest("form");
    const reply = await fetch(`${form.action}/recording`, {
      method: "POST",
      headers: { "content-type": blob.type || "application/octet-stream", "x-key": key, "x-csrf-token": form.elements.csrf?.value ?? "" },
      body: blob,
    }).catch(() => null);
    if (key !== this.key) return; // recorded again meanwhile
    if (!reply?.ok) {
      this.agreed.checked = false;
      say(this, (await reply?.json().catch(() => null))?.detail ?? this.words.lost);
      return;
    }
    this.media.value = (await reply.json()).media;
    say(this, this.words.kept);
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("record-yourself", RecordYourself);
