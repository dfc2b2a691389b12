import {livekit} from '../connect/connect.js';
import {RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import type {Call, CallListener, Connect, EndReason, Given, Person, Prepare, Source, TokenDetail} from './call.js';
import {given as addressIn, moduleAt, within} from './load.js';

// The page's own `livekit-client`, or the one at the address that its owner gave. It is never in our bundle.

/** As much of a publication as is used. */
interface Publication {
  readonly source: string;
  readonly isMuted: boolean;
  readonly track?: {readonly mediaStreamTrack: MediaStreamTrack} | undefined;
}
interface LocalTrack {
  mute(): Promise<unknown>;
  unmute(): Promise<unknown>;
  replaceTrack(track: MediaStreamTrack, userProvided: true): Promise<unknown>;
}
interface Participant {
  readonly identity: string;
  readonly name?: string | undefined;
  readonly isSpeaking: boolean;
  readonly kind?: number;
  readonly trackPublications: ReadonlyMap<string, Publication>;
  readonly permissions?: {readonly canPublish: boolean; readonly canPublishSources: readonly number[]} | undefined;
}
interface LocalParticipant extends Participant {
  publishTrack(track: MediaStreamTrack, options: object): Promise<{track?: LocalTrack | undefined}>;
  unpublishTrack(track: MediaStreamTrack, stop: boolean): Promise<unknown>;
}
interface Room {
  readonly localParticipant: LocalParticipant;
  readonly remoteParticipants: ReadonlyMap<string, Participant>;
  connect(url: string, token: string): Promise<void>;
  disconnect(stopTracks: boolean): Promise<void>;
  on(event: string, listener: (...args: never[]) => void): unknown;
}
/** As much of the module `livekit-client` as is used. */
export interface LivekitClient {
  Room: new (options: typeof OPTIONS) => Room;
}

/** LiveKit's names of the sources, and their numbers in permissions. */
const SOURCES = [
  ['camera', 'camera', 1],
  ['microphone', 'microphone', 2],
  ['screen', 'screen_share', 3],
  ['screen-audio', 'screen_share_audio', 4],
] as const satisfies [Source, string, number][];
const nameOf = (source: Source) => SOURCES.find(([ours]) => ours === source)![1];
const sourceOf = (name: string) => SOURCES.find(([, theirs]) => theirs === name)?.[0];

/** The kind of participant that records, and is nobody. */
const EGRESS = 2;

/** LiveKit's reasons of an end. All others: lost. */
const REASONS: Record<number, EndReason> = {1: 'left', 2: 'replaced', 4: 'removed', 5: 'closed', 10: 'closed'};

/** Its reasons of a refusal, in `reason` of its error. All others: the server does not work. */
const REFUSALS: Record<number, RoomsErrorCode> = {0: 'denied', 1: 'offline', 3: 'aborted', 5: 'timeout', 6: 'offline'};

const CHANGES = [
  'participantConnected',
  'participantDisconnected',
  'participantNameChanged',
  'participantPermissionsChanged',
  'trackSubscribed',
  'trackUnsubscribed',
  'trackMuted',
  'trackUnmuted',
  'activeSpeakersChanged',
];

const OPTIONS = {
  // It judges only elements that LiveKit attaches, and the stage has its own.
  adaptiveStream: false,
  // The stage leaves on `pagehide`; LiveKit would on `beforeunload`, which a visitor can call off.
  disconnectOnPageLeave: false,
  // Tracks are the page's.
  stopLocalTrackOnUnpublish: false,
};

/** A room that waits for its token. To make the first one takes 20 ms on a fast computer. */
let prepared: Room | undefined;

/** Loads `livekit-client`, and makes a room of it. */
export const prepare: Prepare = async given => {
  const {Room} = await clientOf(given);
  prepared ??= new Room(OPTIONS);
};

/** Joins a room of LiveKit. */
export const connect: Connect = async (detail, on, signal, given) => {
  const args = livekit(detail);
  const {Room} = await clientOf(given, signal);
  // Another stage in the page may have another client.
  const room = prepared instanceof Room ? prepared : new Room(OPTIONS);
  prepared = undefined;
  const call = new LivekitCall(room, detail, on);
  const give = () => void room.disconnect(false);
  signal.addEventListener('abort', give);
  try {
    await within(room.connect(...args), signal, 'LiveKit');
  } catch (error) {
    give();
    throw refusalBy(error);
  } finally {
    signal.removeEventListener('abort', give);
  }
  call.begin();
  return call;
};

async function clientOf(given: Given, signal = new AbortController().signal): Promise<LivekitClient> {
  const what = 'the module livekit-client';
  const client = given.client ?? (await moduleAt(addressIn(/livekit-client/, given, what), signal));
  if (typeof (client as Partial<LivekitClient> | undefined)?.Room === 'function') return client as LivekitClient;
  throw new RoomsError('misconfigured', 'The client of the stage is not livekit-client.', {key: 'client'});
}

function refusalBy(error: unknown): RoomsError {
  if (error instanceof RoomsError) return error;
  // Its message may quote the address with the token in it, so ours has only the reason.
  const {reason = -1} = error as {reason?: number};
  const code = REFUSALS[reason] ?? 'platform_down';
  return new RoomsError(code, `LiveKit does not let you in (reason ${reason}).`);
}

class LivekitCall implements Call {
  #room: Room;
  #name: string;
  #on: CallListener;
  #state: Call['state'] = 'connected';
  #begun = false;
  #sent: Partial<Record<Source, MediaStreamTrack>> = {};
  /** What LiveKit publishes, also while it is muted, with the track it has now. */
  #published = new Map<Source, {local: LocalTrack; track: MediaStreamTrack}>();
  #work = Promise.resolve();

  constructor(room: Room, {participant}: TokenDetail, on: CallListener) {
    this.#room = room;
    this.#name = participant.name ?? '';
    this.#on = on;
    for (const event of CHANGES) room.on(event, () => this.#changed());
    for (const event of ['reconnecting', 'signalReconnecting']) room.on(event, () => this.#becomes('reconnecting'));
    room.on('reconnected', () => {
      this.#becomes('connected');
      void this.#queue(() => this.#forgetEnded());
    });
    room.on('trackMuted', (publication: Publication, {identity}: Participant) => this.#muted(publication, identity));
    room.on('disconnected', (reason?: number) => this.#end(REASONS[reason ?? 0] ?? 'lost'));
  }

  get state() {
    return this.#state;
  }

  get you(): Person {
    const {identity: id, name, isSpeaking: speaking} = this.#room.localParticipant;
    return {id, name: name || this.#name, tracks: {...this.#sent}, speaking, away: false};
  }

  get others(): readonly Person[] {
    const people = [...this.#room.remoteParticipants.values()].filter(({kind}) => kind !== EGRESS);
    return people.map(({identity: id, name = '', isSpeaking: speaking, trackPublications}) => {
      const tracks: Partial<Record<Source, MediaStreamTrack>> = {};
      for (const {source, isMuted, track} of trackPublications.values()) {
        const ours = sourceOf(source);
        if (ours && track && !isMuted) tracks[ours] = track.mediaStreamTrack;
      }
      return {id, name, tracks, speaking, away: false};
    });
  }

  get may(): ReadonlySet<Source> {
    const {canPublish = false, canPublishSources = []} = this.#room.localParticipant.permissions ?? {};
    if (!canPublish) return new Set();
    // No sources are named: all of them.
    const named = SOURCES.filter(([, , at]) => canPublishSources.length === 0 || canPublishSources.includes(at));
    return new Set(named.map(([source]) => source));
  }

  begin() {
    this.#begun = true;
  }

  async send(source: Source, track: MediaStreamTrack | null) {
    if (this.#state === 'ended' || (this.#sent[source] ?? null) === track) return;
    if (track) this.#sent[source] = track;
    else delete this.#sent[source];
    await this.#queue(() => this.#apply(source));
  }

  leave() {
    if (this.#state === 'ended') return;
    void this.#room.disconnect(false);
    this.#end('left');
  }

  /** Publishes what is to be sent now. LiveKit cannot publish what is off, so the first time is the first "on". */
  async #apply(source: Source) {
    const {localParticipant} = this.#room;
    const track = this.#sent[source];
    const published = this.#published.get(source);
    if (!track) {
      if (!published) return;
      if (!source.startsWith('screen')) return void (await published.local.mute());
      this.#published.delete(source);
      await localParticipant.unpublishTrack(published.track, false);
    } else if (published) {
      if (published.track !== track) await published.local.replaceTrack(track, true);
      published.track = track;
      await published.local.unmute();
    } else {
      const {track: local} = await localParticipant.publishTrack(track, {source: nameOf(source)});
      if (local) this.#published.set(source, {local, track});
    }
  }

  /** A full reconnect publishes all again, also what the page has stopped. */
  async #forgetEnded() {
    for (const [source, {track}] of this.#published) {
      if (track.readyState === 'live' || this.#sent[source]) continue;
      this.#published.delete(source);
      await this.#room.localParticipant.unpublishTrack(track, false);
    }
  }

  #queue(task: () => Promise<void>): Promise<void> {
    const next = this.#work.then(() => (this.#state === 'ended' ? undefined : task()));
    this.#work = next.catch(() => {});
    return next;
  }

  /** LiveKit says it of our own mute, too; then we send nothing of it any more. */
  #muted({source: name}: Publication, identity: string) {
    const source = sourceOf(name);
    if (identity !== this.#room.localParticipant.identity || !source || !this.#sent[source]) return;
    delete this.#sent[source];
    this.#on.silenced(source);
  }

  #changed() {
    if (this.#begun && this.#state !== 'ended') this.#on.change();
  }

  #becomes(state: 'connected' | 'reconnecting') {
    if (this.#state === state || this.#state === 'ended') return;
    this.#state = state;
    this.#changed();
  }

  #end(reason: EndReason) {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    if (this.#begun) this.#on.end(reason);
  }
}
