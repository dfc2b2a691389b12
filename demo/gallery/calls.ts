// Calls that exist only in the page: one as LiveKit's client tells it, with pictures, and one as a session of the local
// platform tells it, with moderators.
import type {TokenDetail} from '../../src/elements/events.js';
import type {Settings} from '../../src/rooms/rooms.js';
import {pretended} from './devices.js';
import {room} from './rooms.js';

type Role = TokenDetail['participant']['role'];

/** The host of sessions that exist only in the page. */
const NOWHERE = 'gallery.invalid';

/** What a stage joins with. It may be used again, so a person can join again after a call. */
export const detailOf = (
  provider: string,
  {role = 'participant', settings = {}, connection}: {role?: Role; settings?: Settings; connection?: object} = {},
) =>
  ({
    token: 'made-up-in-this-page',
    expiresAt: new Date(Date.now() + 3_600_000),
    expired: false,
    once: false,
    room: room('Coffee corner', settings),
    participant: {name: 'Keiko Tanaka', role},
    provider,
    serverUrl: `wss://${NOWHERE}/session`,
    connection,
  }) as TokenDetail;

/** Somebody else in a call. */
export interface Guest {
  name: string;
  /** What they send. */
  sends?: ('camera' | 'microphone' | 'screen_share')[];
  speaks?: boolean;
}

export const GUESTS: Guest[] = [
  {name: 'Ada Lovelace', sends: ['camera', 'microphone'], speaks: true},
  {name: 'Bruno', sends: ['camera']},
  {name: 'Luís Ferreira da Silva', sends: ['microphone']},
];

/** What happens in a LiveKit call, by the client's own names. */
type Told = 'reconnecting' | 'disconnected';

/** The call that the stage is in. */
let told: (event: Told, reason?: number) => void = () => {};
export const tell = (event: Told, reason?: number) => told(event, reason);

const publication = (source: string) => {
  const isSound = source === 'microphone';
  const [mediaStreamTrack] = pretended({video: !isSound, audio: isSound}).getTracks();
  return [source, {source, isMuted: false, track: {mediaStreamTrack}}] as const;
};

/** As much of the module `livekit-client` as the stage uses, with these people. `connect`: how one gets in. */
export const livekit = (guests: Guest[], connect: () => Promise<void> = async () => {}, canPublish = true) => ({
  Room: class {
    localParticipant = {
      identity: 'you',
      name: 'Keiko Tanaka',
      isSpeaking: false,
      trackPublications: new Map(),
      permissions: {canPublish, canPublishSources: []},
      publishTrack: async () => ({track: {mute: async () => {}, unmute: async () => {}, replaceTrack: async () => {}}}),
      unpublishTrack: async () => {},
    };
    remoteParticipants = new Map(
      guests.map(({name, sends = [], speaks = false}) => [
        name,
        {identity: name, name, isSpeaking: speaks, trackPublications: new Map(sends.map(publication))},
      ]),
    );
    connect = connect;
    disconnect = async () => {};
    #listeners = new Map<string, (reason?: number) => void>();
    constructor() {
      told = (event, reason) => this.#listeners.get(event)?.(reason);
    }
    on(event: string, listener: (reason?: number) => void) {
      this.#listeners.set(event, listener);
    }
  },
});

const may = (publish: boolean) => ({publish, subscribe: true});
const peer = (name: string, role: Role = 'participant', publish = true) => ({
  id: name,
  name,
  role,
  permissions: may(publish),
});

/** The message of a session that lets one in. */
export const joined = (role: Role, {lecture = false, knocking = [] as string[], isAway = false} = {}) => ({
  type: 'joined',
  you: {...peer('Keiko Tanaka', role, !lecture || role === 'moderator'), id: 'you'},
  users: [
    peer('Ada Lovelace', 'moderator'),
    {...peer('Bruno', 'participant', !lecture), ...(isAway && {away: true})},
    peer('Luís Ferreira da Silva'),
  ],
  room: {settings: {mode: lecture ? 'lecture' : 'group'}},
  waiting: knocking.map(name => peer(name)),
  resume: 'made-up-in-this-page',
});
export const WAITING = {type: 'waiting', resume: 'made-up-in-this-page'};

const Own = window.WebSocket;
let messages: readonly object[] = [];

/** Answers whoever joins a session that exists only in the page with these messages, until another state is shown. */
export function answer(...told: object[]) {
  messages = told;
  window.WebSocket = PretendedSocket as unknown as typeof WebSocket;
}

class PretendedSocket extends EventTarget {
  static readonly OPEN = Own.OPEN;
  readonly readyState = Own.OPEN;
  constructor(url: string) {
    super();
    if (new URL(url, location.href).hostname !== NOWHERE) return new Own(url) as unknown as PretendedSocket;
    queueMicrotask(() => this.dispatchEvent(new Event('open')));
  }
  send(text: string) {
    const {type, id} = JSON.parse(text) as {type: string; id?: string};
    if (type === 'join') this.#tell(...messages);
    if (type === 'admit' || type === 'deny') this.#tell({type: 'knock-ended', id});
  }
  close() {}
  #tell(...told: object[]) {
    for (const each of told) this.dispatchEvent(new MessageEvent('message', {data: JSON.stringify(each)}));
  }
}
