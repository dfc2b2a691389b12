import type {IceServer} from '../rooms/connection.js';
import type {JanusSession} from './janus-session.js';

// What the two connections for media have in common. Janus leaves it to the page to mend them.

/** A connection in trouble for so long is said, in ms. Browsers say `disconnected` in passing, too. */
const SAID_AFTER = 2000;
/** A connection that a restart does not mend in this time is built anew, in ms. */
const REBUILD_AFTER = 10_000;

interface Mending {
  /** Whether it is in trouble changed. */
  change: () => void;
  restart: () => Promise<void>;
  rebuild: () => Promise<void>;
}

/** Watches a connection, and mends it by a restart, then by a new one. */
export class Watch {
  isBroken = false;
  #connection: RTCPeerConnection;
  #on: Mending;
  #timers: ReturnType<typeof setTimeout>[] = [];

  constructor(connection: RTCPeerConnection, on: Mending) {
    this.#connection = connection;
    this.#on = on;
    connection.addEventListener('connectionstatechange', () => this.#look());
  }

  /** It will not come back by itself. */
  fail() {
    this.#clear();
    void this.#on.rebuild();
  }

  stop() {
    this.#clear();
    this.#connection.close();
  }

  #look() {
    const {connectionState} = this.#connection;
    if (connectionState === 'connected') {
      this.#clear();
      if (this.isBroken) this.#tell(false);
    } else if (connectionState === 'failed' || connectionState === 'disconnected') {
      if (this.#timers.length === 0) {
        this.#timers.push(setTimeout(() => this.#tell(true), SAID_AFTER));
        this.#timers.push(setTimeout(() => void this.#on.rebuild(), REBUILD_AFTER));
      }
      if (connectionState === 'failed') void this.#on.restart();
    }
  }

  #tell(isBroken: boolean) {
    this.isBroken = isBroken;
    this.#on.change();
  }

  #clear() {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer);
  }
}

export interface MediaOptions {
  session: JanusSession;
  iceServers: readonly IceServer[];
  /** What is received, or whether it is in trouble, changed. */
  change: () => void;
}

/** A connection whose candidates go to a handle of Janus. */
export function connectionTo({session, iceServers}: MediaOptions, handle: number) {
  const connection = new RTCPeerConnection({iceServers: [...iceServers] as RTCIceServer[], bundlePolicy: 'max-bundle'});
  connection.onicecandidate = ({candidate}) =>
    session.tell(handle, {janus: 'trickle', candidate: candidate ? candidate.toJSON() : {completed: true}});
  return connection;
}

/** How long it waits before it tries again what failed, in ms. */
const AGAIN_AFTER = 2000;

/** Tries again what failed, as long as the session is whole. A session that comes back begins it anew itself. */
export const again = (session: JanusSession, task: () => unknown) => () =>
  void setTimeout(() => session.isWhole && task(), AGAIN_AFTER);

/** Runs one task after the other. One that fails does not stop the next. */
export function queue() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(task: () => Promise<T>): Promise<T> => {
    const next = last.then(task);
    last = next.catch(() => {});
    return next;
  };
}
