import {expect, oneEvent} from '@open-wc/testing';
import {RoomsError, type Room} from '../../src/index.js';
import type {RoomEditor} from '../../src/elements/room-editor.js';
import {
  faultAt,
  field,
  fill,
  openManaged,
  pressButton,
  said,
  showEditor,
  through,
} from '../helpers/elements/editing.js';
import {inside, nextError, openStage, opensIn, permanent, until} from '../helpers/elements/stage.js';

const answer = (editor: RoomEditor, part: 'keep' | 'delete') => inside(editor, `dialog [part=${part}]`).click();

describe('<room-editor> for an existing room', () => {
  it('shows the room, and as text what cannot be changed', async () => {
    const lobby = permanent('Lobby', {settings: {mode: 'lecture', participants: 12, knock: true}, sip: true});
    const {endpoint, roomIds, run} = await openManaged([lobby]);
    const editor = await showEditor(endpoint, roomIds[0]);
    expect(field(editor, 'name').value).to.equal('Lobby');
    expect(field(editor, 'participants').value).to.equal('12');
    expect(field(editor, 'knock').checked).to.equal(true);
    expect(field(editor, 'mode')).to.equal(null);
    expect(field(editor, 'opening')).to.equal(null);
    const given = [...editor.shadowRoot!.querySelectorAll('dl')].map(each =>
      each.innerText.replace(/\s+/g, ' ').trim(),
    );
    expect(given[0]).to.equal('Kind Lecture: moderators speak Set when the room was made; cannot be changed.');
    const {sip, room_id} = (await run('get', roomIds[0])) as Room;
    const text = editor.shadowRoot!.textContent;
    for (const value of [sip!.pin, sip!.meeting_id, room_id]) expect(text).to.contain(String(value));
  });

  it('sends what was changed and nothing else', async () => {
    const lobby = permanent('Lobby', {settings: {participants: 12, description: 'Come in'}, data: {a: 1, b: 2}});
    const stage = await openManaged([lobby]);
    const before = (await stage.run('get', stage.roomIds[0])) as Room;
    const {rooms, sent} = through(stage.endpoint);
    const editor = await showEditor(rooms, stage.roomIds[0]);
    await fill(editor, 'participants', '20');
    await fill(editor, 'description', '');
    await fill(editor, 'data', '{"a": 1, "b": 3}');
    setTimeout(() => pressButton(editor, 'save'));
    const {detail} = await oneEvent(editor, 'room-saved');
    expect(sent).to.deep.equal([{settings: {participants: 20, description: ''}, data: {b: 3}}]);
    expect(said(editor)).to.equal('Saved.');
    expect(editor.dirty).to.equal(false);
    const after = (await stage.run('get', stage.roomIds[0])) as Room;
    const {service_id: __, ...shown} = after;
    expect(detail.room).to.deep.equal(shown);
    const {description: _, ...settings} = before.settings;
    expect(after.settings).to.deep.equal({...settings, participants: 20});
    expect(after.data).to.deep.equal({a: 1, b: 3});
  });

  it('sends the default for a field that was emptied, or nothing', async () => {
    const settings = {
      participants: 30,
      billing_code: 'B-7',
      role_based_recording: {moderator: 'audio' as const},
      live_recording: {auto_recording: true, url: 'https://live.example/x'},
    };
    const stage = await openManaged([permanent('Lobby', {settings})]);
    const {rooms, sent} = through(stage.endpoint);
    const editor = await showEditor(rooms, stage.roomIds[0]);
    for (const name of ['participants', 'billing_code', 'live_recording.url']) await fill(editor, name, '');
    expect(field(editor, 'participants').placeholder).to.equal('2');
    await fill(editor, 'live_recording.auto_recording', false);
    await fill(editor, 'role_based_recording.moderator', 'none');
    setTimeout(() => pressButton(editor, 'save'));
    const {detail} = await oneEvent(editor, 'room-saved');
    const unset = {participants: '', billing_code: '', role_based_recording: ''};
    expect(sent).to.deep.equal([{settings: {...unset, live_recording: {auto_recording: false}}}]);
    expect(detail.room.settings.participants).to.equal(2);
    expect(detail.room.settings).not.to.have.any.keys('billing_code', 'role_based_recording');
    expect(field(editor, 'participants').value).to.equal('2');
  });

  it('requests nothing, and says so, when nothing was changed', async () => {
    const stage = await openManaged([permanent('Lobby', {data: {a: 1}})]);
    const editor = await showEditor(stage.endpoint, stage.roomIds[0]);
    for (const [name, data] of [
      ['Lobby', '{"a": 1}'],
      [' Lobby ', '{"a":1.0 }'],
    ] as const) {
      await fill(editor, 'name', 'Other');
      await fill(editor, 'name', name);
      await fill(editor, 'data', data);
      pressButton(editor, 'save');
      await until(() => said(editor));
      expect(said(editor)).to.equal('Nothing was changed.');
      expect([field(editor, 'name').value, editor.dirty]).to.deep.equal(['Lobby', false]);
    }
    expect(await stage.count('update')).to.equal(0);
  });

  it('discards unsaved changes', async () => {
    const stage = await openManaged(['Lobby']);
    const editor = await showEditor(stage.endpoint, stage.roomIds[0]);
    await fill(editor, 'name', '');
    expect(faultAt(editor, 'name')).to.equal('Please fill this in.');
    pressButton(editor, 'discard');
    await editor.updateComplete;
    expect(field(editor, 'name').value).to.equal('Lobby');
    expect(faultAt(editor, 'name')).to.equal('');
    expect(editor.dirty).to.equal(false);
  });

  it('keeps changes that are made while it saves', async () => {
    const stage = await openManaged(['Lobby']);
    const editor = await showEditor(stage.endpoint, stage.roomIds[0]);
    await fill(editor, 'name', 'Hall');
    await stage.run('hold');
    pressButton(editor, 'save');
    await fill(editor, 'participants', '9');
    setTimeout(() => stage.run('release'));
    const {detail} = await oneEvent(editor, 'room-saved');
    await editor.updateComplete;
    expect(detail.room).to.deep.include({name: 'Hall'});
    expect(field(editor, 'name').value).to.equal('Hall');
    expect(field(editor, 'participants').value).to.equal('9');
    expect(editor.dirty).to.equal(true);
  });

  it('says that a key of data cannot be removed, and that a text is no JSON object', async () => {
    const stage = await openManaged([permanent('Lobby', {data: {team: 'blue', floor: 2}})]);
    const editor = await showEditor(stage.endpoint, stage.roomIds[0]);
    await fill(editor, 'data', '{"team": "red"}');
    expect(faultAt(editor, 'data')).to.equal('A key cannot be taken out, only set to null: floor.');
    for (const text of ['{"team"', '[1]', '7', 'null']) {
      await fill(editor, 'data', text);
      expect(faultAt(editor, 'data')).to.equal('Please enter a JSON object, such as {"team": "blue"}.');
    }
    await fill(editor, 'data', '{"team": "red", "floor": null}');
    expect(faultAt(editor, 'data')).to.equal('');
  });

  it('cannot change a scheduled room that is about to start, and says so', async () => {
    const stage = await openManaged([opensIn('Talk', -60_000)]);
    const editor = await showEditor(stage.endpoint, stage.roomIds[0]);
    expect(said(editor)).to.match(/^It is too late/);
    expect(field(editor, 'name').matches(':disabled')).to.equal(true);
    await expect(editor).to.be.accessible();
    pressButton(editor, 'save');
    await editor.updateComplete;
    expect(await stage.count('update')).to.equal(0);
  });

  it('says that it became too late while a room was being changed', async () => {
    const stage = await openManaged([opensIn('Talk', 60_000)]);
    let ahead = 0;
    const {rooms} = through(stage.endpoint, {now: () => Date.now() + ahead});
    const editor = await showEditor(rooms, stage.roomIds[0]);
    await fill(editor, 'name', 'Talks');
    ahead = 120_000;
    pressButton(editor, 'save');
    await until(() => said(editor));
    expect(said(editor)).to.match(/^It is too late/);
    expect(await stage.count('update')).to.equal(0);
  });

  it('shows a refusal of the platform at its field until the field changes', async () => {
    const stage = await openManaged(['Lobby']);
    // A platform whose limit differs from the known one.
    const refusal = new RoomsError('invalid', 'Invalid value.', {key: 'settings.moderators'});
    const {rooms} = through(stage.endpoint, {update: () => Promise.reject(refusal)});
    const editor = await showEditor(rooms, stage.roomIds[0]);
    await fill(editor, 'moderators', '5');
    setTimeout(() => pressButton(editor, 'save'));
    expect(await nextError(editor)).to.include({operation: 'update'});
    await until(() => editor.shadowRoot!.activeElement === field(editor, 'moderators'));
    expect(said(editor)).to.equal('1 field needs your attention.');
    expect(faultAt(editor, 'moderators')).to.equal('The platform does not accept this.');
    await fill(editor, 'name', 'Hall');
    expect(faultAt(editor, 'moderators')).to.equal('The platform does not accept this.');
    await fill(editor, 'moderators', '4');
    expect(faultAt(editor, 'moderators')).to.equal('');
    expect(said(editor)).to.equal('');
  });

  it('marks a checkbox that the platform refuses, too', async () => {
    const stage = await openManaged(['Lobby']);
    const refusal = new RoomsError('invalid', 'Invalid value.', {key: 'settings.knock'});
    const {rooms} = through(stage.endpoint, {update: () => Promise.reject(refusal)});
    const editor = await showEditor(rooms, stage.roomIds[0]);
    await fill(editor, 'knock', true);
    pressButton(editor, 'save');
    await until(() => editor.shadowRoot!.activeElement === field(editor, 'knock'));
    expect(field(editor, 'knock').getAttribute('aria-invalid')).to.equal('true');
    await expect(editor).to.be.accessible();
  });
});

describe('<room-editor> that deletes', () => {
  it('asks first, and returns the focus', async () => {
    const stage = await openManaged(['Lobby']);
    const editor = await showEditor(stage.endpoint, stage.roomIds[0]);
    inside(editor, 'form [part=delete]').focus();
    pressButton(editor, 'delete');
    expect(inside<HTMLDialogElement>(editor, 'dialog').open).to.equal(true);
    expect(editor.shadowRoot!.activeElement).to.equal(inside(editor, '[part=keep]'));
    answer(editor, 'keep');
    await until(() => editor.shadowRoot!.activeElement === inside(editor, 'form [part=delete]'));
    expect(await stage.count('remove')).to.equal(0);
  });

  it('deletes the room, tells the page, and says so in place of the form', async () => {
    const stage = await openManaged(['Lobby']);
    const editor = await showEditor(stage.endpoint, stage.roomIds[0]);
    await fill(editor, 'name', 'Hall');
    const {height} = editor.getBoundingClientRect();
    pressButton(editor, 'delete');
    setTimeout(() => answer(editor, 'delete'));
    const asked = await oneEvent(editor, 'room-delete');
    expect(asked.detail.room.name).to.equal('Lobby');
    const {detail} = await oneEvent(editor, 'room-deleted');
    expect(detail.room.room_id).to.equal(stage.roomIds[0]);
    await until(() => editor.shadowRoot!.activeElement?.matches('[part~=status]'));
    expect(said(editor)).to.equal('“Lobby” was deleted.');
    expect(await stage.run('list')).to.deep.equal([]);
    expect(editor.dirty).to.equal(false);
    // The form leaves no empty place behind.
    expect(editor.getBoundingClientRect().height).to.be.lessThan(height / 4);
    expect(inside(editor, 'form').checkVisibility()).to.equal(false);
  });

  it('ignores the second click of a double click as an answer to its question', async () => {
    const stage = await openManaged(['Lobby']);
    const editor = await showEditor(stage.endpoint, stage.roomIds[0]);
    pressButton(editor, 'delete');
    const second = new MouseEvent('click', {detail: 2, bubbles: true, cancelable: true});
    inside(editor, 'dialog [part=delete]').dispatchEvent(second);
    expect(inside<HTMLDialogElement>(editor, 'dialog').open).to.equal(true);
    setTimeout(() => answer(editor, 'delete'));
    await oneEvent(editor, 'room-deleted');
  });

  it('deletes nothing when the page cancels the event', async () => {
    const stage = await openManaged(['Lobby']);
    const editor = await showEditor(stage.endpoint, stage.roomIds[0]);
    setTimeout(() => (pressButton(editor, 'delete'), answer(editor, 'delete')));
    editor.addEventListener('room-delete', event => event.preventDefault());
    await oneEvent(editor, 'room-delete');
    await editor.updateComplete;
    expect(inside(editor, 'form [part=delete]').getAttribute('aria-disabled')).to.equal('false');
    expect(await stage.count('remove')).to.equal(0);
  });

  it('says why a room with somebody in it is not deleted', async () => {
    const stage = await openManaged(['Lobby']);
    await stage.run('occupy', stage.roomIds[0]);
    const editor = await showEditor(stage.endpoint, stage.roomIds[0]);
    setTimeout(() => (pressButton(editor, 'delete'), answer(editor, 'delete')));
    const {error, operation} = await nextError(editor);
    expect([error.code, operation]).to.deep.equal(['room_active', 'remove']);
    await until(() => said(editor));
    expect(said(editor)).to.equal('Somebody is in this room, so it cannot be deleted. Try again when it is empty.');
    expect(field(editor, 'name').value).to.equal('Lobby');
  });

  it('counts a missing room as deleted, since an earlier answer may have been lost', async () => {
    const stage = await openManaged(['Lobby']);
    const editor = await showEditor(stage.endpoint, stage.roomIds[0]);
    await stage.run('lose');
    setTimeout(() => (pressButton(editor, 'delete'), answer(editor, 'delete')));
    await nextError(editor);
    await editor.updateComplete;
    setTimeout(() => (pressButton(editor, 'delete'), answer(editor, 'delete')));
    await oneEvent(editor, 'room-deleted');
    expect(said(editor)).to.equal('“Lobby” was deleted.');
  });

  it('says in one sentence that the visitor is not allowed', async () => {
    const stage = await openStage(['Lobby']);
    const editor = await showEditor(stage.endpoint, stage.roomIds[0]);
    setTimeout(() => (pressButton(editor, 'delete'), answer(editor, 'delete')));
    expect((await nextError(editor)).error.code).to.equal('denied');
    await until(() => said(editor));
    expect(said(editor)).to.equal('You are not allowed to change rooms here.');
  });
});
