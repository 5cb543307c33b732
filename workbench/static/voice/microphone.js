// The worker's voice: the microphone opens when somebody talks for the first time, and sound leaves this computer only
// while the talk key is held.
const RATE = 16000;
const CHUNK = 1600; // 100 ms

export class Microphone {
  #node = null;
  #send = null;
  #flushed = null;
  #opening = null; // once, however often it is asked for while the browser still asks

  /** @param gone called when the microphone was unplugged; the next press opens the one that is there then */
  constructor({ processing = false, gone = () => {} } = {}) {
    Object.assign(this, { processing, gone });
  }

  /** Everything but the microphone itself: it must be loaded before, or the first words are lost. */
  async prepare(options = { sampleRate: RATE }) {
    this.context = new AudioContext(options);
    await this.context.audioWorklet.addModule(new URL("pcm-worklet.js", import.meta.url));
  }

  open() {
    this.#opening ??= this.#open().catch((error) => {
      this.close();
      throw error;
    });
    return this.#opening;
  }

  async #open() {
    if (!navigator.mediaDevices) throw new Error("no microphone");
    if (!this.context) await this.prepare();
    const on = this.processing; // echo cancellation and the like spoil what a recogniser hears
    this.stream = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: on, noiseSuppression: on, autoGainControl: on },
    });
    for (const track of this.stream.getTracks()) track.addEventListener("ended", () => this.#ended());
    const source = await this.#source();
    await this.context.resume();
    this.#node = new AudioWorkletNode(this.context, "pcm", {
      numberOfOutputs: 0,
      processorOptions: { rate: RATE, chunk: CHUNK },
    });
    this.#node.port.onmessage = ({ data }) => (data === "flushed" ? this.#flushed?.() : this.#send?.(data));
    source.connect(this.#node);
  }

  /** Firefox takes a microphone at its own rate only: the worklet brings that to ours. */
  async #source() {
    try {
      return this.context.createMediaStreamSource(this.stream);
    } catch {
      await this.context.close();
      await this.prepare({});
      return this.context.createMediaStreamSource(this.stream);
    }
  }

  #ended() {
    this.close();
    this.gone();
  }

  /** From now on chunks go to `send`. */
  start(send) {
    this.#send = send;
  }

  /** What is half full goes too; then nothing more. */
  async stop() {
    if (!this.#send) return;
    await new Promise((done) => {
      this.#flushed = done;
      this.#node.port.postMessage("flush");
      setTimeout(done, 300);
    });
    this.#send = null;
  }

  close() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.context?.close();
    this.#node = this.#send = this.#opening = this.stream = this.context = null;
  }
}
