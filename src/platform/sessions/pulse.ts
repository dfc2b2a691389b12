import {RoomsError} from '../../rooms/errors.js';
import type {Database} from '../database/database.js';

/** What a platform needs of its database. */
export type Need = 'reads' | 'writes' | 'notifications';

/** What the platform can do: all; some of it, for want of something; or nothing for anybody. */
export type Health = {status: 'ok'} | {status: 'degraded' | 'unavailable'; missing: Need[]};

const SENTENCES: Record<Need, string> = {
  reads: 'The database does not answer.',
  writes: 'The database takes no writes: nobody gets a token or can come in.',
  notifications: 'The database delivers no notifications: nobody can come in.',
};

interface PulseOptions {
  /** Writes a heartbeat. Returns false if others had removed this process as dead. */
  showLife: () => Promise<boolean>;
  /** Called when others had removed this process as dead. */
  forgotten: () => void;
  log: (error: unknown) => void;
  /** The time between two heartbeats, in ms. After a failure the next one comes ten times as fast. */
  beat: number;
}

/** The heartbeats of this process, and what they tell about the database. */
export class Pulse {
  #database: Database;
  #options: PulseOptions;
  #missing: Need[] = [];
  #running?: Promise<void>;
  #retry?: ReturnType<typeof setTimeout>;
  #stopped = false;

  constructor(database: Database, options: PulseOptions) {
    this.#database = database;
    this.#options = options;
  }

  /** As of the last heartbeat. */
  get health(): Health {
    const missing = this.#missing;
    if (!missing.length) return {status: 'ok'};
    return {status: missing.includes('reads') ? 'unavailable' : 'degraded', missing};
  }

  /** Never rejects. While a heartbeat is under way there is no other. */
  beat(): Promise<void> {
    return (this.#running ??= this.#beat().finally(() => (this.#running = undefined)));
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#retry);
  }

  async #beat() {
    clearTimeout(this.#retry);
    const missing: Need[] = [];
    const need = async (what: Need, task: () => Promise<unknown>) => {
      try {
        await task();
      } catch (cause) {
        missing.push(what);
        // Said once, not at every heartbeat.
        if (!this.#missing.includes(what)) this.#options.log(new RoomsError('offline', SENTENCES[what], {cause}));
      }
    };
    let known = true;
    await Promise.all([
      need('writes', async () => (known = await this.#options.showLife())),
      need('notifications', () => this.#database.check()),
    ]);
    if (missing.includes('writes')) await need('reads', () => this.#database.vital.all('select 1 as alive'));
    this.#missing = missing.sort();
    if (!known) this.#options.forgotten();
    if (!missing.length || this.#stopped) return;
    this.#retry = setTimeout(() => void this.beat(), this.#options.beat / 10).unref();
  }
}
