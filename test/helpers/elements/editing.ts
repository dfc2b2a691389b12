import {fixture, html} from '@open-wc/testing';
import {httpRooms, type RoomChanges, type Rooms} from '../../../src/index.js';
import type {RoomEditor} from '../../../src/elements/room-editor.js';
import {WholeRoom} from '../../../src/elements/room-form.js';
import {inside, openStage, textOf, until, type Definition} from './stage.js';

/** A visitor who may manage all rooms. */
export const MANAGER = {
  user_ref: 'ann',
  roles: ['participant' as const],
  rooms: '*' as const,
  can: ['manage' as const],
};

/** A stage whose token proxy lets everybody manage rooms. */
export const openManaged = (rooms: (string | Definition)[] = [], more: {clockOffset?: number} = {}) =>
  openStage(rooms, {visitor: MANAGER, ...more});

/** The rooms of a token proxy with some operations replaced, and the bodies sent to create or update. */
export function through(endpoint: string, but: Partial<Rooms> = {}) {
  const sent: RoomChanges[] = [];
  const behind: Rooms = {...httpRooms({endpoint, room: WholeRoom}), ...but};
  const rooms: Rooms = {
    ...behind,
    create: (body, options) => (sent.push(body), behind.create(body, options)),
    update: (id, body, options) => (sent.push(body), behind.update(id, body, options)),
  };
  return {rooms, sent};
}

/** Shows an editor for the rooms of a token proxy, or for any `Rooms`. */
export async function showEditor(from: string | Rooms, roomId = '') {
  const [endpoint, rooms] = typeof from === 'string' ? [from] : ['', from];
  const editor = await fixture<RoomEditor>(
    html`<room-editor endpoint=${endpoint} .rooms=${rooms} room-id=${roomId}></room-editor>`,
  );
  await until(() => editor.shadowRoot && !inside(editor, 'form[aria-busy=true]'), 'the editor loads');
  // The buttons have a transition from disabled to enabled.
  await until(() => !editor.shadowRoot!.getAnimations().length, 'the editor looks ready');
  return editor;
}

export const field = (editor: RoomEditor, name: string) => inside<HTMLInputElement>(editor, `[name="${name}"]`);
export const said = (editor: RoomEditor) => textOf(editor, '[role=status]');
export const faultAt = (editor: RoomEditor, name: string) => inside(editor, `[id="${name}-fault"]`).textContent;

/** Types a value like a person, and leaves the field. */
export async function fill(editor: RoomEditor, name: string, value: string | boolean) {
  const control = field(editor, name);
  if (typeof value === 'boolean') control.checked = value;
  else control.value = value;
  control.dispatchEvent(new InputEvent('input', {bubbles: true, composed: true}));
  control.dispatchEvent(new Event('change', {bubbles: true}));
  await editor.updateComplete;
}

/** Presses a button of the form. */
export const pressButton = (editor: RoomEditor, part: string) => inside(editor, `form [part=${part}]`).click();
