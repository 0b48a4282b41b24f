/** Longest text whose value is kept, characters: with what is made of it, all that one caller can make a daemon hold on to. */
const LONGEST_KEPT = 32 * 1024;

/** What was made of texts, of those that were asked for last: agents repeat the same few calls in the same environment. */
export class Remembered<Value> {
  readonly #values = new Map<string, Value>();
  readonly #most: number;

  /** `most` values are kept, none of a text of more than {@link LONGEST_KEPT} characters. */
  constructor(most: number) {
    this.#most = most;
  }

  /** What `make` makes of this text: it depends on nothing else, and nobody may change its value. */
  of(text: string, make: () => Value): Value {
    if (text.length > LONGEST_KEPT) return make();
    const known = this.#values.get(text);
    const value = known === undefined ? make() : known;
    this.#values.delete(text);
    this.#values.set(text, value);
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.#most) break;
      this.#values.delete(oldest);
    }
    return value;
  }
}
