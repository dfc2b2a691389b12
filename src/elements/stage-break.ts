/** A break that is shorter is not said, in ms. */
const BLINK = 2000;

/** Tells that the connection is broken if that lasts, and then that it is back. */
export class Break {
  #told: (isBroken: boolean) => void;
  #timer?: ReturnType<typeof setTimeout> | undefined;
  #isTold = false;

  constructor(told: (isBroken: boolean) => void) {
    this.#told = told;
  }

  follow(isBroken: boolean) {
    if (isBroken) {
      this.#timer ??= setTimeout(() => this.#told((this.#isTold = true)), BLINK);
      return;
    }
    const wasTold = this.#isTold;
    this.end();
    if (wasTold) this.#told(false);
  }

  /** The call is over: nothing is told any more. */
  end() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isTold = false;
  }
}
