import type {SettingsDefinition} from '../../rooms/definition.js';
import type {Role} from '../../rooms/schema.js';
import {counter} from '../plural.js';

const count = counter('en');

/** A word for each value that can be chosen. */
type Options = {[K in 'mode' | 'quality' | 'media_zone']: Record<NonNullable<SettingsDefinition[K]>, string>} & {
  opening: Record<'always' | 'scheduled' | 'adhoc', string>;
  tracks: Record<'none' | 'audio' | 'audiovideo', string>;
};

/** Every key of a room that has a field of its own; `sip` and `data` have one field each. */
export type Field =
  | Exclude<keyof SettingsDefinition, 'scheduled' | 'adhoc' | 'role_based_recording' | 'live_recording'>
  | 'name'
  | 'sip'
  | 'data'
  | 'role_based_recording.moderator'
  | 'role_based_recording.participant'
  | 'live_recording.auto_recording'
  | 'live_recording.url';

type FieldWords = readonly [label: string, help: string];

/** The words of `<room-editor>` and `<room-users>`; the other languages are typed by these. */
export const en = {
  // --- The editor ---
  titles: {create: 'New room', edit: (name: string) => `Change “${name}”`},
  groups: {
    access: 'Who may come in',
    schedule: 'When it is open',
    media: 'Picture and sound',
    recording: 'Recording and broadcast',
    telephone: 'Telephone',
    more: 'For your own systems',
  },
  fields: {
    name: ['Name', 'What people see when they choose a room.'],
    description: ['Description', 'One or two sentences below the name.'],
    mode: ['Kind', 'In a lecture only moderators speak, until they give somebody the floor.'],
    scheduled_time: ['Starts', 'In your own time zone. People can come in 15 minutes before.'],
    duration: ['Duration in minutes', 'After that nobody new is let in, unless somebody is still inside.'],
    moderators: ['Moderators', 'How many moderators can be in at the same time, 1 to 5.'],
    participants: ['Participants', 'How many people can be in at the same time, moderators not counted.'],
    max_active_talkers: ['Seen at once', 'How many people are seen and heard at the same time, 1 to 16.'],
    audiences: ['Audience', 'How many people can watch the broadcast without being in the room.'],
    send_audiences_stats: ['Tell the size of the audience', 'Those in the room learn how many people watch.'],
    hls_view_url: ['Address of the broadcast', 'Where the audience watches: an https address.'],
    auto_recording: ['Record from the start', 'Recording begins when the first person comes in.'],
    canvas: ['Drawing', 'People can draw on what is shared.'],
    knock: ['Knock first', 'Participants wait until a moderator lets them in.'],
    wait_for_moderator: ['Wait for a moderator', 'Nobody is seen or heard before a moderator has come.'],
    single_file_recording: ['One file', 'All recordings of a meeting become a single file.'],
    watermark: ['Watermark', 'Puts a mark on the recorded picture.'],
    screen_share: ['Screen sharing', 'People can show their screen.'],
    abwd: ['Adapt to the connection', 'Lowers the picture quality for whoever has a slow connection.'],
    facex: ['Face analysis', 'Lets the platform read facial expressions. Ask those concerned first.'],
    quality: ['Picture quality', 'The best quality that is sent.'],
    billing_code: ['Billing code', 'Appears in the usage reports of the platform.'],
    'role_based_recording.moderator': ['Record of moderators', 'What is kept of each moderator.'],
    'role_based_recording.participant': ['Record of participants', 'What is kept of each participant.'],
    'live_recording.auto_recording': [
      'Broadcast from the start',
      'The live stream begins when the first person comes in.',
    ],
    'live_recording.url': ['Address of the live stream', 'The page that the platform records live.'],
    media_zone: ['Region of the servers', 'Where sound and picture are handled.'],
    sip: ['Join by telephone', 'People can dial in with a number and a PIN.'],
    data: ['Your own data', 'A JSON object that your programs can read again.'],
  } satisfies Record<Field, FieldWords>,
  /** Values that the form only shows. */
  given: {
    pin: 'PIN',
    meeting_id: 'Meeting number',
    room_id: 'Room id',
    owner_ref: 'Owner',
    created: 'Created',
    updated: 'Last changed',
  },
  options: {
    mode: {group: 'Meeting: everybody may speak', lecture: 'Lecture: moderators speak'},
    opening: {always: 'Always', scheduled: 'At a set time', adhoc: 'Once, from now on'},
    quality: {HD: 'High', SD: 'Standard', LD: 'Low'},
    media_zone: {XX: 'Nearest', IN: 'India', SG: 'Singapore', US: 'United States'},
    tracks: {none: 'As the platform does', audio: 'Sound', audiovideo: 'Sound and picture'},
  } satisfies Options,
  /** Help for the choices of `opening`; `always` has none. */
  openingHelp: {
    scheduled: 'Opens 15 minutes before its start and closes at its end.',
    adhoc: 'Disappears when the first meeting in it is over.',
  },
  optional: 'optional',
  fixed: 'Set when the room was made; cannot be changed.',
  /** `zone`: the browser's name of the time zone, such as Europe/Berlin. */
  inZone: (zone: string) => `Times are in your time zone, ${zone}.`,
  /** When people can come into a room that is being scheduled. */
  window: (opens: string, ends: string) => `People can come in from ${opens} until ${ends}.`,
  create: 'Create room',
  creating: 'Creating…',
  created: (name: string) => `“${name}” was created.`,
  save: 'Save changes',
  saving: 'Saving…',
  saved: 'Saved.',
  unchanged: 'Nothing was changed.',
  delete: 'Delete room',
  deleting: 'Deleting…',
  deleted: (name: string) => `“${name}” was deleted.`,
  confirmDelete: (name: string) => `Delete “${name}” for good? Nobody will be able to join it any more.`,
  keep: 'Keep room',
  activeNow: 'Somebody is in this room, so it cannot be deleted. Try again when it is empty.',
  discard: 'Discard changes',
  mayNotManage: 'You are not allowed to change rooms here.',
  loading: 'Loading the room…',
  faultCount: (n: number) => count(n, {one: '# field needs your attention.', other: '# fields need your attention.'}),
  faults: {
    missing: 'Please fill this in.',
    number: 'Please enter a number.',
    whole: 'Please enter a whole number.',
    least: (n: number) => `Please enter at least ${n}.`,
    between: (low: number, high: number) => `Please enter a number from ${low} to ${high}.`,
    length: (n: number) => count(n, {one: 'At most # character.', other: 'At most # characters.'}),
    url: 'Please enter a full address that begins with https://.',
    time: 'Please enter a date and a time.',
    past: 'Please choose a time that is still to come.',
    json: 'Please enter a JSON object, such as {"team": "blue"}.',
    option: 'Please choose one of the options.',
    tooLate: 'It is too late: a scheduled room can be changed until 15 minutes before its start.',
    fixed: 'This cannot be changed after the room was made.',
    audience: 'A broadcast needs an audience of at least 1.',
    /** For a local time that does not exist because the clocks are put forward. */
    gap: 'The clocks are put forward then, so this time does not exist. Please choose another.',
    /** `keys`: the keys of `data` that were removed. */
    kept: (keys: string) => `A key cannot be taken out, only set to null: ${keys}.`,
    other: 'The platform does not accept this.',
  },

  // --- Who is in ---
  users: {
    title: 'In this room',
    inside: (n: number) => count(n, {one: '# person', other: '# people'}),
    loading: 'Looking who is in…',
    nobody: 'Nobody is in this room.',
    choose: 'Choose a room to see who is in.',
    denied: 'You may not see who is in this room.',
    stale: 'This could not be brought up to date.',
    came: (name: string) => `${name} came in.`,
    left: (name: string) => `${name} left.`,
  },
  roles: {
    moderator: 'Moderator',
    participant: 'Participant',
    viewer: 'Viewer',
    audience: 'Audience',
  } satisfies Record<Role, string>,
};

export type ManagingWords = typeof en;
