import {Unavailable} from './unavailable.js';

/** Lets only a few tasks of one key run at once, so that one stuck room does not use up all connections. */
export class Lanes {
  #most: number;
  #deadline: number;
  /** By key: how many run, and who waits. */
  #lanes = new Map<string, {running: number; waiting: (() => void)[]}>();

  /** `deadline`: how long a task may wait for its turn, in ms. */
  constructor(most: number, deadline: number) {
    this.#most = most;
    this.#deadline = deadline;
  }

  async run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const lane = this.#lanes.get(key) ?? {running: 0, waiting: []};
    this.#lanes.set(key, lane);
    if (lane.running >= this.#most) await this.#turn(lane.waiting);
    else lane.running += 1;
    try {
      return await task();
    } finally {
      // The next one takes over our place.
      const next = lane.waiting.shift();
      if (next) next();
      else if (--lane.running === 0) this.#lanes.delete(key);
    }
  }

  #turn(waiting: (() => void)[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        waiting.splice(waiting.indexOf(go), 1);
        reject(Unavailable.busy());
      }, this.#deadline);
      const go = () => {
        clearTimeout(late);
        resolve();
      };
      waiting.push(go);
    });
  }
}
