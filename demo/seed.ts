import {
  EARLY,
  formatTime,
  roomPhase,
  type RoomDefinition,
  type Rooms,
  type SettingsDefinition,
} from '../src/rooms/rooms.js';
import {lackingSetting} from '../src/rooms/enforces.js';

const MINUTE = 60_000;

const room = (name: string, description: string, settings: SettingsDefinition): RoomDefinition => ({
  name,
  owner_ref: 'demo',
  settings: {description, participants: 6, ...settings},
});

const ALWAYS = [
  room('Coffee corner', 'No agenda. Bring a cup and stay as long as you like.', {}),
  room('Support desk', 'Somebody from the team is usually here. One question at a time.', {participants: 2}),
  room('Consulting hour', 'Knock, and a moderator lets you in.', {knock: true, moderators: 2}),
  room('Book club', 'Begins when a moderator comes; until then nobody is seen or heard.', {
    wait_for_moderator: true,
    moderators: 2,
  }),
  room('Monday all-hands', 'News from every team. A moderator gives the floor.', {
    mode: 'lecture',
    moderators: 3,
    participants: 40,
    audiences: 200,
  }),
  room('Quick huddle', 'Ad hoc, for one short talk.', {adhoc: true}),
];

// Short meetings: when one is over, a new one with the same name is created.
const AGENDA = [
  ['Design review', 'New booking page, second round. Bring the phone you test with.'],
  ['Sprint planning', 'What we take on in the next two weeks, and what we leave.'],
  ['Customer interview: Ada from Porto', 'She runs three clinics on our calendar. Listen first.'],
  ['Incident follow-up', 'Why the invoices were late on Tuesday. No blame, one page of notes.'],
  ['Hiring round table', 'Two candidates, twenty minutes each.'],
] as const;

/** Creates the missing rooms by name, and makes sure that one scheduled room is open and one opens later. */
export async function seed(rooms: Rooms) {
  const there = new Map((await rooms.list()).map(room => [room.name, room]));
  const enforces = rooms.enforces?.();
  for (const room of ALWAYS) {
    // Not every engine can hold people to every kind of room.
    if (enforces && lackingSetting(enforces, {...room.settings})) continue;
    if (!there.has(room.name)) await rooms.create(room);
  }

  const phases = new Set<string>();
  const free: RoomDefinition[] = [];
  for (const [name, description] of AGENDA) {
    const room = there.get(name);
    const phase = room && roomPhase(room, Date.now());
    if (phase === 'over') await rooms.remove(room!.room_id);
    if (phase && phase !== 'over') phases.add(phase);
    else free.push({name, owner_ref: 'demo', settings: {description}});
  }
  const schedule = async (opensIn: number) => {
    const next = free.shift();
    if (!next) return;
    const scheduled_time = formatTime(Date.now() + EARLY + opensIn);
    await rooms.create({
      ...next,
      settings: {...next.settings, participants: 6, scheduled: true, scheduled_time, duration: 30},
    });
  };
  // It has been open for ten minutes; a start in the past would be refused.
  if (!phases.has('open')) await schedule(-10 * MINUTE);
  if (!phases.has('early')) await schedule(20 * MINUTE);
}
