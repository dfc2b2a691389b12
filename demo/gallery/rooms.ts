// Rooms that exist only in the page. They answer, never answer, or fail, whatever a state of the gallery needs.
import {
  formatTime,
  notFound,
  RoomsError,
  type Room,
  type RoomChanges,
  type Rooms,
  type RoomsErrorCode,
  type RoomsErrorOptions,
  type Settings,
  type User,
} from '../../src/rooms/rooms.js';
import {initialsOf} from '../../src/rooms/initials.js';

const MINUTE = 60_000;

/** The time in `minutes`, in the form of the API. */
const inMinutes = (minutes: number) => formatTime(Date.now() + minutes * MINUTE);

export const room = (name: string, settings: Settings = {}, more: Partial<Room> = {}): Room => ({
  room_id: name.toLowerCase().replace(/[^a-z]+/g, '-'),
  name,
  settings: {mode: 'group', participants: 6, moderators: 1, ...settings},
  ...more,
});

/** A room that starts in `minutes`, and so opens 15 minutes earlier. */
export const scheduled = (name: string, minutes: number, settings: Settings = {}) =>
  room(name, {scheduled: true, scheduled_time: inMinutes(minutes), duration: 30, ...settings});

/** Rooms of every kind: live, open, opening soon or much later, over. */
export const everyKind = (): Room[] => [
  room('Coffee corner', {description: 'No agenda. Bring a cup and stay as long as you like.'}, {isRoomActive: true}),
  room('Support desk', {description: 'Somebody from the team is usually here.', participants: 2}),
  room('Monday all-hands', {description: 'News from every team.', mode: 'lecture'}, {isRoomActive: true}),
  room('Consulting hour', {description: 'Knock, and a moderator lets you in.', knock: true}),
  scheduled('Design review', 5, {description: 'New booking page, second round.'}),
  scheduled('Customer interview: Ada from Porto', 35, {description: 'She runs three clinics. Listen first.'}),
  scheduled('Sprint planning', 26 * 60, {description: 'What we take on in the next two weeks, and what we leave.'}),
  scheduled('Incident follow-up', -120, {description: 'Why the invoices were late on Tuesday.'}),
];

/** Names that make a list hard to draw. */
export const unruly = (): Room[] =>
  [
    room('Wolfeschlegelsteinhausenbergerdorff-the-elder-memorial-lecture', {mode: 'lecture'}, {isRoomActive: true}),
    room('A', {
      description: 'A description that goes on and on, and then a little further than anybody reads. '.repeat(4),
    }),
    scheduled('قاعة الاجتماعات الكبيرة', 40, {description: 'نلتقي هنا كل يوم اثنين'}),
    scheduled('四半期の計画と振り返りのための長い会議室の名前', 3000),
    room('<b>Not bold</b> & "quoted"', {description: '<script>alert(1)</script>'}),
    room('🚀🚀🚀'),
  ].map((each, at) => ({...each, room_id: `unruly-${at}`}));

export const many = (count: number): Room[] =>
  Array.from({length: count}, (_, at) => ({
    ...room(`Room ${at + 1}`, {description: at % 3 ? 'One of very many.' : undefined}),
    room_id: `room-${at}`,
    isRoomActive: at % 50 === 0,
  }));

/** The room that the editor changes: no setting has its default. */
export const decided = (): Room => ({
  ...room('Board meeting', {
    description: 'Once a month, minutes in the wiki.',
    participants: 12,
    moderators: 3,
    knock: true,
    wait_for_moderator: true,
    max_active_talkers: 4,
    quality: 'HD',
    media_zone: 'SG',
    screen_share: true,
    auto_recording: true,
    audiences: 50,
    billing_code: 'board-7',
  }),
  owner_ref: 'office',
  created: new Date(Date.now() - 3e9).toISOString(),
  updated: new Date(Date.now() - 3e7).toISOString(),
  sip: {enabled: true, pin: '482913', meeting_id: '70221'},
  data: {team: 'board', floor: 3},
});

export const person = (name: string, role?: User['role']): User => ({name, role});

export const people = (): User[] => [
  person('Ada Lovelace', 'moderator'),
  person('Bruno', 'participant'),
  person('Keiko', 'viewer'),
  person('Luís', 'audience'),
];

/** A room of a list that was asked for with the people in its rooms. */
function told(room: Room, people: User[]): Room {
  if (!room.isRoomActive) return room;
  const capacity = room.settings.participants ?? 2;
  const faces = people.slice(0, 3).map(({name}) => initialsOf(name));
  return {...room, inside: people.length, faces, capacity, full: people.length >= capacity};
}

/** The seven operations on rooms in this page; a state may replace some. */
export function roomsOf(
  initial: Room[],
  {inside = people(), ...otherwise}: Partial<Rooms> & {inside?: User[]} = {},
): Rooms {
  const rooms = new Map(initial.map(each => [each.room_id, each]));
  const get = async (id: string) => {
    const found = rooms.get(id);
    if (!found) throw notFound();
    return found;
  };
  const put = (id: string, old: Partial<Room>, {name, settings, data}: RoomChanges) => {
    const changed = {...old, room_id: id, name: name ?? old.name, settings: {...old.settings, ...settings}};
    rooms.set(id, {...changed, data: {...old.data, ...data}} as Room);
  };
  return {
    list: async options => [...rooms.values()].map(each => (options?.people ? told(each, inside) : each)),
    get,
    create: async definition => {
      const id = `made-${rooms.size}`;
      put(id, {}, definition);
      return get(id);
    },
    update: async (id, changes) => put(id, await get(id), changes),
    remove: async id => void rooms.delete((await get(id)).room_id),
    users: async () => inside,
    token: async (id, {name, role}) => ({
      token: 'made-up-in-this-page',
      room: await get(id),
      participant: {name, role},
    }),
    ...otherwise,
  };
}

/** An answer that never comes. */
export const never = () => new Promise<never>(() => {});

/** An answer that takes a while. */
export const slowly = <T>(answer: () => T, ms = 800) => {
  return () => new Promise<T>(resolve => setTimeout(() => resolve(answer()), ms));
};

/** A failure, every time. */
export const fails = (code: RoomsErrorCode, options?: RoomsErrorOptions) => async (): Promise<never> => {
  throw new RoomsError(code, 'The gallery was asked to fail.', options);
};

export const soon = (seconds: number) => new Date(Date.now() + seconds * 1000);
