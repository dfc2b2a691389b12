import {again, connectionTo, queue, Watch, type MediaOptions} from './janus-connection.js';
import type {Description, Plugin} from './janus-session.js';

/** A stream that somebody sends. */
export interface Feed {
  feed: string;
  mid?: string;
}

/** What Janus says of a stream: what its sender calls it, and `audio` or `video`. */
export interface Described {
  description?: string | undefined;
  type?: string | undefined;
}

interface Received extends Required<Feed> {
  track: MediaStreamTrack;
}

export interface SubscriberOptions extends MediaOptions {
  room: string;
  /** Shows Janus that you are in the room. */
  privateId: number | undefined;
  /** A handle of the VideoRoom that nobody uses yet. */
  handle: number;
  /** The media have found their way, or none. */
  found: () => void;
  /** What you want to receive now. */
  wanted: () => Feed[];
  /** What the streams that you receive are. */
  described: (streams: (Required<Feed> & Described)[]) => void;
}

/** What you receive: all of it over one connection. */
export class JanusSubscriber {
  received: Received[] = [];
  #options: SubscriberOptions;
  #queue = queue();
  #handle?: number | undefined;
  #spare: number | undefined;
  #connection?: RTCPeerConnection | undefined;
  #watch?: Watch | undefined;
  #isUpdating = false;

  constructor(options: SubscriberOptions) {
    this.#options = options;
    this.#spare = options.handle;
  }

  get isBroken() {
    return this.#watch?.isBroken ?? false;
  }

  is(handle: number) {
    return handle === this.#handle;
  }

  /** Receives what is wanted and not there yet. */
  update(): void {
    if (this.#isUpdating) return;
    this.#isUpdating = true;
    void this.#queue(async () => {
      this.#isUpdating = false;
      await this.#subscribe();
    }).catch(again(this.#options.session, () => this.update()));
  }

  /** Janus offers something else: somebody left. */
  told(streams: Plugin['streams'], jsep: Description | undefined) {
    void this.#queue(() => this.#take(streams, jsep)).catch(() => {});
    this.update();
  }

  /** Somebody sends nothing any more. What they publish next is new, though its mids may be the same. */
  forget(feed: string | undefined) {
    this.received = this.received.filter(each => each.feed !== feed);
  }

  hungUp() {
    this.#watch?.fail();
  }

  restart = () =>
    this.#queue(async () => {
      if (!this.#handle || this.#options.session.isBroken) return;
      const body = {request: 'configure', restart: true};
      const {jsep} = await this.#options.session.ask(this.#handle, body);
      await this.#take(undefined, jsep);
    }).catch(() => {}); // Watch builds it anew, or the session ends.

  /** Receives all of it anew. */
  rebuild = () => {
    const rebuilt = this.#queue(async () => {
      // It is built anew when the session is back.
      if (this.#options.session.isBroken) return;
      if (this.#handle) this.#options.session.tell(this.#handle, {janus: 'detach'});
      this.close();
    });
    this.update();
    return rebuilt;
  };

  close() {
    this.#watch?.stop();
    this.#watch = undefined;
    this.#handle = undefined;
    this.#connection = undefined;
    this.received = [];
  }

  async #subscribe() {
    const {session, room, privateId, wanted} = this.#options;
    const has = ({feed, mid}: Feed) =>
      this.received.some(each => each.feed === feed && (mid === undefined || each.mid === mid));
    const streams = wanted().filter(each => !has(each));
    if (streams.length === 0) return;
    if (this.#handle) {
      const {data, jsep} = await session.ask(this.#handle, {request: 'update', subscribe: streams});
      return this.#take(data.streams, jsep);
    }
    const handle = this.#spare ?? (await session.attach());
    this.#spare = undefined;
    const body = {request: 'join', ptype: 'subscriber', room, private_id: privateId, streams};
    const {data, jsep} = await session.ask(handle, body);
    this.#handle = handle;
    const connection = (this.#connection = connectionTo(this.#options, handle));
    const {change, found} = this.#options;
    connection.oniceconnectionstatechange = () => connection.iceConnectionState !== 'checking' && found();
    this.#watch = new Watch(connection, {change, restart: this.restart, rebuild: this.rebuild});
    await this.#take(data.streams, jsep);
  }

  async #take(streams: Plugin['streams'], jsep: Description | undefined) {
    const connection = this.#connection;
    if (!connection || !this.#handle) return;
    if (jsep) {
      await connection.setRemoteDescription(jsep);
      await connection.setLocalDescription();
    }
    const answer = jsep && (connection.localDescription?.toJSON() as RTCSessionDescriptionInit);
    const started = answer && this.#options.session.ask(this.#handle, {request: 'start'}, answer);
    // What is received is shown while the media find their way.
    if (streams) this.#receive(connection, streams);
    try {
      await started;
    } catch (error) {
      this.received = [];
      throw error;
    }
  }

  #receive(connection: RTCPeerConnection, streams: NonNullable<Plugin['streams']>) {
    const live = streams.flatMap(({mid, type, active, feed_id: feed, feed_mid, feed_description: description}) =>
      active !== false && feed !== undefined && feed_mid !== undefined
        ? [{place: mid, feed, mid: feed_mid, description, type}]
        : [],
    );
    this.received = live.flatMap(({place, feed, mid}) => {
      const track = connection.getTransceivers().find(each => each.mid === place)?.receiver.track;
      return track ? [{feed, mid, track}] : [];
    });
    this.#options.described(live);
    this.#options.change();
  }
}
