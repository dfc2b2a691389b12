// Every state of <green-room>: the way in, with rooms and tokens that exist only in the page.
import type {GreenRoom} from '../../src/elements/green-room.js';
import {everyKind, fails, never, roomsOf} from './rooms.js';
import {found, states, type Recipe} from './state.js';

const all = () => roomsOf(everyKind());

/** A client of the page in the stage: a gallery has nobody to call. */
const AROUND = '<slot></slot>';

async function pick(element: GreenRoom, at = 0) {
  const picker = await found(element, 'room-picker');
  await found(picker, '[role=option]');
  picker.shadowRoot!.querySelectorAll<HTMLElement>('[role=option]')[at]!.click();
  await found(element, '[part=ready][aria-disabled=false]');
}

async function prepare(element: GreenRoom, at = 0) {
  await pick(element, at);
  (await found(element, '[part=ready]')).click();
  await found(await found(element, 'pre-join'), '[part=input]');
}

/** Puts the element into the call, with a client of the page, and ends it if there is a reason. */
async function call(element: GreenRoom, reason?: Parameters<GreenRoom['left']>[0]) {
  const own = Object.assign(document.createElement('p'), {slot: 'stage', textContent: 'Your own client is here.'});
  own.style.cssText = 'display: grid; place-items: center; min-block-size: 20rem; color: #f1f6f3';
  element.append(own);
  await prepare(element);
  element.addEventListener('room-token', event => void event.detail.token, {once: true});
  element.preJoin!.userName = 'Keiko Tanaka';
  await element.preJoin!.updateComplete;
  (await found(await found(element, 'join-button'), '[part=button]')).click();
  await found(element, '.at-call');
  if (reason) element.left(reason);
}

const recipe = (label: string, note: string, more: Partial<Recipe<'green-room'>>): Recipe<'green-room'> => ({
  label,
  note,
  settings: () => ({rooms: all()}),
  around: AROUND,
  reached: '.at-pick',
  ...more,
});

const ENDS = ['left', 'closed', 'removed', 'replaced', 'lost'] as const;

export const ENTERING = states('green-room', {
  pick: recipe('Choose', 'The list on the left, the door on the right.', {
    act: element => found(element, 'room-picker'),
  }),
  chosen: recipe('Chosen', 'The lamp says that somebody is in.', {act: element => pick(element)}),
  later: recipe('Opens later', 'The lamp is a rising sun, and the light is amber.', {act: element => pick(element, 5)}),
  prepare: recipe('Get ready', 'The same door, the same place of the button.', {
    act: element => prepare(element),
    reached: '.at-prepare',
  }),
  'room-id': recipe('One room', 'room-id: nobody chooses.', {
    settings: () => ({rooms: all(), roomId: 'coffee-corner'}),
    reached: '.at-prepare',
  }),
  'no-prejoin': recipe('Without getting ready', 'no-prejoin: the button joins at once.', {
    settings: () => ({rooms: all(), noPrejoin: true}),
  }),
  call: recipe('In the call', 'A client of the page, in the slot of the stage.', {
    act: element => call(element),
    reached: '.at-call',
  }),
  ...Object.fromEntries(
    ENDS.map(reason => [
      `after-${reason}`,
      recipe(`After: ${reason}`, 'What happened, and the list to come back to.', {
        act: element => call(element, reason),
        reached: '.at-left',
      }),
    ]),
  ),
  loading: recipe('Loading', 'The rooms are loading.', {settings: () => ({rooms: roomsOf([], {list: never})})}),
  empty: recipe('Empty', 'There are no rooms yet.', {settings: () => ({rooms: roomsOf([])})}),
  failed: {
    ...recipe('Not reached', 'The rooms do not answer.', {
      settings: () => ({rooms: roomsOf([], {list: fails('platform_down')})}),
    }),
    failure: true,
  },
});
