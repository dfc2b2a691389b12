// What became of a transaction whose commit had no answer.
import {setTimeout as pause} from 'node:timers/promises';
import type {Value} from './queries.js';

/** Begins a transaction, and tells how to ask for it later. Both in one message, so that it costs no wait. */
export const BEGIN = 'begin; select txid_current() as id, pg_backend_pid() as backend';

/** A transaction as Postgres knows it, from the answer to `BEGIN`. */
export interface Transaction {
  id: number;
  /** The process of the server that runs it. */
  backend: number;
}

/** How long to wait before asking again, in ms. */
const RETRY = 20;

/** A commit that never reached the server must not arrive later. Whatever is at work there is not disturbed. */
const END = `select pg_terminate_backend(pid) from pg_stat_activity
  where pid = ? and state like 'idle in transaction%' and backend_xid::text::bigint = cast(? as bigint) % 4294967296`;

/**
 * Whether a transaction was committed, asked over another connection. A transaction that still waits for its commit is
 * ended. Undefined if nobody knows, after `deadline` ms at the latest. Rejects if the server cannot be asked.
 */
export async function isCommitted(
  ask: <Row>(sql: string, ...values: Value[]) => Promise<Row[]>,
  {id, backend}: Transaction,
  deadline: number,
): Promise<boolean | undefined> {
  for (const end = performance.now() + deadline; performance.now() < end; await pause(RETRY)) {
    const [found] = await ask<{status: string | null}>('select txid_status(?) as status', id);
    if (found!.status === 'committed') return true;
    if (found!.status !== 'in progress') return found!.status === 'aborted' ? false : undefined;
    await ask(END, backend, id);
  }
  return undefined;
}
