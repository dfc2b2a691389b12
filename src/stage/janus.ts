import {janus} from '../connect/connect.js';
import {RoomsError} from '../rooms/errors.js';
import type {Call, CallListener, Connect, EndReason, Person, Source, TokenDetail} from './call.js';
import type {MediaOptions} from './janus-connection.js';
import {JanusPublisher, OFF, SOURCES} from './janus-publisher.js';
import {JanusSession, type Plugin, type Publisher, type Told} from './janus-session.js';
import {JanusSubscriber, type Described, type Feed} from './janus-subscriber.js';

/** Joins a room of Janus's VideoRoom. */
export const connect: Connect = async (detail, on, signal) => {
  const call = new JanusCall(detail, on);
  signal.addEventListener('abort', () => call.give());
  await call.enter();
  return call;
};

/** Somebody in the room. */
interface Guest {
  name: string;
  /** What their streams are, by mid. Undefined: they send, and we do not know yet what. */
  streams?: Map<string, string> | undefined;
  sends: boolean;
  speaking: boolean;
}

/** How long the call waits at most for what the others send, before it begins without, in ms. */
const SOON = 500;

/** What each role may send. */
const EVERYTHING: ReadonlySet<Source> = new Set(SOURCES);
const NOTHING: ReadonlySet<Source> = new Set();

/** What a stream is. Other clients than ours do not describe what they send, or in words of their own. */
function sourceOf({description = '', type = ''}: Described): string {
  if (description === OFF || EVERYTHING.has(description as Source)) return description;
  if (type === 'audio') return 'microphone';
  return type === 'video' ? 'camera' : OFF;
}

class JanusCall implements Call {
  #detail: TokenDetail;
  #on: CallListener;
  #session: JanusSession;
  #media: MediaOptions;
  #join: object;
  #room: string;
  #handle = 0;
  #id = '';
  #others = new Map<string, Guest>();
  #speaking = false;
  #publisher!: JanusPublisher;
  #subscriber?: JanusSubscriber;
  /** Janus let us in. */
  #isIn = false;
  /** The page has the call. */
  #begun = false;
  #received = () => {};
  #ended = false;
  #given = false;
  /** What came before the answer to our request to join was handled. */
  #early: Told[] = [];

  constructor(detail: TokenDetail, on: CallListener) {
    const {session, join} = janus(detail);
    this.#detail = detail;
    this.#on = on;
    this.#join = join.message;
    this.#room = join.message.room;
    this.#session = new JanusSession(session.server, session.token, {
      told: (handle, told) => this.#told(handle, told),
      hungUp: handle => this.#hungUp(handle),
      broken: () => this.#changed(),
      back: () => void this.#catchUp(),
      end: reason => this.#end(reason),
    });
    const {iceServers = []} = session;
    this.#media = {session: this.#session, iceServers, change: () => this.#changed()};
  }

  get state() {
    if (this.#ended) return 'ended';
    const isBroken = this.#session.isBroken || this.#publisher.isBroken || this.#subscriber?.isBroken;
    return isBroken ? 'reconnecting' : 'connected';
  }

  get you(): Person {
    const name = this.#detail.participant.name ?? '';
    return {id: this.#id, name, tracks: {...this.#publisher.tracks}, speaking: this.#speaking, away: false};
  }

  get others(): readonly Person[] {
    const received = this.#subscriber?.received ?? [];
    return [...this.#others].map(([id, {name, streams, speaking}]) => {
      const tracks = received.flatMap(({feed, mid, track}) => {
        const source = feed === id ? streams?.get(mid) : undefined;
        return source && EVERYTHING.has(source as Source) ? [[source, track] as const] : [];
      });
      return {id, name, tracks: Object.fromEntries(tracks), speaking, away: false};
    });
  }

  get may(): ReadonlySet<Source> {
    const {role} = this.#detail.participant;
    return role === 'moderator' || role === 'participant' ? EVERYTHING : NOTHING;
  }

  async send(source: Source, track: MediaStreamTrack | null) {
    if (this.#ended) return;
    if (track && !this.may.has(source)) throw new RoomsError('denied', 'Your role does not send.');
    await this.#publisher.send(source, track);
  }

  leave() {
    if (this.#ended) return;
    if (this.#handle) this.#session.tell(this.#handle, {janus: 'message', body: {request: 'leave'}});
    this.#session.close();
    this.#end('left');
  }

  /** Gives up before one is in. */
  give() {
    if (this.#begun) return;
    this.#given = true;
    this.leave();
  }

  async enter(): Promise<void> {
    try {
      await this.#session.open();
      // One handle sends, the other one receives.
      const [handle, other] = await Promise.all([this.#session.attach(), this.#session.attach()]);
      this.#handle = handle;
      this.#publisher = new JanusPublisher(this.#media, handle);
      const {data} = await this.#session.ask(handle, this.#join);
      this.#enter(data, other);
      await this.#receives();
      this.#begun = !this.#given;
    } catch (error) {
      this.#ended = true;
      this.#session.close();
      if (!this.#given) throw error;
    }
    if (this.#given) throw new RoomsError('aborted', 'You left before you were in.');
  }

  /** Waits until what the others send has found its way, which takes longer once the page draws the call. */
  async #receives() {
    if (this.#wanted().length === 0 || this.#ended) return;
    await new Promise<void>(resolve => {
      this.#received = resolve;
      setTimeout(resolve, SOON);
    });
  }

  #enter({id = '', private_id, publishers = [], attendees = []}: Partial<Plugin>, handle: number) {
    this.#id = id;
    this.#isIn = true;
    this.#subscriber = new JanusSubscriber({
      ...this.#media,
      room: this.#room,
      privateId: private_id,
      handle,
      found: () => this.#received(),
      wanted: () => this.#wanted(),
      described: streams => {
        for (const {feed, mid, ...stream} of streams) this.#describe(feed, mid, sourceOf(stream));
      },
    });
    for (const each of attendees) this.#meet(each.id, each.display);
    for (const each of publishers) this.#publishes(each);
    for (const {data} of this.#early.splice(0)) this.#follow(data);
    this.#subscriber.update();
  }

  #changed() {
    if (this.#begun && !this.#ended) this.#on.change();
  }

  #end(reason: EndReason) {
    if (this.#ended) return;
    this.#ended = true;
    this.#publisher?.close();
    this.#subscriber?.close();
    this.#session.close();
    this.#received();
    if (this.#isIn && !this.#given) this.#on.end(reason);
  }

  #hungUp(handle: number) {
    if (handle === this.#handle) this.#publisher.hungUp();
    else if (this.#subscriber?.is(handle)) this.#subscriber.hungUp();
  }

  #told(handle: number, told: Told) {
    if (this.#subscriber?.is(handle)) return this.#subscriber.told(told.data.streams, told.jsep);
    if (handle !== this.#handle) return;
    if (!this.#isIn) return void this.#early.push(told);
    this.#follow(told.data);
    this.#subscriber?.update();
    this.#changed();
  }

  #follow({videoroom, joining, leaving, kicked, unpublished, publishers = [], reason, id}: Partial<Plugin>) {
    if (videoroom === 'destroyed') return this.#end('closed');
    if (leaving === 'ok') return this.#end(reason === 'kicked' ? 'removed' : 'lost');
    if (videoroom === 'talking' || videoroom === 'stopped-talking') return this.#speaks(id, videoroom === 'talking');
    if (joining) this.#meet(joining.id, joining.display);
    for (const each of publishers) this.#publishes(each);
    for (const gone of [leaving, kicked, unpublished]) this.#subscriber?.forget(gone);
    for (const gone of [leaving, kicked]) this.#others.delete(gone ?? '');
    const guest = this.#others.get(unpublished ?? '');
    if (guest) Object.assign(guest, {streams: undefined, sends: false, speaking: false});
  }

  #speaks(id: string | undefined, speaking: boolean) {
    const guest = this.#others.get(id ?? '');
    if (guest) guest.speaking = speaking;
    else if (id === this.#id) this.#speaking = speaking;
  }

  #meet(id: string, name = ''): Guest | undefined {
    if (id === this.#id) return undefined;
    const guest = this.#others.get(id) ?? {name, sends: false, speaking: false};
    this.#others.set(id, guest);
    return guest;
  }

  #publishes({id, display, streams = []}: Publisher) {
    const guest = this.#meet(id, display);
    if (!guest) return;
    guest.sends = true;
    const known = streams.flatMap(({mid, disabled, ...stream}) =>
      mid !== undefined && !disabled ? [[mid, sourceOf(stream)] as const] : [],
    );
    guest.streams = new Map(known);
  }

  #describe(id: string, mid: string, source: string) {
    const guest = this.#others.get(id);
    // What they say themselves is newer.
    if (!guest || guest.streams?.has(mid)) return;
    guest.streams ??= new Map();
    guest.streams.set(mid, source);
  }

  /** The streams that are on. Of somebody whose streams we do not know: all. */
  #wanted(): Feed[] {
    return [...this.#others].flatMap(([feed, {streams, sends}]): Feed[] => {
      if (!sends) return [];
      if (!streams) return [{feed}];
      return [...streams].filter(([, source]) => EVERYTHING.has(source as Source)).map(([mid]) => ({feed, mid}));
    });
  }

  /** The session was away for a while: asks who is there, and mends the media. */
  async #catchUp() {
    try {
      const {data} = await this.#session.ask(this.#handle, {request: 'listparticipants', room: this.#room});
      const people = data.participants ?? [];
      // Who is put out while away is not told.
      if (!people.some(({id}) => id === this.#id)) return this.#end('removed');
      const before = this.#others;
      this.#others = new Map();
      for (const {id, display, publisher = false} of people) {
        const guest = this.#meet(id, display ?? before.get(id)?.name);
        if (guest) guest.sends = publisher;
      }
      await Promise.all([this.#publisher.resume(), this.#subscriber?.rebuild()]);
    } catch (error) {
      // It broke again, and will be back again; else nobody knows who is here.
      if (!this.#session.isBroken && (error as RoomsError).code !== 'offline') this.#end('lost');
    }
    this.#changed();
  }
}
