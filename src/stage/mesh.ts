import {RoomsError} from '../rooms/errors.js';
import {isServerUrl} from '../rooms/web-address.js';
import type {Call, CallListener, Connect, Moderation, Person, Source, TokenDetail} from './call.js';
import {Peers} from './peers.js';
import {Session, type Message, type Peer} from './session.js';

/** Joins a room of the local platform. Its people are connected to each other, without a media server. */
export const connect: Connect = (detail, on, signal) =>
  new Promise((resolve, reject) => {
    const call: MeshCall = new MeshCall(detail, on, {
      inside: () => resolve(call),
      refused: reject,
    });
    signal.addEventListener('abort', () => call.give());
  });

interface Outcome {
  inside(): void;
  refused(error: RoomsError): void;
}

class MeshCall implements Call {
  #on: CallListener;
  #outcome: Outcome | undefined;
  #session: Session;
  #peers: Peers;
  #ended = false;
  #you?: Peer;
  /** The others who are in, oldest first. */
  #people = new Map<string, Peer>();
  #knocking = new Map<string, Peer>();
  #settings: {mode?: string | undefined; screen_share?: boolean | undefined} = {};
  #sent: Partial<Record<Source, MediaStreamTrack>> = {};

  constructor({token, serverUrl, connection}: TokenDetail, on: CallListener, outcome: Outcome) {
    if (!isServerUrl(serverUrl)) {
      throw new RoomsError('misconfigured', 'The token has no address of a session.', {
        key: 'serverUrl of the token proxy',
      });
    }
    if (!globalThis.RTCPeerConnection) {
      throw new RoomsError('misconfigured', 'This browser has no WebRTC.', {key: 'WebRTC'});
    }
    this.#on = on;
    this.#outcome = outcome;
    const {iceServers = []} = (connection ?? {}) as {iceServers?: RTCIceServer[]};
    this.#peers = new Peers(iceServers, {
      signal: (to, data) => void this.#session.send({type: 'signal', to, data}),
      change: () => this.#changed(),
    });
    this.#session = new Session(serverUrl, token, {
      message: message => this.#receive(message),
      broken: () => (this.#outcome ? on.waiting?.(true) : this.#changed()),
      end: (reason, error) => {
        this.#ended = true;
        this.#peers.clear();
        // Somebody who knocks learns that the session was ended, too.
        if (!error) on.end(reason);
        this.#outcome?.refused(error ?? new RoomsError('aborted', 'You left before you were in.'));
        this.#outcome = undefined;
      },
    });
  }

  get state() {
    if (this.#ended) return 'ended';
    return this.#session.isBroken ? 'reconnecting' : 'connected';
  }

  get you(): Person {
    return {...this.#shown(this.#you!), tracks: this.#sent, speaking: false};
  }

  get others(): readonly Person[] {
    return [...this.#people.values()].map(peer => this.#shown(peer));
  }

  get may(): ReadonlySet<Source> {
    if (!this.#you?.permissions.publish) return new Set();
    const screen = this.#settings.screen_share === false ? [] : (['screen', 'screen-audio'] as const);
    return new Set<Source>(['microphone', 'camera', ...screen]);
  }

  get moderation(): Moderation | undefined {
    if (this.#you?.role !== 'moderator') return undefined;
    return {
      knocking: [...this.#knocking.values()],
      admit: id => this.#command({type: 'admit', id}),
      deny: id => this.#command({type: 'deny', id}),
      floor: (id, on) => this.#command({type: 'floor', id, on}),
      mute: id => this.#command({type: 'mute', id, kind: 'audio'}),
      remove: id => this.#command({type: 'drop', id}),
      end: () => this.#command({type: 'end'}),
    };
  }

  async send(source: Source, track: MediaStreamTrack | null) {
    const {[source]: _, ...rest} = this.#sent;
    this.#sent = track ? {...rest, [source]: track} : rest;
    await this.#peers.send(source, track);
  }

  leave() {
    this.#session.leave();
  }

  /** Gives up before one is in. */
  give() {
    if (this.#outcome) this.leave();
  }

  #changed() {
    if (!this.#outcome && !this.#ended) this.#on.change();
  }

  #command(command: object) {
    if (this.#session.send(command)) return;
    this.#on.failed?.();
  }

  #receive(message: Message): void | Promise<void> {
    switch (message.type) {
      case 'waiting':
        return this.#on.waiting?.(false);
      case 'joined':
        return this.#enter(message);
      case 'more':
        return this.#meet(message.users, message.waiting);
      case 'signal':
        return this.#peers.receive(message.from, message.data);
      case 'muted':
        return this.#muted(message);
      case 'error':
        return this.#on.failed?.();
    }
    this.#follow(message);
    this.#changed();
  }

  #follow(message: Extract<Message, {user: Peer} | {type: 'user-left' | 'user-away' | 'knock-ended'}>) {
    switch (message.type) {
      case 'user-joined':
      case 'user-back':
      case 'user-changed':
        if (message.user.id === this.#you?.id) this.#you = message.user;
        else this.#people.set(message.user.id, message.user);
        return;
      case 'user-away': {
        const person = this.#people.get(message.id);
        if (person) this.#people.set(message.id, {...person, away: true});
        return;
      }
      case 'user-left':
        this.#people.delete(message.id);
        return this.#peers.part(message.id);
      case 'knock':
        this.#knocking.set(message.user.id, message.user);
        return;
      case 'knock-ended':
        this.#knocking.delete(message.id);
    }
  }

  #enter({you, users, room, waiting = []}: Extract<Message, {type: 'joined'}>) {
    this.#you = you;
    this.#settings = room.settings;
    this.#people.clear();
    this.#knocking.clear();
    // Signals may have been missed meanwhile, so all connections begin anew.
    this.#peers.clear();
    this.#outcome?.inside();
    this.#outcome = undefined;
    this.#meet(users, waiting);
  }

  /** People who are in, and people who knock. */
  #meet(users: Peer[], waiting: Peer[]) {
    for (const person of users) {
      this.#people.set(person.id, person);
      // Somebody who is away calls when they are back.
      if (!person.away) this.#peers.call(person.id);
    }
    for (const person of waiting) this.#knocking.set(person.id, person);
    this.#changed();
  }

  #muted({id, kind, by}: Extract<Message, {type: 'muted'}>) {
    if (id !== this.#you?.id) return;
    const sources = ({audio: ['microphone'], video: ['camera']} as const)[kind!] ?? (['microphone', 'camera'] as const);
    for (const source of sources) {
      void this.send(source, null);
      this.#on.silenced(source, this.#people.get(by)?.name);
    }
  }

  #shown(peer: Peer): Person {
    const {id, name, role, permissions, away = false} = peer;
    const floor = this.#settings.mode === 'lecture' && role === 'participant';
    return {id, name, away, ...this.#peers.of(id), ...(floor && {floor: permissions.publish ?? false})};
  }
}
