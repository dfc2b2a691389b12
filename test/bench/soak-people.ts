import {once} from 'node:events';
import {setTimeout as pause} from 'node:timers/promises';
import {WebSocket} from 'ws';
import {basicAuth} from '../../src/http/client.js';
import type {Joined, Peer, ServerMessage} from '../../src/platform/sessions/messages.js';
import {between, oneOf, type Random} from './random.js';
import {APP} from './soak-platform.js';

/** How long somebody waits for the answer to `join` or `resume`, in ms. The platform answers within 10 s. */
const PATIENCE = 12_000;

/** After how long a silence somebody asks for a sign of life, in ms, as the stage's own client does. */
const SILENCE = 10_000;

/** How long a broken visit can be resumed, in ms. */
const RESUMABLE = 45_000;

/** Codes that end a visit. */
const OVER = [1000, 4001, 4002, 4003, 4004];

/** Numbers of the Rooms API that ask a visitor to try again. */
const BUSY = [10105, 19014, 19015, 19016, 50000];
const FULL = 10114;

const HEADERS = {authorization: basicAuth(APP.APP_ID, APP.APP_KEY), 'content-type': 'application/json'};

/** Everybody, the rooms they use, and what they met. */
export class Crowd {
  readonly people: Person[];
  rooms: string[] = [];
  /** Whether people come and go. Otherwise they stay, and only come back when they lose the connection. */
  moving = true;
  /** How often something happened. */
  readonly counts: Record<string, number> = {};
  /** What must not happen. */
  readonly wrongs: string[] = [];
  readonly origins: string[];
  readonly random: Random;
  #settings: object[] = [];

  constructor(origins: string[], people: number, random: Random) {
    this.origins = origins;
    this.random = random;
    this.people = Array.from({length: people}, (_, index) => new Person(this, index));
  }

  count(what: string) {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  async call(method: string, path: string, body?: object, origin = oneOf(this.random, this.origins)) {
    const text = body && JSON.stringify(body);
    const signal = AbortSignal.timeout(PATIENCE);
    const reply = await fetch(`${origin}/video/v2/rooms${path}`, {
      method,
      headers: HEADERS,
      body: text ?? null,
      signal,
    });
    this.count(`answers with ${reply.status}`);
    const answer = (await reply.json()) as {room: {room_id: string}; token: string; total: number; result: number};
    // A platform that cannot start, and is about to end, says 19012.
    if (answer.result === 50000) this.wrongs.push(`${method} ${path} was answered with 500.`);
    return {status: reply.status, ...answer};
  }

  /** Makes rooms of each kind, each for so many participants. */
  async open(rooms: number, participants: number) {
    const kinds = [{adhoc: true}, {knock: true}, {wait_for_moderator: true}, {}, {}];
    for (let index = 0; index < rooms; index++) {
      this.#settings.push({...kinds[index % kinds.length], participants, moderators: 3});
      await this.#make(index);
    }
  }

  /** Makes a new room in place of an ad hoc room that has ended. */
  async replace(room: string) {
    const index = this.rooms.indexOf(room);
    // Somebody else makes it at this moment.
    if (index < 0) return;
    this.rooms[index] = '';
    await this.#make(index).catch(() => (this.rooms[index] = room));
  }

  async #make(index: number) {
    const {room} = await this.call('POST', '', {name: 'Room', owner_ref: 'soak', settings: this.#settings[index]});
    this.rooms[index] = room.room_id;
  }

  /** Breaks the connections of some people. */
  vanish(share: number, how: 'for good' | 'for a moment') {
    for (const person of this.people) if (this.random() < share) person.vanish(how === 'for good');
  }
}

interface Visit {
  room_id: string;
  id: string;
  role: string;
  state: 'in' | 'waiting';
  secret: string;
  /** The others, by id, as this person was told: whether they are away. */
  others: Map<string, boolean>;
}

type Answer = Extract<ServerMessage, {type: 'joined' | 'waiting' | 'refused'}>;

/** One person, who comes into rooms and leaves them. */
export class Person {
  visit?: Visit;
  #crowd: Crowd;
  #index: number;
  #socket?: WebSocket;
  /** Whether they are on their way into a room, back into one, or out. */
  #moving = false;

  constructor(crowd: Crowd, index: number) {
    this.#crowd = crowd;
    this.#index = index;
  }

  /** Whether they are connected, or not in a room at all. */
  get settled() {
    return !this.#moving && (!this.visit || this.#socket?.readyState === WebSocket.OPEN);
  }

  /** Comes and goes until the crowd stops to move. */
  async live() {
    const {random} = this.#crowd;
    while (this.#crowd.moving) {
      await this.come(oneOf(random, this.#crowd.rooms));
      const until = performance.now() + between(random, 1, this.visit ? 40 : 3);
      while (this.#crowd.moving && performance.now() < until) {
        this.#signal();
        await pause(between(random, 0.5, 2));
      }
      if (this.#crowd.moving) await this.leave();
    }
  }

  /** Tries to come into a room. */
  async come(room: string, origin?: string) {
    if (this.visit || this.#moving || !room) return;
    this.#moving = true;
    try {
      const role = this.#index % 8 === 0 ? 'moderator' : 'participant';
      const who = {name: `Person ${this.#index}`, role, user_ref: `person-${this.#index}`, data: {at: this.#index}};
      const {status, result, token} = await this.#crowd.call('POST', `/${room}/tokens`, who, origin);
      if (result === 40001) await this.#crowd.replace(room);
      if (status !== 200) return;
      await this.#say({type: 'join', token}, room, origin);
    } catch {
      this.#crowd.count('calls without an answer');
    } finally {
      this.#moving = false;
    }
  }

  async leave() {
    const {visit} = this;
    const socket = this.#socket;
    this.visit = undefined;
    if (!visit || socket?.readyState !== WebSocket.OPEN) return;
    socket.send(JSON.stringify({type: 'leave'}));
    // A network may have swallowed the connection.
    const late = setTimeout(() => socket.terminate(), PATIENCE);
    await once(socket, 'close');
    clearTimeout(late);
  }

  /** Loses the connection, and comes back, or not. */
  vanish(forGood: boolean) {
    if (forGood) this.visit = undefined;
    this.#socket?.terminate();
  }

  #signal() {
    const {visit} = this;
    const others = [...(visit?.others.keys() ?? [])];
    if (visit?.state !== 'in' || !others.length || this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify({type: 'signal', to: oneOf(this.#crowd.random, others), data: 'x'.repeat(200)}));
  }

  /** Opens a connection and says one thing. Returns the answer, or undefined if there is none. */
  async #say(hello: object, room: string, origin = oneOf(this.#crowd.random, this.#crowd.origins)) {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/video/v2/session`);
    this.#socket = socket;
    const answer = await new Promise<Answer | undefined>(resolve => {
      let late = setTimeout(() => socket.terminate(), PATIENCE);
      const ask = () => {
        socket.send(JSON.stringify({type: 'ping'}));
        late = setTimeout(() => socket.terminate(), PATIENCE);
      };
      socket.on('error', () => {});
      socket.on('open', () => socket.send(JSON.stringify(hello)));
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as ServerMessage;
        clearTimeout(late);
        late = setTimeout(ask, SILENCE);
        if (message.type === 'joined' || message.type === 'waiting' || message.type === 'refused') {
          // Before the next message is read.
          if (message.type !== 'refused') this.#isIn(room, message);
          resolve(message);
        } else this.#hear(message);
      });
      socket.on('close', code => {
        clearTimeout(late);
        resolve(undefined);
        if (this.#socket !== socket) return;
        if (OVER.includes(code)) this.visit = undefined;
        else if (this.visit && !this.#moving) void this.#comeBack(this.visit);
      });
    });
    this.#crowd.count(answer ? answer.type : 'hellos without an answer');
    return answer;
  }

  /** Tries to resume until it works, or the visit is lost. */
  async #comeBack(visit: Visit) {
    this.#moving = true;
    const {random} = this.#crowd;
    const began = performance.now();
    // An attempt without an answer may have worked. Then the platform must take it back.
    let unsure = false;
    while (this.visit === visit && performance.now() - began < RESUMABLE) {
      const answer = await this.#say({type: 'resume', secret: visit.secret}, visit.room_id);
      if (answer && answer.type !== 'refused') break;
      if (answer && !BUSY.includes(answer.result)) {
        const early = performance.now() - began < 20_000;
        if (answer.result === FULL && early) this.#crowd.wrongs.push('A seat was given away within 20 s.');
        if (!unsure) {
          this.#crowd.count('visits lost');
          this.visit = undefined;
        }
      }
      unsure ||= !answer || BUSY.includes(answer.result);
      await pause(between(random, 0.2, 1.5));
    }
    this.#moving = false;
    if (this.visit === visit && this.#socket?.readyState !== WebSocket.OPEN) this.visit = undefined;
  }

  #isIn(room_id: string, message: Joined | Extract<ServerMessage, {type: 'waiting'}>) {
    const {type, you, resume: secret} = message;
    const state = type === 'joined' ? 'in' : 'waiting';
    const visit = {room_id, id: you.id, role: you.role, state, secret, others: new Map()} as Visit;
    if (this.visit?.id === you.id) Object.assign(this.visit, visit);
    else this.visit = visit;
    if (message.type === 'waiting') return;
    message.users.forEach(user => this.#sees(user));
    message.waiting?.forEach(({id}) => this.#admit(id));
  }

  #sees({id, away}: Peer) {
    this.visit?.others.set(id, away === true);
  }

  #admit(id: string) {
    this.#socket?.send(JSON.stringify({type: 'admit', id}));
  }

  #hear(message: ServerMessage) {
    const others = this.visit?.others;
    switch (message.type) {
      case 'user-joined':
      case 'user-back':
        return this.#sees(message.user);
      case 'more':
        return message.users.forEach(user => this.#sees(user));
      case 'user-left':
        return others?.delete(message.id);
      case 'user-away':
        return others?.set(message.id, true);
      case 'knock':
        return this.#admit(message.user.id);
      default:
        return undefined;
    }
  }
}
