// A small video client: it joins a room with a token and stays until you leave. The page gives it the token and the address
// of the server. It reports people, their streams, and the state of your visit. mesh.ts connects people to each other.
import {capture, stop} from './media.js';
import {Mesh} from './mesh.js';

/** A person in the room, as the session describes them. */
export interface Person {
  id: string;
  name: string;
  role: 'moderator' | 'participant' | 'viewer' | 'audience';
  permissions: {publish?: boolean};
  /** Whether their connection broke; they may come back. */
  away?: boolean;
}

/** The room when you come in. */
export interface Inside {
  you: Person;
  others: Person[];
  room: {name: string; settings: {mode?: 'group' | 'lecture'; knock?: boolean; wait_for_moderator?: boolean}};
  /** The people who knock; only moderators get it. */
  knocking: Person[];
}

type Kind = 'audio' | 'video';

export interface Handlers {
  /** You knock, and a moderator decides whether you come in. */
  waiting: (you: Person) => void;
  /** You are in the room; called again with the people present when your connection is back. */
  joined: (inside: Inside) => void;
  /** Somebody else came in. */
  arrived: (person: Person) => void;
  /** The rights or the presence of a person changed; also yours. */
  changed: (person: Person) => void;
  /** The stream of a person, also your own; undefined when they stop sending. */
  stream: (person: Person, stream?: MediaStream) => void;
  /** Somebody else left. */
  left: (person: Person) => void;
  /** The list of people who knock changed; only moderators get it. `came`: the new ones. */
  knocking: (people: Person[], came?: Person) => void;
  /** A moderator muted a person; if it is you, that was done already. Without `kind`: camera and microphone. */
  muted: (person: Person, by?: Person, kind?: Kind) => void;
  /** Your connection broke and is being restored; your seat is kept meanwhile. */
  reconnecting: () => void;
  /** A sentence for the visitor. */
  notice: (sentence: string) => void;
  /** The visit is over and everything is cleaned up. */
  ended: (reason: string) => void;
}

type Message =
  | {type: 'joined'; you: Person; users: Person[]; room: Inside['room']; waiting?: Person[]; resume: string}
  | {type: 'more'; users: Person[]; waiting: Person[]}
  | {type: 'waiting'; you: Person; resume: string}
  | {type: 'refused'; result: number; error: string}
  | {type: 'user-joined' | 'user-back' | 'user-changed' | 'knock'; user: Person}
  | {type: 'user-left' | 'user-away' | 'knock-ended'; id: string}
  | {type: 'muted'; id: string; kind?: Kind; by: string}
  | {type: 'signal'; from: string; data: unknown}
  | {type: 'dropped' | 'ended'}
  | {type: 'error'; error: string};

/** Commands of a moderator. */
type Command =
  | {type: 'admit' | 'deny' | 'drop'; id: string}
  | {type: 'mute'; id: string; kind?: Kind}
  | {type: 'floor'; id: string; on: boolean}
  | {type: 'end'};

/** How long the platform keeps the seat after a broken connection, in ms. */
const RESUME_WITHIN = 45_000;
/** The longest time for one try to connect, in ms. */
const PATIENCE = 10_000;
/** The longest time between two tries, in ms. */
const LONGEST_PAUSE = 5_000;
/** The close code of a connection that is not meant as leaving. */
const BROKEN = 4000;
/** `result` of a refusal: no seat is free. */
const ROOM_FULL = 10114;

const LOST = 'The connection to the room was lost.';

/** One visit to one room, from the token to `ended`. */
export class Visit {
  #on: Handlers;
  #url: string;
  #done = new AbortController();
  /** The present connection; once `heard` is aborted, its events are ignored. */
  #line?: {socket: WebSocket; heard: AbortController};
  /** The key to resume without a token; undefined before we were in or knocked. */
  #secret?: string;
  /** When the connection broke, and the tries since; undefined while connected. */
  #broken?: {since: number; tries: number};
  #retry?: ReturnType<typeof setTimeout>;

  #you?: Person;
  #people = new Map<string, Person>();
  #knocking = new Map<string, Person>();
  #mesh: Mesh;
  /** Handles messages in order: a candidate must wait for its description. */
  #work = Promise.resolve();

  /** Aborted when you may no longer publish; undefined while you may not. */
  #onAir?: AbortController;
  #stream?: MediaStream;
  /** The kinds of track that you withhold for now. */
  #withheld = new Set<string>();

  constructor(serverUrl: string, token: string, on: Handlers) {
    this.#on = on;
    this.#url = serverUrl;
    this.#mesh = new Mesh({
      signal: (to, data) => void this.#send({type: 'signal', to, data}),
      stream: (from, stream) => this.#tellOf(from, person => on.stream(person, stream)),
      failed: id => this.#tellOf(id, ({name}) => on.notice(`The connection to ${name} is bad; trying again…`)),
    });
    const {signal} = this.#done;
    addEventListener('offline', () => this.#secret && this.#lose(), {signal});
    addEventListener('online', () => this.#broken && this.#resume(), {signal});
    this.#connect({type: 'join', token});
  }

  /** Sends or withholds your microphone (`audio`) or camera (`video`), also for a later stream. */
  enable(kind: Kind, on: boolean) {
    if (on) this.#withheld.delete(kind);
    else this.#withheld.add(kind);
    for (const track of this.#stream?.getTracks() ?? []) track.enabled = !this.#withheld.has(track.kind);
  }

  /** Sends a moderator's command; anybody else gets a notice that they may not. */
  command(command: Command) {
    if (!this.#send(command)) this.#on.notice('Not connected right now. Try again in a moment.');
  }

  leave() {
    this.#send({type: 'leave'});
    this.#end('You left the room.');
  }

  #connect(hello: {type: 'join'; token: string} | {type: 'resume'; secret: string}) {
    const socket = new WebSocket(this.#url);
    const heard = new AbortController();
    this.#line = {socket, heard};
    const {signal} = heard;
    // The token is sent in a message and not in the address, because servers log addresses.
    socket.addEventListener('open', () => this.#send(hello), {signal});
    socket.addEventListener('close', ({code}) => this.#closed(code), {signal});
    socket.addEventListener('message', ({data}) => this.#hear(JSON.parse(data as string) as Message), {signal});
    const impatience = setTimeout(() => this.#lose(), PATIENCE);
    signal.addEventListener('abort', () => clearTimeout(impatience));
    socket.addEventListener('message', () => clearTimeout(impatience), {signal, once: true});
  }

  #hear(message: Message) {
    const {signal} = this.#done;
    this.#work = this.#work
      .then(() => (signal.aborted ? undefined : this.#receive(message)))
      .catch((error: unknown) => {
        // Work that was running when you left may fail; that does not matter.
        if (!signal.aborted) console.error(error);
      });
  }

  /** Closes the connection. The platform keeps the seat unless `leave` was sent. */
  #hangUp(code?: number) {
    this.#line?.heard.abort();
    this.#line?.socket.close(code);
    this.#line = undefined;
  }

  #closed(code: number) {
    const line = this.#line;
    // With these codes the platform ends a visit on purpose. The message with the reason came before and is being handled.
    if (code < 4001 || code > 4004) this.#lose();
    else void this.#work.then(() => line === this.#line && this.#end(LOST));
  }

  /** The connection broke: reconnects soon, then less often, until the seat is gone. */
  #lose() {
    this.#hangUp(BROKEN);
    clearTimeout(this.#retry);
    if (!this.#secret) return this.#end(LOST);
    if (!this.#broken) {
      this.#broken = {since: Date.now(), tries: 0};
      this.#on.reconnecting();
    }
    const {since, tries} = this.#broken;
    if (Date.now() - since > RESUME_WITHIN) return this.#end(LOST);
    this.#broken.tries += 1;
    // A random delay, so that not all clients reconnect at once if the platform failed.
    const pause = Math.min(250 * 2 ** tries, LONGEST_PAUSE) * (0.5 + Math.random() / 2);
    this.#retry = setTimeout(() => this.#resume(), pause);
  }

  #resume() {
    clearTimeout(this.#retry);
    this.#hangUp(BROKEN);
    this.#connect({type: 'resume', secret: this.#secret!});
  }

  #end(reason: string) {
    if (this.#done.signal.aborted) return;
    this.#done.abort();
    clearTimeout(this.#retry);
    this.#hangUp();
    this.#mesh.clear();
    this.#onAir?.abort();
    stop(this.#stream);
    this.#on.ended(reason);
  }

  #send(message: object): boolean {
    const {socket} = this.#line ?? {};
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(message));
    return true;
  }

  #receive(message: Message): void | Promise<void> {
    switch (message.type) {
      case 'waiting':
        this.#secret = message.resume;
        this.#broken = undefined;
        return this.#on.waiting(message.you);
      case 'joined':
        return this.#enter(message);
      case 'more':
        return this.#meet(message);
      case 'refused':
        return this.#refuse(message.result, message.error);
      case 'user-joined':
        this.#people.set(message.user.id, message.user);
        this.#mesh.expect(message.user.id);
        return this.#on.arrived(message.user);
      case 'user-back':
        this.#mesh.expect(message.user.id);
        return this.#change(message.user);
      case 'user-away':
        return this.#tellOf(message.id, person => this.#change({...person, away: true}));
      case 'user-changed':
        return this.#change(message.user);
      case 'user-left':
        this.#mesh.part(message.id);
        this.#tellOf(message.id, this.#on.left);
        return void this.#people.delete(message.id);
      case 'knock':
        this.#knocking.set(message.user.id, message.user);
        return this.#on.knocking([...this.#knocking.values()], message.user);
      case 'knock-ended':
        this.#knocking.delete(message.id);
        return this.#on.knocking([...this.#knocking.values()]);
      case 'muted':
        return this.#hush(message);
      case 'signal':
        return this.#mesh.receive(message.from, message.data);
      case 'dropped':
        return this.#end('A moderator removed you from the room.');
      case 'ended':
        return this.#end('A moderator ended the session.');
      case 'error':
        return this.#on.notice(message.error);
    }
  }

  #enter({you, users, room, waiting = [], resume}: Message & {type: 'joined'}) {
    this.#secret = resume;
    this.#broken = undefined;
    this.#you = you;
    // Signals may have been missed meanwhile, so all peers start again.
    this.#mesh.clear();
    const keyed = (people: Person[]) => new Map(people.map(person => [person.id, person]));
    this.#people = keyed([you, ...users]);
    this.#knocking = keyed(waiting);
    this.#on.joined({you, others: users, room, knocking: waiting});
    if (you.role === 'audience') return; // The audience has no peer connections.
    // A person who is away calls when they are back.
    for (const {id, away} of users) if (!away) this.#mesh.call(id);
    void this.#publish();
  }

  /** Further people who are in or knock, of whom there were too many for `joined`. */
  #meet({users, waiting}: Message & {type: 'more'}) {
    for (const person of users) {
      this.#people.set(person.id, person);
      this.#on.arrived(person);
      if (!person.away) this.#mesh.call(person.id);
    }
    for (const person of waiting) this.#knocking.set(person.id, person);
    if (waiting.length > 0) this.#on.knocking([...this.#knocking.values()]);
  }

  #refuse(result: number, error: string) {
    if (!this.#broken) return this.#end(error);
    // Somebody else took the seat meanwhile; it may become free again.
    if (result === ROOM_FULL) return this.#lose();
    this.#end('You are no longer in the room.');
  }

  #change(person: Person) {
    this.#people.set(person.id, person);
    this.#on.changed(person);
    if (person.id !== this.#you?.id) return;
    this.#you = person;
    void this.#publish();
  }

  #hush({id, kind, by}: Message & {type: 'muted'}) {
    if (id === this.#you?.id)
      for (const each of kind ? [kind] : (['audio', 'video'] as const)) this.enable(each, false);
    this.#tellOf(id, person => this.#on.muted(person, this.#people.get(by), kind));
  }

  #tellOf(id: string, tell: (person: Person) => void) {
    const person = this.#people.get(id);
    if (person) tell(person);
  }

  /** Starts or stops sending according to your rights. It does not wait for the camera, which is sent once available. */
  async #publish() {
    const you = this.#you!;
    const may = Boolean(you.permissions.publish);
    if (may === Boolean(this.#onAir)) return;
    if (!may) {
      this.#onAir?.abort();
      this.#onAir = undefined;
      return this.#show(you, undefined);
    }
    const {signal} = (this.#onAir = new AbortController());
    const stream = await capture(you.name, this.#on.notice, signal);
    // If you left while the browser asked for the camera, it must not stay on.
    if (signal.aborted) return stop(stream);
    for (const track of stream.getTracks()) track.enabled = !this.#withheld.has(track.kind);
    this.#show(you, stream);
  }

  #show(you: Person, stream?: MediaStream) {
    stop(this.#stream);
    this.#stream = stream;
    this.#mesh.publish(stream);
    this.#on.stream(you, stream);
  }
}
