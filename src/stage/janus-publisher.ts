import type {Source} from './call.js';
import {again, connectionTo, queue, Watch, type MediaOptions} from './janus-connection.js';

/** The sources in the order of their places in the connection that sends. */
export const SOURCES = ['microphone', 'camera', 'screen', 'screen-audio'] as const satisfies readonly Source[];
/** The description of a place that sends nothing. */
export const OFF = 'off';
const isVideo = (source: Source) => source === 'camera' || source === 'screen';

/** What you send. Nothing is published before you first turn something on. */
export class JanusPublisher {
  readonly tracks: Partial<Record<Source, MediaStreamTrack>> = {};
  #options: MediaOptions;
  #handle: number;
  #queue = queue();
  #connection?: RTCPeerConnection | undefined;
  #watch?: Watch | undefined;

  constructor(options: MediaOptions, handle: number) {
    this.#options = options;
    this.#handle = handle;
  }

  get isBroken() {
    return this.#watch?.isBroken ?? false;
  }

  /** @throws RoomsError `room_full` if too many people send already. */
  async send(source: Source, track: MediaStreamTrack | null) {
    if ((this.tracks[source] ?? null) === track) return;
    if (track) this.tracks[source] = track;
    else delete this.tracks[source];
    await this.#queue(async () => {
      const connection = this.#connection;
      if (!connection) return Object.keys(this.tracks).length > 0 ? this.#publish() : undefined;
      // Several sources may have been turned on while it was published.
      const now = this.tracks[source] ?? null;
      await connection.getTransceivers()[SOURCES.indexOf(source)]?.sender.replaceTrack(now);
      await this.#configure({descriptions: this.#descriptions});
    });
  }

  /** Finds a new way for the media. */
  restart = () =>
    this.#queue(async () => {
      const connection = this.#connection;
      if (!connection || this.#options.session.isBroken) return;
      await connection.setLocalDescription(await connection.createOffer({iceRestart: true}));
      await this.#configure({}, connection);
    }).catch(() => {}); // Watch builds it anew, or the session ends.

  /** The session was away: says again what is on, and mends what broke meanwhile. */
  async resume() {
    // A connection that Janus gave up cannot be restarted.
    if (this.#connection?.connectionState !== 'connected') return this.#rebuild();
    await this.#queue(() => this.#configure({descriptions: this.#descriptions}));
  }

  /** Janus gave up its side. */
  hungUp() {
    this.#watch?.fail();
  }

  close() {
    this.#watch?.stop();
    this.#watch = undefined;
    this.#connection = undefined;
  }

  get #descriptions() {
    // The others learn from the description what is on.
    return SOURCES.map((source, at) => ({
      mid: this.#connection?.getTransceivers()[at]?.mid ?? String(at),
      description: this.tracks[source] ? source : OFF,
    }));
  }

  async #configure(more: object, connection?: RTCPeerConnection) {
    const offer = connection?.localDescription?.toJSON() as RTCSessionDescriptionInit | undefined;
    const {jsep} = await this.#options.session.ask(this.#handle, {request: 'configure', ...more}, offer);
    if (jsep && connection) await connection.setRemoteDescription(jsep);
  }

  async #publish() {
    const connection = connectionTo(this.#options, this.#handle);
    this.#connection = connection;
    for (const source of SOURCES) {
      const place = connection.addTransceiver(isVideo(source) ? 'video' : 'audio', {direction: 'sendonly'});
      await place.sender.replaceTrack(this.tracks[source] ?? null);
    }
    try {
      await connection.setLocalDescription();
      const {session} = this.#options;
      const offer = connection.localDescription?.toJSON() as RTCSessionDescriptionInit;
      const body = {request: 'publish', descriptions: this.#descriptions};
      const {jsep} = await session.ask(this.#handle, body, offer);
      if (jsep) await connection.setRemoteDescription(jsep);
    } catch (error) {
      connection.close();
      this.#connection = undefined;
      throw error;
    }
    const {change} = this.#options;
    this.#watch = new Watch(connection, {change, restart: this.restart, rebuild: () => this.#rebuild()});
  }

  #rebuild = (): Promise<void> =>
    this.#queue(async () => {
      // It is resumed when the session is back.
      if (this.#options.session.isBroken) return;
      this.close();
      // Janus may have hung up already, and then knows of nothing to end.
      await this.#options.session.ask(this.#handle, {request: 'unpublish'}).catch(() => {});
      if (Object.keys(this.tracks).length > 0) await this.#publish();
    }).catch(again(this.#options.session, () => this.#rebuild()));
}
