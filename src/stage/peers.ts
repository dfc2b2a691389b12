import {is, type, type Infer} from 'superstruct';
import type {IceServer} from '../rooms/connection.js';
import {oneOf, Text} from '../rooms/values.js';
import type {Source} from './call.js';
import {anyOf, listOf} from './shapes.js';

// Connects everybody in a room to everybody else: one RTCPeerConnection for each other person. Only the newcomer calls, so
// two people never call each other. Each connection has a place for every source from the start, so turning one on or off
// needs no negotiation.

/** The sources in the order of their places in a connection. */
const SOURCES = ['microphone', 'camera', 'screen', 'screen-audio'] as const satisfies readonly Source[];
const kindOf = (source: Source) => (source === 'camera' || source === 'screen' ? 'video' : 'audio');

/** `call`: the id of the connection that a signal belongs to. */
const Signal = anyOf(
  type({
    call: Text,
    description: type({type: oneOf('offer', 'answer'), sdp: Text}),
    on: listOf(oneOf(...SOURCES)),
  }),
  type({call: Text, candidate: type({candidate: Text})}),
  /** What the sender sends from now on. */
  type({call: Text, on: listOf(oneOf(...SOURCES))}),
);
type Signal = Infer<typeof Signal>;

export interface Sent {
  readonly tracks: Partial<Record<Source, MediaStreamTrack>>;
  readonly speaking: boolean;
}

interface Handlers {
  /** Sends a signal to the other's page; the order is kept. */
  signal(to: string, data: object): void;
  /** What somebody sends changed, or whether they speak. */
  change(): void;
}

interface Peer {
  connection: RTCPeerConnection;
  call: string;
  /** Whether we called. The caller also restarts and rebuilds the connection. */
  isCaller: boolean;
  /** What they send. */
  on: readonly Source[];
  speaking: boolean;
  /** Candidates that came before their description. */
  early: RTCIceCandidateInit[];
  rebuild?: ReturnType<typeof setTimeout> | undefined;
}

/** How often it looks who speaks, in ms. */
const LISTENING = 300;
/** From this level on a sound is speech, where 1 is the loudest. */
const LOUD = 0.02;
/** A connection that does not come back in this time is built anew, in ms. */
const REBUILD = 10_000;

/** The connections to all others. */
export class Peers {
  #on: Handlers;
  #iceServers: RTCIceServer[];
  #peers = new Map<string, Peer>();
  #tracks: Partial<Record<Source, MediaStreamTrack>> = {};
  #listening?: ReturnType<typeof setInterval> | undefined;
  /** Sound and picture that belong together are played together. */
  #streams = {own: new MediaStream(), screen: new MediaStream()};

  constructor(iceServers: readonly IceServer[], on: Handlers) {
    this.#iceServers = [...iceServers] as RTCIceServer[];
    this.#on = on;
  }

  /** What somebody sends. */
  of(id: string): Sent {
    const {connection, on = [], speaking = false} = this.#peers.get(id) ?? {};
    const places = connection?.getTransceivers() ?? [];
    const tracks = on.map(source => [source, places[SOURCES.indexOf(source)]?.receiver.track]);
    return {tracks: Object.fromEntries(tracks.filter(([, track]) => track)), speaking};
  }

  /** Sends a track to everybody from now on, or nothing. */
  async send(source: Source, track: MediaStreamTrack | null) {
    if ((this.#tracks[source] ?? null) === track) return;
    if (track) this.#tracks[source] = track;
    else delete this.#tracks[source];
    const sent = [...this.#peers].map(async ([id, {connection, call}]) => {
      await connection.getTransceivers()[SOURCES.indexOf(source)]?.sender.replaceTrack(track);
      this.#on.signal(id, {call, on: this.#sending});
    });
    await Promise.all(sent);
  }

  /** Calls a person who was there before. */
  call(id: string) {
    // It only tells two calls of one person apart. `crypto.randomUUID` is missing from pages without https.
    const peer = this.#meet(id, `${Math.random()}`, true);
    for (const source of SOURCES) {
      peer.connection.addTransceiver(kindOf(source), {
        direction: 'sendrecv',
        streams: [this.#streams[source.startsWith('screen') ? 'screen' : 'own']],
      });
    }
    this.#place(peer.connection);
    void this.#offer(id, peer);
  }

  /** Handles a signal from another page. */
  async receive(from: string, data: unknown) {
    if (!is(data, Signal)) return;
    const {call} = data;
    const isOffer = 'description' in data && data.description.type === 'offer';
    let peer = this.#peers.get(from);
    // A call with a new id begins anew. They came back, or rebuild the connection.
    if (isOffer && peer?.call !== call) peer = this.#meet(from, call, false);
    // Other signals belong to a connection that is closed.
    if (!peer || peer.call !== call) return;
    const {connection} = peer;
    if ('on' in data) peer.on = data.on;
    if ('candidate' in data) {
      const candidate = data.candidate as RTCIceCandidateInit;
      if (connection.remoteDescription) await connection.addIceCandidate(candidate);
      else peer.early.push(candidate);
    }
    if ('description' in data) {
      await connection.setRemoteDescription(data.description as RTCSessionDescriptionInit);
      if (isOffer) {
        this.#place(connection);
        await connection.setLocalDescription();
        this.#describe(from, peer);
      }
      for (const candidate of peer.early.splice(0)) await connection.addIceCandidate(candidate);
    }
    this.#on.change();
  }

  /** Closes the connection to a person who left or whose page lost it. */
  part(id: string) {
    const peer = this.#peers.get(id);
    if (!peer) return;
    clearTimeout(peer.rebuild);
    peer.connection.close();
    this.#peers.delete(id);
    if (this.#peers.size) return;
    clearInterval(this.#listening);
    this.#listening = undefined;
  }

  /** Closes all connections. */
  clear() {
    for (const id of this.#peers.keys()) this.part(id);
  }

  get #sending() {
    return SOURCES.filter(source => this.#tracks[source]);
  }

  #meet(id: string, call: string, isCaller: boolean): Peer {
    this.part(id);
    const connection = new RTCPeerConnection({iceServers: this.#iceServers, bundlePolicy: 'max-bundle'});
    const peer: Peer = {connection, call, isCaller, on: [], speaking: false, early: []};
    this.#peers.set(id, peer);
    this.#listening ??= setInterval(() => this.#listen(), LISTENING);
    connection.onicecandidate = ({candidate}) => {
      if (candidate) this.#on.signal(id, {call, candidate: candidate.toJSON()});
    };
    connection.onconnectionstatechange = () => {
      const {connectionState} = connection;
      if (connectionState === 'connected') {
        clearTimeout(peer.rebuild);
        peer.rebuild = undefined;
      } else if (connectionState === 'failed' && isCaller && !peer.rebuild) {
        peer.rebuild = setTimeout(() => this.call(id), REBUILD);
        connection.restartIce();
        void this.#offer(id, peer);
      }
      this.#on.change();
    };
    return peer;
  }

  async #offer(id: string, peer: Peer) {
    try {
      await peer.connection.setLocalDescription();
      this.#describe(id, peer);
    } catch (error) {
      // They may have left meanwhile.
      if (peer.connection.signalingState !== 'closed') throw error;
    }
  }

  #describe(id: string, {connection, call}: Peer) {
    const description = connection.localDescription?.toJSON() as RTCSessionDescriptionInit | undefined;
    if (description) this.#on.signal(id, {call, description, on: this.#sending});
  }

  /** Puts our tracks on their places. */
  #place(connection: RTCPeerConnection) {
    for (const [at, place] of connection.getTransceivers().entries()) {
      const source = SOURCES[at];
      if (!source) continue;
      // On a restart they are there already. Chromium 147 crashes if a track replaces itself after a rollback.
      const track = this.#tracks[source] ?? null;
      if (place.sender.track !== track) void place.sender.replaceTrack(track);
      if (place.direction === 'sendrecv') continue;
      place.direction = 'sendrecv';
      place.sender.setStreams?.(this.#streams[source.startsWith('screen') ? 'screen' : 'own']);
    }
  }

  #listen() {
    let changed = false;
    for (const peer of this.#peers.values()) {
      const [microphone] = peer.connection.getTransceivers();
      const [heard] = microphone?.receiver.getSynchronizationSources() ?? [];
      const speaking = peer.on.includes('microphone') && (heard?.audioLevel ?? 0) > LOUD;
      changed ||= speaking !== peer.speaking;
      peer.speaking = speaking;
    }
    if (changed) this.#on.change();
  }
}
