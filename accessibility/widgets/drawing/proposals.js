// Numbered suggestions that the server found in the picture; a digit, or a press, takes one.
import { cellOf, inside, middle } from "widgets/drawing/geometry.js";

export const AT_ONCE = 9; // one digit each

export class Proposals {
  /** @param kind what is drawn; @param area the part of the picture that is asked about */
  constructor(kind, area) {
    Object.assign(this, { kind, area, open: false });
    this.forget();
  }

  forget() {
    Object.assign(this, { found: null, first: 0 });
  }

  /** Ask the server once. Throws when it does not answer. */
  async load(address) {
    const reply = await fetch(address, { headers: { accept: "application/json" } });
    if (!reply.ok) throw new Error(`suggestions: ${reply.status}`);
    const said = await reply.json();
    const all = this.kind.closed ? said.areas : said.lines;
    this.found = all
      .map((one) => this.kind.proposed(one, this.area))
      .filter((shape) => shape && inside(middle(this.kind.bounds(shape)), this.area));
    this.first = 0;
  }

  /** The ones on the screen, with their number and the part of the picture they are in (1–9). */
  get seen() {
    if (!this.open || !this.found) return [];
    return this.found.slice(this.first, this.first + AT_ONCE).map((shape, at) => {
      const bounds = this.kind.bounds(shape);
      return { number: at + 1, shape, bounds, points: this.kind.outline(shape), place: cellOf(middle(bounds), this.area) };
    });
  }

  get more() {
    return (this.found?.length ?? 0) > AT_ONCE;
  }

  next() {
    this.first = this.first + AT_ONCE < this.found.length ? this.first + AT_ONCE : 0;
  }

  /** The shape with this number, which then is a suggestion no more; undefined when there is none. */
  take(number) {
    const [taken] = this.seen.filter((one) => one.number === number);
    if (!taken) return undefined;
    this.found.splice(this.first + number - 1, 1);
    if (this.first >= this.found.length) this.first = 0;
    return taken.shape;
  }
}
