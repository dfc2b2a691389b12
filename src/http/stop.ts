// How a server of ours stops: it says so first, goes on answering for a while, and closes then.
import {RoomsError} from '../rooms/errors.js';

/** How long a server goes on answering after SIGTERM, in seconds, and the most that can be asked for. */
export const DRAIN = {default: 5, most: 300} as const;

/** Reads the argument of `--drain`. Throws `misconfigured` if it is not a number of seconds from 0 to 300. */
export function readDrain(text = String(DRAIN.default)): number {
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds <= DRAIN.most) return seconds;
  throw new RoomsError('misconfigured', `--drain is not a number of seconds from 0 to ${DRAIN.most}.`, {
    desc: `Give one such as --drain ${DRAIN.default}.`,
  });
}

export interface Stop {
  /**
   * Whether the server was told to stop. Its health check fails from then on, so that balancers send nobody any more, and
   * it answers all other requests as before.
   */
  readonly draining: boolean;
  /** Resolves when the server must close. */
  readonly now: Promise<void>;
}

/** The process that started this one. Read at once: the parent may be gone later. */
const PARENT = process.ppid;

/**
 * Waits for a signal. SIGTERM stops the server after `drain` seconds; SIGINT, or a second signal, stops it at once. Call it
 * before the process says that it is ready: until then a signal ends the process at once.
 */
export function toldToStop(drain: number): Stop {
  const stop = {draining: false, now: Promise.resolve()};
  stop.now = new Promise(end => {
    process.on('SIGINT', () => {
      stop.draining = true;
      end();
    });
    process.on('SIGTERM', () => {
      if (stop.draining || drain === 0) end();
      else setTimeout(end, drain * 1000).unref();
      stop.draining = true;
    });
    // npm stops the shell between itself and this process, and the shell does not pass the signal on.
    if (process.env.npm_lifecycle_event) setInterval(() => process.ppid !== PARENT && end(), 200).unref();
  });
  return stop;
}
