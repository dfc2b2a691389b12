import type {RoomsErrorCode} from '../rooms/errors.js';

/** A line for the operator of the proxy. It never holds a token, a credential, a name, or text of the platform. */
export interface LogEntry {
  level: 'warn' | 'error';
  message: string;
  code?: RoomsErrorCode | undefined;
  /** What was being done: an operation of `Rooms`, or `authorize`. */
  operation?: string | undefined;
  /** The id of the request, as in its answer. */
  request_id?: string | undefined;
}

export type Log = (entry: LogEntry) => void;

/** A callback whose errors are dropped, thrown or rejected: a broken log must not cost a visitor the answer. */
export const neverThrowing =
  <Entry = LogEntry>(log: (entry: Entry) => void = console.error) =>
  (entry: Entry) =>
    void (async () => log(entry))().catch(() => {});
