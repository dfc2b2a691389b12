import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import '../../src/index.js';
import type {JoinButton} from '../../src/index.js';
import type {RoomEditor} from '../../src/elements/room-editor.js';
import {fill, openManaged, pressButton} from '../helpers/elements/editing.js';
import {inside, textOf, until} from '../helpers/elements/stage.js';

describe('a room that <room-editor> created', () => {
  const create = async (attributes: Partial<RoomEditor> = {}, around = html`<div></div>`) => {
    const {endpoint} = await openManaged();
    const editor = Object.assign(document.createElement('room-editor'), {endpoint, ...attributes});
    (await fixture<HTMLElement>(around)).append(editor);
    await customElements.whenDefined('room-editor');
    await editor.updateComplete;
    await fill(editor, 'name', 'Lobby');
    setTimeout(() => pressButton(editor, 'save'));
    const {detail} = await oneEvent(editor, 'room-saved');
    await editor.updateComplete;
    return {editor, room_id: detail.room.room_id};
  };
  const address = (editor: RoomEditor) => editor.shadowRoot!.querySelector<HTMLInputElement>('[part=address]');

  it('can be joined at once, and its link can be copied', async () => {
    const {editor, room_id} = await create({link: 'https://meet.example/r/{room}?from=mail'});
    expect(inside<JoinButton>(editor, 'join-button').roomId).to.equal(room_id);
    expect(address(editor)!.value).to.equal(`https://meet.example/r/${room_id}?from=mail`);
    const copied: string[] = [];
    Object.defineProperty(navigator, 'clipboard', {
      configurable: true,
      value: {writeText: async (text: string) => void copied.push(text)},
    });
    inside(editor, '[part=copy]').click();
    await until(() => textOf(editor, '[part=link] [role=status]') === 'Link copied.');
    expect(copied).to.deep.equal([address(editor)!.value]);
    Object.defineProperty(navigator, 'clipboard', {configurable: true, value: undefined});
    inside(editor, '[part=copy]').click();
    await until(() => textOf(editor, '[part=link] [role=status]').startsWith('The link is selected.'));
    const {selectionStart, selectionEnd, value} = address(editor)!;
    expect([selectionStart, selectionEnd]).to.deep.equal([0, value.length]);
    Reflect.deleteProperty(navigator, 'clipboard');
  });

  it('has the link of the page within a <green-room deep-link>', async () => {
    const {editor, room_id} = await create({}, html`<green-room deep-link></green-room>`);
    const url = new URL(address(editor)!.value);
    expect([url.origin, url.pathname, url.searchParams.get('room')]).to.deep.equal([
      location.origin,
      location.pathname,
      room_id,
    ]);
  });

  it('has no link where none is known, or where it is no http(s) address', async () => {
    for (const link of ['', 'javascript:alert("{room}")', 'https://ann:secret@meet.example/{room}']) {
      expect(address((await create({link})).editor), link).to.equal(null);
    }
  });
});
