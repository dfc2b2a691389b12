// Servers in the vendors' places, for whatever is the same at all of them. Who is inside changes as people come and go by the
// tokens that our engines made. `sdks.test.ts` and its neighbours hold our requests to the vendors' own.
import type {TestContext} from 'node:test';
import {bigbluebutton} from '../../../src/engines/bigbluebutton.js';
import {daily} from '../../../src/engines/daily.js';
import type {Engine, EngineOptions} from '../../../src/engines/engine.js';
import {janus} from '../../../src/engines/janus.js';
import {jaas, jitsi} from '../../../src/engines/jitsi.js';
import {livekit} from '../../../src/engines/livekit.js';
import {realtimekit} from '../../../src/engines/realtimekit.js';
import {twilio} from '../../../src/engines/twilio.js';
import type {VendorOptions} from '../../../src/engines/vendor.js';
import {vonage} from '../../../src/engines/vonage.js';
import {zoom} from '../../../src/engines/zoom.js';
import type {IssuedToken} from '../../../src/rooms/schema.js';
import {fetchTransport} from '../../../src/upstream/upstream.js';
import {privateKey} from './keys.js';
import {claimsOf, recorder, type Recorded, type Recorder} from './recorder.js';

/** Somebody in a room of a vendor, as the vendor knows them. */
interface Guest extends Record<string, unknown> {
  name: string;
}
/** The rooms at a vendor, by the vendor's own names. */
type Places = Map<string, Guest[]>;

type Options = EngineOptions & VendorOptions;
type Fields = Record<string, string>;

interface Vendor {
  /** Our engine at this address. */
  engine: (url: string, options: Options) => Engine;
  /** Answers a request as the vendor does; undefined for what it does not know. */
  answer: (request: Recorded, places: Places, body: Record<string, unknown>) => unknown;
  /** Whether a room stays that everybody has left, until it is closed. @default false */
  keeps?: true;
  /** Which room a token opens, and who comes in by it. `name` is what they call themselves where no token says it. */
  seat: (issued: IssuedToken, name: string) => [place: string, guest: Guest];
}

/** In every option that is secret. */
export const SECRET = 'canary-secret-of-at-least-thirty-two-bytes';

/** A token that says what it is for, as a JWT does. */
const written = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;
const last = (path: string) => path.split('?')[0]!.split('/').at(-1)!;
const open = (places: Places, name: string) => void places.set(name, places.get(name) ?? []);
const counted = <T>(places: Places, entry: (name: string, people: number) => T) =>
  [...places].map(([name, {length}]) => entry(name, length));
const inUse = (places: Places) => new Map([...places].filter(([, {length}]) => length > 0));

const LIVEKIT: Vendor = {
  engine: (url, options) => livekit({url, key: 'api-key', secret: SECRET, ...options}),
  answer({path}, places, {name, room}) {
    const method = last(path);
    if (method === 'CreateRoom') open(places, name as string);
    if (method === 'CreateRoom') return {name};
    if (method === 'ListRooms') return {rooms: counted(places, (name, num_participants) => ({name, num_participants}))};
    if (method === 'ListParticipants') return {participants: places.get(room as string) ?? []};
    return places.delete(room as string) ? {} : undefined;
  },
  seat({token}) {
    const {name, attributes, video} = claimsOf(token) as {name: string; attributes: Fields; video: Fields};
    return [video.room!, {name, attributes}];
  },
};

const DAILY: Vendor = {
  keeps: true,
  engine: (url, options) => daily({url, key: SECRET, ...options}),
  answer({method, path}, places, {name, properties}) {
    const place = (name: string) => places.has(name) && {name, url: `https://shop.daily.example/${name}`};
    if (path === '/presence') {
      const present = (people: Guest[]) => people.map(({userName, userId}) => ({userName, userId}));
      return Object.fromEntries([...places].map(([name, people]) => [name, present(people)]));
    }
    if (path === '/meeting-tokens') return {token: written(properties as object)};
    if (method === 'DELETE') return places.delete(last(path)) ? {deleted: true} : undefined;
    if (method === 'POST') open(places, name as string);
    return place(method === 'POST' ? (name as string) : last(path)) || undefined;
  },
  seat({token}) {
    const {room_name, user_name, user_id} = claimsOf(token) as Fields;
    return [room_name!, {name: user_name!, userName: user_name, userId: user_id}];
  },
};

const TWILIO: Vendor = {
  engine: (url, options) => twilio({url, account: 'AC1', key: 'SK1', secret: SECRET, ...options}),
  answer({method, path, body}, places) {
    const form = new URLSearchParams(body);
    const [, , name = '', part] = path.split('?')[0]!.split('/');
    if (part) return places.has(name) ? {participants: places.get(name)!.map(({identity}) => ({identity}))} : undefined;
    if (method === 'POST' && name) return places.delete(name) ? {status: 'completed'} : undefined;
    if (method === 'POST') open(places, form.get('UniqueName')!);
    if (method === 'GET' && name) return places.has(name) ? {unique_name: name} : undefined;
    return method === 'POST' ? {} : {rooms: counted(places, unique_name => ({unique_name}))};
  },
  seat({token}) {
    const {grants} = claimsOf(token) as {grants: {identity: string; video: {room: string}}};
    return [grants.video.room, {name: grants.identity, identity: grants.identity}];
  },
};

const VONAGE: Vendor = {
  keeps: true,
  engine: (url, options) => vonage({url, applicationId: 'app', privateKey, ...options}),
  answer({path}, places) {
    if (path !== '/session/create') return {items: places.get(path.split('/')[5]!) ?? []};
    const session_id = `2_session~${places.size}`;
    open(places, session_id);
    return [{session_id}];
  },
  seat({token}) {
    const {session_id, connection_data: data} = claimsOf(token) as Fields;
    return [session_id!, {name: (JSON.parse(data!) as Guest).name, data}];
  },
};

const PRESETS = {participant: 'p', viewer: 'v', audience: 'a', moderator: 'm'};
const REALTIMEKIT: Vendor = {
  keeps: true,
  engine: (url, options) => realtimekit({url, account: 'acc', app: 'app', key: SECRET, presets: PRESETS, ...options}),
  answer({method, path}, places, {custom_participant_id, preset_name, name}) {
    const {pathname, searchParams} = new URL(path, 'https://vendor.example');
    const [kind, place = '', part] = pathname.split('/').slice(6);
    if (kind === 'sessions' && place) return {data: {participants: places.get(place.slice('live-'.length)) ?? []}};
    if (kind === 'sessions') {
      const all = counted(inUse(places), (id, people) => ({
        id: `live-${id}`,
        associated_id: id,
        live_participants: people,
      }));
      const wanted = searchParams.get('associated_id');
      return {data: {sessions: all.filter(each => !wanted || each.associated_id === wanted)}};
    }
    if (method === 'PATCH') return places.delete(place) ? {data: {}} : undefined;
    if (part === 'participants' && !places.has(place)) return undefined;
    const person = {meeting: place, custom_participant_id, preset_name, display_name: name};
    if (part === 'participants') return {data: {token: written(person)}};
    if (part) return {data: {}};
    const id = `meeting-${places.size}`;
    open(places, id);
    return {data: {id}};
  },
  seat({token}) {
    const {meeting, ...person} = claimsOf(token) as Fields;
    return [meeting!, {name: person.display_name!, ...person}];
  },
};

const xml = (text: string) => `<response><returncode>SUCCESS</returncode>${text}</response>`;
const BIGBLUEBUTTON: Vendor = {
  engine: (url, options) => bigbluebutton({url, secret: SECRET, ...options}),
  answer({path}, places) {
    const {pathname, searchParams} = new URL(path, 'https://vendor.example');
    const id = searchParams.get('meetingID')!;
    if (pathname === '/create') open(places, id);
    if (pathname === '/create') return xml(`<meetingID>${id}</meetingID><createTime>1531155809613</createTime>`);
    if (pathname === '/getMeetings') {
      const meeting = (id: string, people: number) =>
        `<meeting><meetingID>${id}</meetingID><participantCount>${people}</participantCount></meeting>`;
      return xml(`<meetings>${counted(places, meeting).join('')}</meetings>`);
    }
    const people = places.get(id);
    if (!people) return '<response><returncode>FAILED</returncode><messageKey>notFound</messageKey></response>';
    if (pathname === '/end') return places.delete(id) && xml('<messageKey>sentEndMeetingRequest</messageKey>');
    const attendee = ({name, role, ref}: Guest) =>
      `<attendee><userID>${String(ref)}</userID><fullName>${name}</fullName><role>${String(role)}</role></attendee>`;
    return xml(`<attendees>${people.map(attendee).join('')}</attendees>`);
  },
  seat({token}) {
    const {meetingID, fullName, role, userID} = Object.fromEntries(new URL(token).searchParams);
    return [meetingID!, {name: fullName!, role, ref: userID}];
  },
};

const ZOOM: Vendor = {
  engine: (url, options) => zoom({url, sdkKey: 'sdk', sdkSecret: SECRET, apiKey: 'api', apiSecret: SECRET, ...options}),
  answer({method, path}, places) {
    const [, , , id = ''] = path.split('?')[0]!.split('/');
    if (method === 'PUT') return places.delete(id) ? {} : undefined;
    if (id) return places.has(id) ? {users: places.get(id)} : undefined;
    const session = (id: string, user_count: number) => ({id, session_name: id, user_count});
    return {sessions: counted(inUse(places), session)};
  },
  seat({token}, name) {
    const {tpc, user_identity} = claimsOf(token) as Fields;
    return [tpc!, {name, user_key: user_identity}];
  },
};

const JANUS: Vendor = {
  keeps: true,
  engine: (url, options) =>
    janus({url, adminUrl: url, adminSecret: SECRET, adminKey: SECRET, tokenSecret: SECRET, ...options}),
  answer(_, places, {request: asked}) {
    const {request, room, allowed = []} = asked as {request: string; room: string; allowed?: string[]};
    const response = (more: object) => ({janus: 'success', response: {videoroom: 'success', ...more}});
    const list = counted(places, (room, num_participants) => ({room, num_participants}));
    if (request === 'list') return response({list});
    if (request === 'create' && places.has(room)) return response({error_code: 427});
    if (request === 'create') open(places, room);
    if (!places.has(room)) return response({error_code: 426});
    if (request === 'destroy') places.delete(room);
    return response({allowed, participants: places.get(room)});
  },
  seat({connection}, name) {
    const {room, id} = connection as Fields;
    return [room!, {name, id, display: name}];
  },
};

/** Jitsi's servers tell nobody who is inside. All that is asked of them is the script for pages. */
const silent: Pick<Vendor, 'answer' | 'seat'> = {
  answer: ({path}) => (path.endsWith('/external_api.js') ? 'var JitsiMeetExternalAPI' : undefined),
  seat: (_, name) => ['', {name}],
};
/** Their addresses cannot be another one: calls are taken to this one. */
const takenTo = (to: string) => {
  const send = fetchTransport();
  const exchange: typeof send = ({pathname}, call) => send(new URL(to + pathname), call);
  return {exchange};
};
const JITSI: Vendor = {
  engine: (url, options) =>
    jitsi({domain: 'meet.example', appId: 'shop', secret: SECRET, moderators: true, ...takenTo(url), ...options}),
  ...silent,
};
const JAAS: Vendor = {
  engine: (url, options) => jaas({appId: 'app', keyId: 'app/key', privateKey, ...takenTo(url), ...options}),
  ...silent,
};

export const VENDORS = {
  LiveKit: LIVEKIT,
  Jitsi: JITSI,
  JaaS: JAAS,
  Daily: DAILY,
  Twilio: TWILIO,
  Vonage: VONAGE,
  RealtimeKit: REALTIMEKIT,
  BigBlueButton: BIGBLUEBUTTON,
  Janus: JANUS,
  Zoom: ZOOM,
} satisfies Record<string, Vendor>;
export type VendorName = keyof typeof VENDORS;
export const NAMES = Object.keys(VENDORS) as VendorName[];

export interface VendorDouble extends Recorder {
  /** Our engine at the double. Nothing lags, so that a test sees every change at once. */
  engine: Engine;
  /** The rooms at the vendor, with the people inside. */
  places: Places;
  /** Comes in by a token, as the vendor's client does. Returns how to leave. */
  enter: (issued: IssuedToken, name: string) => () => void;
}

/** A server in the place of a vendor, with our engine at it. */
export async function vendorDouble(t: TestContext, name: VendorName, options: Options = {}): Promise<VendorDouble> {
  const {engine, answer, seat, keeps}: Vendor = VENDORS[name];
  const record = await recorder(t);
  const places: Places = new Map();
  record.answer(request => {
    const isJson = String(request.headers['content-type']).includes('json');
    const body = isJson ? (JSON.parse(request.body || '{}') as Record<string, unknown>) : {};
    const answered = answer(request, places, body);
    return answered === undefined ? {status: 404, body: {}} : {body: answered};
  });
  return {
    ...record,
    engine: {...engine(record.url, options), lag: 0},
    places,
    enter(issued, person) {
      const [place, guest] = seat(issued, person);
      places.set(place, [...(places.get(place) ?? []), guest]);
      return () => {
        const others = places.get(place)!.filter(each => each !== guest);
        if (others.length === 0 && !keeps) places.delete(place);
        else places.set(place, others);
      };
    },
  };
}
