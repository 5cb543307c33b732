// The worker's voice: the microphone opens when somebody talks for the first time, and sound leaves this computer only
// while the talk key is held.
const RATE = 16000;
const CHUNK = 1600; // 100 ms

export class Microphone {
  #node = null;
  #send = null;
  #flushed = null;

  constructor({ processing = false } = {}) {
    this.processing = processing;
  }

  /** Everything but the microphone itself: it must be loaded before, or the first words are lost. */
  async prepare() {
    this.context = new AudioContext({ sampleRate: RATE });
    await this.context.audioWorklet.addModule("/static/voice/pcm-worklet.js");
  }

  async open() {
    if (this.#node) return;
    if (!navigator.mediaDevices) throw new Error("no microphone");
    if (!this.context) await this.prepare();
    const on = this.processing; // echo cancellation and the like spoil what a recogniser hears
    this.stream = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: on, noiseSuppression: on, autoGainControl: on },
    });
    await this.context.resume();
    this.#node = new AudioWorkletNode(this.context, "pcm", {
      numberOfOutputs: 0,
      processorOptions: { rate: RATE, chunk: CHUNK },
    });
    this.#node.port.onmessage = ({ data }) => (data === "flushed" ? this.#flushed?.() : this.#send?.(data));
    this.context.createMediaStreamSource(this.stream).connect(this.#node);
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
    this.#node = this.#send = this.stream = this.context = null;
  }
}
