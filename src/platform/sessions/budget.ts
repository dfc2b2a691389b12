/** How much may be used at once, and how much more each second. */
interface Rate {
  burst: number;
  perSecond: number;
}

/** A token bucket, by the clock of this process, which nobody can set. */
export class Budget {
  #rate: Rate;
  #left: number;
  #since = performance.now();

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#left = rate.burst;
  }

  /** Uses `amount`, whether that much is left or not. Returns how long to wait before it is paid for, in ms. */
  use(amount: number): number {
    this.#refill();
    this.#left -= amount;
    return Math.max(0, (-this.#left * 1000) / this.#rate.perSecond);
  }

  /** Whether anything is left to use. */
  get open(): boolean {
    this.#refill();
    return this.#left > 0;
  }

  #refill() {
    const now = performance.now();
    const {burst, perSecond} = this.#rate;
    this.#left = Math.min(burst, this.#left + ((now - this.#since) * perSecond) / 1000);
    this.#since = now;
  }
}
