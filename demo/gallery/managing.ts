// Every state of <room-editor> and <room-users>.
import {decided, fails, never, people, person, room, roomsOf, scheduled, slowly} from './rooms.js';
import {failing, fill, found, openAll, press, states} from './state.js';

const editing = (otherwise = {}, settings = decided()) => ({
  rooms: roomsOf([settings], otherwise),
  roomId: settings.room_id,
});

const READY = 'form:not([inert])';
const SAID = '[part~=status]:not(:empty)';
const FAILED = '[part~=failure]';

/** A wrong value for every field that can be wrong. */
const WRONG = {
  name: '',
  participants: '0',
  moderators: '9',
  opening: 'scheduled',
  duration: 'long',
  max_active_talkers: '99',
  send_audiences_stats: true,
  audiences: '0',
  hls_view_url: 'nowhere',
  'live_recording.url': 'not an address',
  data: '{',
};

const saving = (values: Record<string, string | boolean>) => async (editor: HTMLElement) => {
  await fill(editor, values);
  await press(editor, '[part=save]');
};

async function deleting(editor: HTMLElement) {
  await found(editor, READY);
  await press(editor, 'form[part] [part=delete]');
  await press(editor, 'dialog[open] [part=delete]');
}

export const EDITOR = states('room-editor', {
  create: {
    label: 'New room',
    note: 'Four fields; the others are behind disclosures.',
    settings: () => ({rooms: roomsOf([])}),
    reached: READY,
  },
  'create-open': {
    label: 'New room, all open',
    note: 'Every key of a room that can be set.',
    settings: () => ({rooms: roomsOf([])}),
    act: async editor => {
      await fill(editor, {name: 'Reading circle', opening: 'scheduled'});
      await openAll(editor);
    },
    reached: 'details[open]',
  },
  wrong: {
    label: 'Every field wrong',
    note: 'A fault takes the place of the help, so nothing moves.',
    settings: () => ({rooms: roomsOf([])}),
    act: async editor => {
      await fill(editor, WRONG);
      await openAll(editor);
      await press(editor, '[part=save]');
    },
    reached: '[aria-invalid=true]',
  },
  refused: {
    label: 'Refused at its field',
    note: 'A refusal of the platform is shown at its field.',
    settings: () => ({rooms: roomsOf([], {create: fails('invalid', {key: 'settings.participants', result: 10007})})}),
    act: saving({name: 'Reading circle', participants: '12'}),
    reached: '[aria-invalid=true]',
  },
  creating: {
    label: 'Creating',
    note: 'Sent, without an answer yet.',
    settings: () => ({rooms: roomsOf([], {create: never})}),
    act: saving({name: 'Reading circle'}),
    reached: '[aria-busy=true]',
  },
  created: {
    label: 'Created',
    note: 'The new room can be joined, and its link copied. The form is empty again for the next room.',
    settings: () => ({rooms: roomsOf([]), link: 'https://meet.example/r/{room}'}),
    act: saving({name: 'Reading circle'}),
    reached: SAID,
  },
  loading: {
    label: 'Loading',
    note: 'The room is loading.',
    settings: () => editing({get: never}),
    reached: '[aria-busy=true]',
  },
  arriving: {
    label: 'Arriving',
    note: 'It appears after a moment, and nothing moves.',
    settings: () => editing({get: slowly(decided)}),
    reached: READY,
  },
  change: {label: 'Change', note: 'room-id: the room that is changed.', settings: () => editing(), reached: READY},
  'change-open': {
    label: 'Change, all open',
    note: 'Values that cannot be changed are shown as text.',
    settings: () => editing(),
    act: openAll,
    reached: 'details[open]',
  },
  unsaved: {
    label: 'Not saved yet',
    note: 'The browser asks before the page is left.',
    settings: () => editing(),
    act: editor => fill(editor, {name: 'Board meeting, monthly'}),
    reached: '[part=discard][aria-disabled=false]',
  },
  saving: {
    label: 'Saving',
    note: 'Only what was changed is sent.',
    settings: () => editing({update: never}),
    act: saving({participants: '14'}),
    reached: '[aria-busy=true]',
  },
  saved: {
    label: 'Saved',
    note: 'And said so.',
    settings: () => editing(),
    act: saving({participants: '14'}),
    reached: SAID,
  },
  confirm: {
    label: 'Asked before deletion',
    note: 'A modal dialog.',
    settings: () => editing(),
    act: async editor => {
      await found(editor, READY);
      await press(editor, '[part=delete]');
    },
    reached: 'dialog[open]',
  },
  deleting: {
    label: 'Deleting',
    note: 'Confirmed, without an answer yet.',
    settings: () => editing({remove: never}),
    act: deleting,
    reached: '[aria-busy=true]',
  },
  deleted: {
    label: 'Deleted',
    note: 'Shown in place of the form.',
    settings: () => editing(),
    act: deleting,
    reached: '.instead',
  },
  'too-late': {
    label: 'Too late to change',
    note: 'A scheduled room can be changed until 15 minutes before its start.',
    settings: () => editing({}, scheduled('Design review', 5)),
    reached: 'fieldset:disabled',
  },
  active: {
    label: 'room active',
    note: 'Somebody is inside, so the room is not deleted.',
    settings: () => editing({remove: fails('room_active')}),
    act: deleting,
    reached: FAILED,
    failure: true,
  },
  'not-allowed': {
    label: 'not allowed',
    note: 'The token proxy decides who may change rooms.',
    settings: () => editing({update: fails('denied')}),
    act: saving({participants: '14'}),
    reached: FAILED,
    failure: true,
  },
  ...failing<'room-editor'>('not_found denied unauthorized platform_down offline', code => ({
    note: `The room cannot be loaded: ${code}.`,
    settings: () => editing({get: fails(code)}),
    reached: FAILED,
  })),
});

const looking = (otherwise = {}, inside = people()) => ({
  rooms: roomsOf([room('Coffee corner')], {inside, ...otherwise}),
  roomId: 'coffee-corner',
});

/** Answers once, and then fails. */
const once = () => {
  let asked = 0;
  return {users: async () => (asked++ ? fails('platform_down')() : people())};
};

/** At every second request one more person is there. */
const comingAndGoing = () => {
  let asked = 0;
  return {users: async () => [...people(), ...(asked++ % 2 ? [person('Grace Hopper', 'participant')] : [])]};
};

const USER = '[part=user]';

export const USERS = states('room-users', {
  some: {label: 'Some people', note: 'Each with their role.', settings: () => looking(), reached: USER},
  changing: {
    label: 'Coming and going',
    note: 'It loads every few seconds. Screen readers announce who came and who left.',
    settings: () => ({...looking(comingAndGoing()), refresh: 5}),
    reached: USER,
  },
  many: {
    label: 'Many',
    note: 'The box keeps its height and scrolls.',
    settings: () =>
      looking(
        {},
        Array.from({length: 60}, (_, at) => person(`Visitor ${at + 1}`, at ? 'participant' : 'moderator')),
      ),
    reached: USER,
  },
  long: {
    label: 'Unruly names',
    note: 'Long, right to left, without a space, or without a role.',
    settings: () =>
      looking({}, [
        person('Wolfeschlegelsteinhausenbergerdorff-the-elder, keeper of the minutes', 'moderator'),
        person('أحمد من القاهرة', 'participant'),
        person('<b>Not bold</b>', 'audience'),
        person('Z̴̛͎͗a̵͚͐l̸̰̈́g̶̱̀o̷͇͝', 'viewer'),
        person('No role'),
      ]),
    reached: USER,
  },
  nobody: {
    label: 'Nobody',
    note: 'The room is empty.',
    settings: () => looking({}, []),
    reached: '.instead [role=status]',
  },
  choose: {
    label: 'No room yet',
    note: 'No room is chosen.',
    settings: () => ({rooms: roomsOf([])}),
    reached: '.instead',
  },
  loading: {
    label: 'Loading',
    note: 'The people are loading.',
    settings: () => looking({users: never}),
    reached: '[aria-busy=true]',
  },
  arriving: {
    label: 'Arriving',
    note: 'They appear after a moment, and nothing moves.',
    settings: () => looking({users: slowly(people)}),
    reached: USER,
  },
  stale: {
    label: 'not up to date',
    note: 'It loaded once, and then failed.',
    settings: () => looking(once()),
    act: async users => {
      await found(users, USER);
      await users.reload({quiet: true});
    },
    reached: FAILED,
    failure: true,
  },
  ...failing<'room-users'>('denied unauthorized not_found rate_limited platform_down offline misconfigured', code => ({
    note: code === 'denied' ? 'The visitor may not know who is in the room.' : `Loading failed: ${code}.`,
    settings: () => looking({users: fails(code)}),
    reached: FAILED,
  })),
});
