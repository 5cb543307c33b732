// What is said and played, one after another; cut off at any moment. Three ways to speak: the lab's voice, the browser's,
// or none of ours, for who has a screen reader on: then the words go to a live region and only tones and clips sound.
const NO_SOUND_MS = 20000;
const LONGEST_READING_MS = 20000;

export class Loudspeaker {
  #line = [];
  #now = null; // the <audio> that sounds
  #turn = 0;
  #clip = null; // the last recording, for marking
  #unread = 0; // words that a screen reader may still be speaking
  #cut = null; // ends the wait for it

  constructor({ tell, way = "lab", rate = 165 }) {
    Object.assign(this, { tell, way, rate });
  }

  /** @param gently when what sounds now is over; else instead of it */
  play(turns, gently = false) {
    if (gently && this.sounds) {
      this.#line.push(...turns);
      return Promise.resolve();
    }
    this.stop();
    this.#line = [...turns];
    if (turns.some((turn) => turn.kind === "play")) this.#clip = null; // a mark belongs to what sounds now
    return this.#go(++this.#turn);
  }

  stop() {
    this.#turn += 1;
    this.#line = [];
    if (this.#now) this.#now.pause();
    this.#now = null;
    this.#unread = 0;
    this.#cut?.();
    this.#cut = null;
    window.speechSynthesis?.cancel();
  }

  /** Is anything to be heard now? */
  get sounds() {
    return Boolean(this.#cut || (this.#now && !this.#now.paused && !this.#now.ended) || this.#line.length || window.speechSynthesis?.speaking);
  }

  /** How far the recording is, ms from the start of its original; null where none was played. */
  atMs() {
    return this.#clip ? Math.round(this.#clip.startMs + this.#clip.audio.currentTime * 1000) : null;
  }

  async #go(turn) {
    while (turn === this.#turn && this.#line.length) {
      const sound = this.#line.shift();
      this.#fetchAhead(this.#line[0]);
      await this.#one(sound, turn);
    }
  }

  /** The next sound comes while this one plays, so that there is no gap between sentences. */
  #fetchAhead(next) {
    if (next && (next.kind !== "say" || this.way === "lab")) next.audio = new Audio(next.url);
  }

  async #one(sound, turn) {
    if (sound.kind === "tone") return this.#audio(sound);
    if (sound.kind === "play") return this.#afterReading().then(() => turn === this.#turn && this.#audio(sound, turn));
    if (this.way === "reader") {
      this.#unread += sound.text.split(/\s+/).length;
      return this.tell(sound.text, sound.language);
    }
    if (this.way === "browser" && window.speechSynthesis) return this.#browser(sound);
    const heard = await this.#audio(sound);
    if (!heard && turn === this.#turn) this.tell(sound.text, sound.language, true); // nobody is left without words
  }

  /** A recording does not sound over a screen reader. When that is done nobody tells us: by the worker's own pace. Play comes at once. */
  async #afterReading() {
    const ms = Math.min((this.#unread * 60000) / this.rate, LONGEST_READING_MS);
    this.#unread = 0;
    if (!ms) return;
    await new Promise((done) => {
      const over = () => {
        if (this.#cut === over) this.#cut = null;
        done();
      };
      this.#cut = over;
      setTimeout(over, ms);
    });
  }

  /** Resolves when it ended or was cut off: true when it sounded. */
  #audio(sound, turn) {
    const audio = sound.audio ?? new Audio(sound.url);
    const clip = sound.kind === "play" ? sound : null;
    this.#now = audio;
    if (clip) {
      audio.playbackRate = clip.speed;
      this.#clip = { audio, startMs: clip.start_ms };
      this.#tones(audio, clip, turn);
    }
    return new Promise((done) => {
      const late = clip ? 0 : setTimeout(() => done(false), NO_SOUND_MS);
      const end = (heard) => () => (clearTimeout(late), done(heard));
      audio.onplaying = () => clearTimeout(late);
      audio.onended = end(true);
      audio.onpause = end(true);
      audio.onerror = end(false);
      audio.play().catch(end(false));
    });
  }

  /** A subtitle's tones at their moment, by the clip's own clock. */
  #tones(audio, clip, turn) {
    const waiting = clip.tones.map(([at, url]) => ({ at: (at - clip.start_ms) / 1000, url }));
    const look = () => {
      while (waiting.length && audio.currentTime >= waiting[0].at) new Audio(waiting.shift().url).play().catch(() => {});
      if (waiting.length && turn === this.#turn) setTimeout(look, 20);
    };
    look();
  }

  #browser(sound) {
    return new Promise((done) => {
      const words = Object.assign(new SpeechSynthesisUtterance(sound.text), { lang: sound.language, onend: done, onerror: done });
      speechSynthesis.speak(words);
    });
  }
}
