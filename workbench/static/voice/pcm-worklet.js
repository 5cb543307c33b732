// Microphone samples as 16-bit chunks at the rate the recogniser wants. Mixes to mono; where the audio context did not
// take that rate, resamples with a windowed sinc, as a recogniser hears the hiss of anything simpler.
class Pcm extends AudioWorkletProcessor {
  constructor({ processorOptions: { rate, chunk } }) {
    super();
    this.ratio = sampleRate / rate;
    this.out = new Int16Array(chunk);
    this.filled = 0;
    this.half = Math.ceil(16 * Math.max(1, this.ratio));
    this.past = new Float32Array(0);
    this.at = this.half;
    this.port.onmessage = () => {
      if (this.filled) this.post();
      this.port.postMessage("flushed");
    };
  }

  process([channels]) {
    if (channels.length) {
      const mono = this.mixed(channels);
      if (this.ratio === 1) for (const sample of mono) this.push(sample);
      else this.resample(mono);
    }
    return true;
  }

  mixed(channels) {
    if (channels.length === 1) return channels[0];
    return channels[0].map((_, i) => channels.reduce((sum, one) => sum + one[i], 0) / channels.length);
  }

  resample(mono) {
    const all = new Float32Array(this.past.length + mono.length);
    all.set(this.past);
    all.set(mono, this.past.length);
    for (; this.at + this.half < all.length; this.at += this.ratio) this.push(this.between(all));
    const keep = Math.floor(this.at) - this.half;
    this.past = all.slice(keep);
    this.at -= keep;
  }

  between(all) {
    const cut = 0.94 / Math.max(1, this.ratio);
    const whole = Math.floor(this.at);
    let sum = 0;
    for (let k = 1 - this.half; k <= this.half; k++) {
      const t = k - (this.at - whole);
      const angle = Math.PI * t * cut;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * t) / this.half);
      sum += all[whole + k] * (angle === 0 ? 1 : Math.sin(angle) / angle) * cut * window;
    }
    return sum;
  }

  push(sample) {
    this.out[this.filled++] = Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
    if (this.filled === this.out.length) this.post();
  }

  post() {
    const buffer = this.out.slice(0, this.filled).buffer;
    this.port.postMessage(buffer, [buffer]);
    this.filled = 0;
  }
}

registerProcessor("pcm", Pcm);
