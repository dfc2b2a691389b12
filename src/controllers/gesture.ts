/**
 * What a person wished for, however often it has to be sent: the same Idempotency-Key until they wish for something else,
 * or it has `ended`.
 */
export class Gesture {
  #last?: {wish: string; key: string};

  keyOf(wish: unknown): string {
    const text = JSON.stringify(wish);
    // `crypto.randomUUID` is missing from pages without https.
    if (this.#last?.wish !== text) this.#last = {wish: text, key: crypto.getRandomValues(new Uint32Array(4)).join('-')};
    return this.#last.key;
  }

  /** Nobody has to ask what came of it; the next time it is another gesture. */
  ended() {
    this.#last = undefined;
  }
}
