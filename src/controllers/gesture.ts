/**
 * One wish of a person, however often it has to be sent. It keeps the same Idempotency-Key until the wish changes or
 * `ended` is called.
 */
export class Gesture {
  #last?: {wish: string; key: string};

  keyOf(wish: unknown): string {
    const text = JSON.stringify(wish);
    // `crypto.randomUUID` is missing from pages without https.
    if (this.#last?.wish !== text) this.#last = {wish: text, key: crypto.getRandomValues(new Uint32Array(4)).join('-')};
    return this.#last.key;
  }

  /** The outcome is known: the next request is a new gesture, even for the same wish. */
  ended() {
    this.#last = undefined;
  }
}
