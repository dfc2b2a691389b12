import {expect, fixture, html} from '@open-wc/testing';
import '../../src/index.js';
import {RoomsError, type JoinButton, type Room, type RoomPicker, type Rooms} from '../../src/index.js';
import type {RoomEditor} from '../../src/elements/room-editor.js';
import type {RoomUsers} from '../../src/elements/room-users.js';
import {sentence, tokensOf} from '../helpers/elements/join-button.js';
import {numbered, room} from '../helpers/elements/picking.js';
import {buttonOf, inside, namesOf, option, until} from '../helpers/elements/stage.js';

type Answer = {resolve: (value: unknown) => void; reject: (error: Error) => void};

/** Rooms whose calls the test answers, in order. */
function waiting(...operations: (keyof Rooms)[]) {
  const calls: (Answer & {args: unknown[]})[] = [];
  const call = (...args: unknown[]) => new Promise((resolve, reject) => calls.push({resolve, reject, args}));
  const rooms = Object.fromEntries(operations.map(operation => [operation, call])) as unknown as Rooms;
  return {rooms, calls};
}

const known = {get: async (id: string) => room(id)};
const refused = new RoomsError('unauthorized', 'The grant has expired.');

describe('credentials that a page renews meanwhile', () => {
  it('keep the list, its scroll position, the focus and the choice', async () => {
    const all = numbered(60);
    const picker = await fixture<RoomPicker>(
      html`<room-picker .rooms=${{list: async () => all} as never}></room-picker>`,
    );
    await until(() => namesOf(picker).length === 60);
    const list = inside(picker, '[role=listbox]');
    list.focus();
    list.scrollTop = 300;
    picker.value = 'Room 7';
    const kept = option(picker, 'Room 7');
    const {rooms, calls} = waiting('list');
    picker.rooms = rooms;
    await until(() => calls.length);
    await picker.updateComplete;
    expect([namesOf(picker).length, inside(picker, '[aria-busy=true]')]).to.deep.equal([60, null]);
    calls[0]!.resolve(structuredClone(all));
    await new Promise(requestAnimationFrame);
    await picker.updateComplete;
    expect([list.scrollTop, option(picker, 'Room 7'), picker.shadowRoot!.activeElement]).to.deep.equal([
      300,
      kept,
      list,
    ]);
    expect(picker.room!.name).to.equal('Room 7');
  });

  it('replace the list by a failure only if the visitor may not see it any more', async () => {
    const picker = await fixture<RoomPicker>(
      html`<room-picker .rooms=${{list: async () => [room('Lobby')]} as never}></room-picker>`,
    );
    await until(() => namesOf(picker).length);
    let heard = 0;
    picker.addEventListener('room-error', () => heard++);
    picker.rooms = {list: () => Promise.reject(new RoomsError('offline', 'No answer.'))} as never;
    await until(() => heard === 1);
    await picker.updateComplete;
    expect(namesOf(picker)).to.deep.equal(['Lobby']);
    picker.rooms = {list: () => Promise.reject(refused)} as never;
    await until(() => inside(picker, '[part~=failure]'));
    picker.rooms = {list: async () => [room('Hall')]} as never;
    await until(() => namesOf(picker)[0] === 'Hall');
  });

  it('do not drop a press: the request goes on and gives one token', async () => {
    const {rooms, calls} = waiting('token');
    const join = await fixture<JoinButton>(
      html`<join-button room-id="a" user-name="Ann" .rooms=${{...rooms, ...known}}></join-button>`,
    );
    const tokens = tokensOf(join);
    buttonOf(join).click();
    await until(() => calls.length);
    const other = waiting('token');
    join.rooms = {...other.rooms, ...known};
    await join.updateComplete;
    calls[0]!.resolve({token: 'one'});
    await until(() => tokens.length);
    expect([tokens[0]!.detail.token, other.calls.length]).to.deep.equal(['one', 0]);
  });

  it('are used for a press that the old ones were refused for, once and as the same gesture', async () => {
    const old = waiting('token');
    const renewed = waiting('token');
    const join = await fixture<JoinButton>(
      html`<join-button room-id="a" user-name="Ann" .rooms=${{...old.rooms, ...known}}></join-button>`,
    );
    const tokens = tokensOf(join);
    let asked = 0;
    let failed = 0;
    join.addEventListener('room-join', () => asked++);
    join.addEventListener('room-error', () => failed++);
    buttonOf(join).click();
    await until(() => old.calls.length);
    join.rooms = {...renewed.rooms, ...known};
    await join.updateComplete;
    old.calls[0]!.reject(refused);
    await until(() => renewed.calls.length);
    expect(buttonOf(join).getAttribute('aria-busy')).to.equal('true');
    const keyOf = ({args}: {args: unknown[]}) => (args[2] as {idempotencyKey: string}).idempotencyKey;
    expect(keyOf(renewed.calls[0]!)).to.equal(keyOf(old.calls[0]!));
    renewed.calls[0]!.resolve({token: 'two'});
    await until(() => tokens.length);
    expect([asked, failed, renewed.calls.length]).to.deep.equal([1, 0, 1]);
  });

  it('end a failure of the old ones', async () => {
    const failing = {token: () => Promise.reject(refused), ...known};
    const join = await fixture<JoinButton>(
      html`<join-button room-id="a" user-name="Ann" .rooms=${failing as never}></join-button>`,
    );
    buttonOf(join).click();
    await until(() => sentence(join).startsWith('Sign in'));
    join.rooms = {...waiting('token').rooms, ...known};
    await until(() => sentence(join) === '');
  });

  it('keep the people of a room', async () => {
    const users = await fixture<RoomUsers>(
      html`<room-users room-id="a" .rooms=${{users: async () => [{name: 'Ann'}]} as never}></room-users>`,
    );
    const names = () => [...(users.shadowRoot?.querySelectorAll('[part=name]') ?? [])].map(name => name.textContent);
    await until(() => names().length);
    const {rooms, calls} = waiting('users');
    users.rooms = rooms;
    await until(() => calls.length);
    await users.updateComplete;
    expect(names()).to.deep.equal(['Ann']);
    calls[0]!.resolve([{name: 'Ben'}]);
    await until(() => names()[0] === 'Ben');
  });

  it('keep the form of a room, its changes and its question, and finish what was begun', async () => {
    const get = async (id: string): Promise<Room> => room(id);
    const editor = await fixture<RoomEditor>(html`<room-editor room-id="a" .rooms=${{get} as never}></room-editor>`);
    const name = () => inside<HTMLInputElement>(editor, '[name=name]');
    await until(() => editor.shadowRoot && name()?.value === 'a');
    name().focus();
    const {rooms, calls} = waiting('get');
    editor.rooms = rooms;
    await until(() => calls.length);
    expect([name().value, editor.shadowRoot!.activeElement]).to.deep.equal(['a', name()]);
    name().value = 'changed';
    name().dispatchEvent(new InputEvent('input', {bubbles: true, composed: true}));
    calls[0]!.resolve(room('a', {name: 'a'}));
    await new Promise(requestAnimationFrame);
    expect([name().value, editor.dirty]).to.deep.equal(['changed', true]);
    const old = waiting('update');
    editor.rooms = {...old.rooms, get} as never;
    await editor.updateComplete;
    inside(editor, '[part=save]').click();
    await until(() => old.calls.length);
    const renewed = waiting('update');
    editor.rooms = {...renewed.rooms, get} as never;
    await editor.updateComplete;
    old.calls[0]!.reject(refused);
    await until(() => renewed.calls.length);
    renewed.calls[0]!.resolve(undefined);
    await until(() => !editor.dirty);
    inside(editor, 'form [part=delete]').click();
    editor.rooms = {get} as never;
    await editor.updateComplete;
    await new Promise(requestAnimationFrame);
    expect(inside<HTMLDialogElement>(editor, 'dialog').open).to.equal(true);
  });
});

describe('a session that has ended', () => {
  const pages: [string, () => Response][] = [
    ['a redirect', () => Object.defineProperty(Response.error(), 'type', {value: 'opaqueredirect'})],
    ['a page', () => new Response(' <!DOCTYPE html><title>Log in</title>', {headers: {'content-type': 'text/html'}})],
    ['a 419', () => new Response('<title>Page Expired</title>', {status: 419})],
    ['a 440', () => new Response('', {status: 440})],
    ['a 401', () => new Response('Unauthorized', {status: 401})],
  ];
  for (const [answer, respond] of pages) {
    it(`shows the page’s way to sign in, in every element, after ${answer}`, async () => {
      const real = window.fetch;
      window.fetch = async () => respond();
      try {
        const link = () => html`<a slot="sign-in" href="/login">Sign in</a>`;
        const page = await fixture<HTMLElement>(html`<section></section>`);
        const codes = new Set<string>();
        page.addEventListener('room-error', ({detail}) => codes.add(detail.error.code));
        const shown = await fixture<HTMLElement>(
          html`<div>
            <room-picker endpoint="/api">${link()}</room-picker>
            <join-button endpoint="/api" room-id="a" user-name="Ann">${link()}</join-button>
            <room-users endpoint="/api" room-id="a">${link()}</room-users>
            <room-editor endpoint="/api" room-id="a">${link()}</room-editor>
          </div>`,
          {parentNode: page},
        );
        for (const element of shown.children) {
          await until(
            () =>
              element.querySelector('a')!.assignedSlot &&
              (element as HTMLElement).shadowRoot!.textContent!.includes('in'),
            `<${element.localName}> shows the link`,
          );
          const said = element.shadowRoot!.querySelector('[role=status]')!.textContent!.trim();
          expect(said).to.match(/^(You may have been signed out\. Sign in, then|Sign in first, then) try again\.$/);
        }
        expect([...codes]).to.deep.equal([answer === 'a 401' ? 'unauthorized' : 'signed_out']);
      } finally {
        window.fetch = real;
      }
    });
  }

  it('shows no way to sign in otherwise', async () => {
    const rooms = {list: () => Promise.reject(new RoomsError('platform_down', 'Down.'))} as unknown as Rooms;
    const picker = await fixture<RoomPicker>(html`<room-picker .rooms=${rooms}><a slot="sign-in">In</a></room-picker>`);
    await until(() => inside(picker, '[part~=failure]'));
    expect(picker.querySelector('a')!.assignedSlot).to.equal(null);
  });
});
