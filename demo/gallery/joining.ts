// Every state of <room-picker> and <join-button>.
import {everyKind, fails, many, never, room, roomsOf, scheduled, slowly, soon, unruly} from './rooms.js';
import {failing, found, press, search, states} from './state.js';

const OPTION = '[role=option]';
const list = (rooms = everyKind(), otherwise = {}) => roomsOf(rooms, otherwise);

export const PICKER = states('room-picker', {
  rooms: {
    label: 'Rooms',
    note: 'Live, open, opening later, and over.',
    settings: () => ({rooms: list()}),
    reached: OPTION,
  },
  counts: {
    label: 'With counts',
    note: 'show-users: the number of people in live rooms, again every ten seconds.',
    settings: () => ({rooms: list(), showUsers: true}),
    reached: OPTION,
  },
  chosen: {
    label: 'One chosen',
    note: 'value: the id of the room.',
    settings: () => ({rooms: list(), value: 'support-desk'}),
    reached: '[aria-selected=true]',
  },
  loading: {
    label: 'Loading',
    note: 'The rooms are loading.',
    settings: () => ({rooms: list([], {list: never})}),
    reached: '[aria-busy=true]',
  },
  arriving: {
    label: 'Arriving',
    note: 'They appear after a moment, and nothing moves.',
    settings: () => ({rooms: list([], {list: slowly(everyKind)}), value: 'support-desk'}),
    reached: OPTION,
  },
  found: {
    label: 'Search, found',
    note: 'Typed while the rooms were loading. Case and accents do not matter.',
    settings: () => ({rooms: list([], {list: slowly(everyKind, 200)}), search: true}),
    act: picker => search(picker, 'DÉSIGN'),
    reached: OPTION,
  },
  'no-match': {
    label: 'Search, nothing found',
    note: 'The field keeps its text.',
    settings: () => ({rooms: list(), search: true}),
    act: async picker => {
      await found(picker, OPTION);
      await search(picker, 'billiards');
    },
    reached: '[part~=empty]',
  },
  'no-search': {
    label: 'Without search',
    note: 'no-search: however many rooms there are.',
    settings: () => ({rooms: list(), noSearch: true}),
    reached: OPTION,
  },
  few: {
    label: 'A few rooms',
    note: 'The list is as tall as its rows. From 8 rooms on it has a search field.',
    settings: () => ({rooms: list(everyKind().slice(0, 3))}),
    reached: OPTION,
  },
  link: {
    label: 'Calendar and link',
    note: 'link: the address at which people join. A scheduled room can be put into a calendar.',
    settings: () => ({rooms: list(), value: 'design-review', link: 'https://shop.example/r/{room}'}),
    reached: '[part=copy]',
  },
  menu: {
    label: 'Menu',
    note: 'layout="menu": a button that opens the list.',
    settings: () => ({rooms: list(), layout: 'menu' as const}),
    reached: '[part=toggle]',
  },
  'menu-open': {
    label: 'Menu, open',
    note: 'The chosen room, and all others.',
    settings: () => ({rooms: list(), layout: 'menu' as const, value: 'support-desk'}),
    act: picker => press(picker, '[part=toggle]'),
    reached: '.open',
  },
  card: {
    label: 'Card',
    note: 'layout="card": one room, with all that there is to say.',
    settings: () => ({rooms: list(), layout: 'card' as const}),
    reached: OPTION,
  },
  empty: {
    label: 'Empty',
    note: 'There are no rooms yet.',
    settings: () => ({rooms: list([])}),
    reached: '[part~=empty]',
  },
  disabled: {
    label: 'Disabled',
    note: 'disabled, or a fieldset around it that is.',
    settings: () => ({rooms: list(), value: 'support-desk', disabled: true}),
    reached: `[aria-disabled=true] ${OPTION}`,
  },
  required: {
    label: 'Required and missing',
    note: 'required: the form says what is missing, as it does of its other fields.',
    settings: () => ({rooms: list(), required: true, name: 'room'}),
    around: '<form><slot></slot><p class="row"><button>Send</button></p></form>',
    act: async picker => {
      await found(picker, OPTION);
      picker.closest('form')!.requestSubmit();
    },
    reached: '[aria-required=true]',
  },
  unruly: {
    label: 'Unruly names',
    note: 'Long, right to left, without a space, or meant to break a page.',
    settings: () => ({rooms: list(unruly()), showUsers: true}),
    reached: OPTION,
  },
  thousand: {
    label: '1,000 rooms',
    note: 'All of them are in the page, for the browser’s search, print and screen readers.',
    settings: () => ({rooms: list(many(1000))}),
    reached: OPTION,
  },
  ...failing<'room-picker'>(
    'unauthorized denied rate_limited misconfigured bad_reply platform_down offline timeout internal',
    code => ({
      note: `The list fails with ${code}.`,
      settings: () => ({rooms: list([], {list: fails(code, {retryAfter: 30})})}),
      reached: '[part~=failure]',
    }),
  ),
});

const open = (otherwise = {}, settings = room('Coffee corner')) => ({
  rooms: roomsOf([settings], otherwise),
  roomId: settings.room_id,
  userName: 'Ann',
});

const later = (minutes: number) => ({
  settings: () => open({}, scheduled('Design review', minutes)),
  reached: '[part=countdown]',
});

const pressed = {act: (button: HTMLElement) => press(button, 'button')};

export const JOIN = states('join-button', {
  idle: {label: 'Idle', note: 'The room is open.', settings: () => open(), reached: '[aria-disabled=false]'},
  text: {
    label: 'Its own text',
    note: 'The content of the element is the label of the button.',
    settings: () => ({...open(), textContent: 'Enter the waiting room'}),
    reached: '[aria-disabled=false]',
  },
  disabled: {
    label: 'Disabled',
    note: 'disabled: nobody can join.',
    settings: () => ({...open(), disabled: true}),
    reached: 'button:disabled',
  },
  'choose-first': {
    label: 'Nothing chosen',
    note: 'for: it joins what a picker has; pressed before that, it says so and goes there.',
    settings: () => ({for: 'choice'}),
    around: '<room-picker id="choice" no-search></room-picker><slot></slot>',
    act: async button => {
      button.ownerDocument.querySelector<HTMLElementTagNameMap['room-picker']>('#choice')!.rooms = list();
      await press(button, 'button');
    },
    reached: '[role=status]:not(:empty)',
  },
  waiting: {label: 'Waiting', note: 'The room opens in 20 minutes by the server’s clock.', ...later(35)},
  'waiting-days': {
    label: 'Waiting for days',
    note: 'There is no countdown for a day or more.',
    ...later(5000),
    reached: '#reason',
  },
  opening: {label: 'Opening', note: 'The room opens by itself in a few seconds.', ...later(15 + 5 / 60)},
  'too-early': {
    label: 'Told to wait',
    note: 'The room looked open, but the server said otherwise.',
    settings: () => open({token: async () => fails('not_open_yet', {opensAt: soon(90)})()}),
    ...pressed,
    reached: '[part=countdown]',
  },
  over: {
    label: 'Over',
    note: 'The room’s time has passed and nobody is inside.',
    settings: () => open({}, scheduled('Incident follow-up', -120)),
    reached: '[role=status]:not(:empty)',
  },
  requesting: {
    label: 'Requesting',
    note: 'One token, however often the button is pressed meanwhile.',
    settings: () => open({token: never}),
    ...pressed,
    reached: '[aria-busy=true]',
  },
  done: {
    label: 'Handed over',
    note: 'room-token carried the token to the page; the button can be pressed again a second later.',
    settings: () => open(),
    ...pressed,
    reached: '[part=status].done',
  },
  'asks-name': {
    label: 'Asks for a name',
    note: 'Nobody knows the visitor: the field appears at the first press, in the reserved lines. Enter joins.',
    settings: () => ({...open(), userName: ''}),
    ...pressed,
    reached: '[part=input]',
  },
  'name-missing': {
    label: 'Name missing',
    note: 'Pressed without a name: it says so beside the field.',
    settings: () => ({...open(), userName: ''}),
    act: async button => {
      await press(button, 'button');
      await found(button, '[part=input]');
      await press(button, 'button');
    },
    reached: '[aria-invalid=true]',
  },
  'no-name': {
    label: 'Without a name',
    note: 'no-name: the token proxy decides what to call the visitor.',
    settings: () => ({...open(), userName: '', noName: true}),
    ...pressed,
    reached: '[part=status].done',
  },
  ask: {
    label: 'Ask to join',
    note: 'A moderator lets people in.',
    settings: () => open({}, room('Doctor’s office', {knock: true})),
    reached: '[aria-disabled=false]',
  },
  joined: {
    label: 'In the call',
    note: 'joined: set by the page; pressed now, it fires room-leave.',
    settings: () => ({...open(), joined: true}),
    reached: '[part~=leave]',
  },
  left: {
    label: 'After the call',
    note: 'left(): the visitor can join again.',
    settings: () => ({...open(), joined: true}),
    act: async button => {
      await found(button, '[part~=leave]');
      button.left();
    },
    reached: '[part=button]',
  },
  compact: {
    label: 'Compact',
    note: 'compact: no reserved lines. What there is to say is in a popover, while the pointer or the focus is on the button.',
    settings: () => ({...open({token: fails('room_full')}), compact: true}),
    act: async button => {
      await found(button, 'button');
      button.focus();
      await press(button, 'button');
    },
    reached: '.over.open',
  },
  viewer: {
    label: 'As a viewer',
    note: 'user-role: asked for as it is; the token proxy decides.',
    settings: () => ({...open(), userRole: 'viewer'}),
    ...pressed,
    reached: '[part=status].done',
  },
  'rate-limited-wait': {
    label: 'rate limited, for 40 s',
    note: 'The button waits as long as the proxy asks.',
    settings: () => open({token: fails('rate_limited', {retryAfter: 40})}),
    ...pressed,
    reached: '[part=countdown]',
    failure: true,
  },
  'back-online': {
    label: 'back online',
    note: 'The connection is back. The visitor presses again; the element requests nothing by itself.',
    settings: () => open({token: fails('offline')}),
    act: async button => {
      await press(button, 'button');
      await found(button, '[part=status].failed');
      dispatchEvent(new Event('online'));
    },
    reached: '[part=status].idle [role=status]:not(:empty)',
    failure: true,
  },
  ...failing<'join-button'>(
    'room_full denied consent_missing unauthorized not_found over role_invalid invalid rate_limited offline platform_down timeout ' +
      'bad_reply misconfigured internal',
    code => ({
      note: `The token is refused with ${code}.`,
      settings: () => open({token: fails(code)}),
      ...pressed,
      reached: '[part=status].failed',
    }),
  ),
});
