import type {RoomsErrorCode} from '../rooms/errors.js';

/** A line for whoever runs the proxy. It never holds a token, a credential, a name, or words of the platform. */
export interface LogEntry {
  level: 'warn' | 'error';
  message: string;
  code?: RoomsErrorCode;
  /** What was being done: an operation of `Rooms`, or `authorize`. */
  operation?: string;
  /** The request it was done for, as its answer names it. */
  request_id?: string;
}

export type Log = (entry: LogEntry) => void;

/** A log that can do no harm: one that throws, or rejects, must not cost a visitor the answer. */
export const harmless =
  <Entry = LogEntry>(log: (entry: Entry) => void = console.error) =>
  (entry: Entry) =>
    void (async () => log(entry))().catch(() => {});
