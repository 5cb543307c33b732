// Exact frames: a player shows frame n surely when it seeks to the middle of the time in which n is shown.
// Where frames last unequally Chromium takes each to last as long as the average, and shows another one: what it says is
// on the screen is compared with what was asked, and it seeks again, nearer each time.
const PICTURE_MS = 150; // so long after a seek a picture may still come
const MOST_TRIES = 10;

export class Frames {
  /** @param list {first, times_ms, end_ms} from the server; @param player a <media-player> */
  constructor(list, player) {
    Object.assign(this, { times: list.times_ms, end: list.end_ms, first: list.first, player });
    Object.assign(this, { wanted: null, presented: null, isThere: true });
    const free = () => (this.wanted = null);
    player.media.addEventListener("play", free);
    player.place.addEventListener("input", free);
    player.media.addEventListener("seeked", () => this.wanted !== null && this.wait());
    // The first picture came before anybody listened for it.
    if (player.media.requestVideoFrameCallback) this.presented = this.at;
    this.watch();
  }

  /** The frames at an address; null where they cannot be had: everything else goes on working. */
  static async load(address, player) {
    try {
      const reply = await fetch(address);
      const list = reply.ok ? await reply.json() : null;
      return list?.times_ms.length ? new Frames(list, player) : null;
    } catch {
      return null;
    }
  }

  get count() {
    return this.times.length;
  }

  /** The number, within this piece, of the frame on the screen, or that is being sought. */
  get at() {
    if (this.wanted !== null) return this.wanted;
    return this.numberAt(this.player.media.currentTime * 1000 + Number(this.player.dataset.offsetMs ?? 0));
  }

  numberAt(now) {
    let [low, high] = [0, this.times.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      // Browsers keep time to a millisecond or less: what is that near to a frame's start is that frame.
      if (this.times[middle] <= now + 0.75) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** When a frame comes on the screen, in whole ms of the original. */
  startOf(at) {
    return Math.round(this.times[at]);
  }

  step(by) {
    this.player.media.pause();
    this.show(Math.min(Math.max(this.at + by, 0), this.times.length - 1));
  }

  show(at) {
    const until = (number) => this.times[number] ?? this.end;
    this.wanted = at;
    Object.assign(this, { low: this.times[Math.max(at - 2, 0)], high: until(at + 3), tries: 0 });
    this.seek((this.times[at] + until(at + 1)) / 2);
  }

  seek(ms) {
    this.sought = ms;
    this.isThere = false;
    this.player.goTo(ms);
  }

  /** Follow which picture is on the screen, where the browser tells. */
  watch() {
    this.player.media.requestVideoFrameCallback?.((_, picture) => {
      this.presented = this.numberAt(picture.mediaTime * 1000);
      if (this.wanted !== null && this.presented === this.wanted && !this.player.media.seeking) this.arrived();
      this.watch();
    });
  }

  wait() {
    if (this.presented === this.wanted || this.presented === null) return this.arrived();
    const sought = this.sought;
    setTimeout(() => sought === this.sought && !this.isThere && this.correct(), PICTURE_MS);
    return undefined;
  }

  /** Another frame is on the screen: a later moment shows a later frame, so the right one lies on this side. */
  correct() {
    if (this.wanted === null || this.presented === this.wanted || this.tries >= MOST_TRIES) return this.arrived();
    this.tries += 1;
    if (this.presented < this.wanted) this.low = this.sought;
    else this.high = this.sought;
    return this.seek((this.low + this.high) / 2);
  }

  arrived() {
    this.isThere = true;
    this.onpicture?.();
  }
}
