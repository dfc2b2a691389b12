// What every video client of the stage has in common. One file beside this one is one client; clients.ts names them.
import type {TokenDetail} from '../rooms/token-detail.js';

export type {TokenDetail};

/** What a person can send. */
export type Source = 'microphone' | 'camera' | 'screen' | 'screen-audio';

export interface Person {
  readonly id: string;
  readonly name: string;
  /** What they send. Absent: off. */
  readonly tracks: Readonly<Partial<Record<Source, MediaStreamTrack>>>;
  readonly speaking: boolean;
  /** The connection broke, and may come back. */
  readonly away: boolean;
  /** In a lecture: whether they have the floor. Absent for people who need none, and in other rooms. */
  readonly floor?: boolean | undefined;
}

/** A call in one room, from the moment one is inside. */
export interface Call {
  readonly state: 'connected' | 'reconnecting' | 'ended';
  /** Your `tracks` are those that you send. */
  readonly you: Person;
  readonly others: readonly Person[];
  /** What you may send at present. */
  readonly may: ReadonlySet<Source>;
  /** What you may do as a moderator. Absent: nothing. */
  readonly moderation?: Moderation | undefined;
  /** From now on sends this, or nothing; kept across reconnects. Never opens, clones or stops a track. */
  send(source: Source, track: MediaStreamTrack | null): Promise<void>;
  /** Idempotent; must work inside `pagehide`. Nothing is called afterwards but `end('left')`. */
  leave(): void;
}

/** What a moderator may do. An engine leaves out what it cannot do. A command that fails is told by `CallListener.failed`. */
export interface Moderation {
  /** The people who ask to come in, oldest first. */
  readonly knocking?: readonly Pick<Person, 'id' | 'name'>[] | undefined;
  admit?(id: string): void;
  deny?(id: string): void;
  /** In a lecture: gives somebody the floor whose `floor` is false, or takes it from somebody who has it. */
  floor?(id: string, on: boolean): void;
  /** Turns somebody's microphone off. They may turn it on again. */
  mute?(id: string): void;
  /** Takes somebody out of the room. */
  remove?(id: string): void;
  /** Ends the call for everybody. */
  end?(): void;
}

/** Why a call is over: you left, it was ended for all, a moderator removed you, you are in elsewhere, or it broke. */
export type EndReason = 'left' | 'closed' | 'removed' | 'replaced' | 'lost';

/** A call tells it what happens. */
export interface CallListener {
  /** People, their tracks, `state`, `may` or `moderation` changed. */
  change(): void;
  /** A moderator turned it off. The call sends nothing of this source any more. */
  silenced(source: Source, by?: string): void;
  /** Called once; also before `connect` resolves, if the room is closed while you knock. */
  end(reason: EndReason): void;
  /**
   * Before `connect` resolves: you knock, and wait until a moderator lets you in. `isBroken`: the connection broke meanwhile,
   * and is being restored.
   */
  waiting?(isBroken: boolean): void;
  /** A command of yours was refused. */
  failed?(): void;
}

/** What the page gives to a client besides the token. */
export interface Given {
  /** Hosts that may serve the client's script, from `client-origins`: `https://cdn.example`. */
  readonly origins: readonly string[];
  /** The page's own copy of the client's library, such as the module `livekit-client`. */
  readonly client?: unknown;
}

/**
 * Joins a call. It reads what it needs from `detail`, where the token has been read already.
 *
 * @param signal - Aborted: stop, and leave if you are in or knock. It has no effect once the call is there.
 * @throws RoomsError if you do not get in: its code says why. `denied`: a moderator did not let you in, or you may not.
 * `misconfigured`: the page has to be changed; its message says how.
 */
export type Connect = (detail: TokenDetail, on: CallListener, signal: AbortSignal, given: Given) => Promise<Call>;

/** Gets ready what needs no token. It may be called again. If it fails, `connect` tries again and says why. */
export type Prepare = (given: Given) => Promise<void>;

/** What the vendor's own window in the page begins with. */
export interface FrameOptions extends Given {
  /** An empty element in the page, outside of all shadow roots. The vendor's window goes into it and fills it. */
  readonly place: HTMLElement;
  /** Called once, when the call ends by itself. */
  readonly end: (reason: EndReason) => void;
  /** Whether microphone and camera are to be on. Our own capture has stopped before. */
  readonly microphone: boolean;
  readonly camera: boolean;
  /** The language of the page, as a BCP 47 tag. */
  readonly language: string;
}

/** The vendor's own window in the page. */
export interface Frame {
  /** Idempotent; must work inside `pagehide`. It leaves the call and empties the place. */
  leave(): void;
}

/** Shows the vendor's own window. It resolves when that is there. See `Connect` for `signal` and errors. */
export type Mount = (detail: TokenDetail, options: FrameOptions, signal: AbortSignal) => Promise<Frame>;

/** A module in this folder: a client that the stage draws itself, or a vendor's own window. */
export type Client = {readonly connect: Connect; readonly prepare?: Prepare} | {readonly mount: Mount};
