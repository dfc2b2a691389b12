import {expect, oneEvent} from '@open-wc/testing';
import {sendKeys} from '@web/test-runner-commands';
import type {JoinButton, Room} from '../../src/index.js';
import {faultAt, field, fill, openManaged, pressButton, said, showEditor} from '../helpers/elements/editing.js';
import {inside, nextError, openStage, permanent, textOf, until} from '../helpers/elements/stage.js';

describe('<room-editor>', () => {
  it('is accessible for a new room, an existing room, the question before deleting, and a failure', async () => {
    const {endpoint, roomIds} = await openManaged(['Lobby']);
    const making = await showEditor(endpoint);
    await expect(making).to.be.accessible();
    for (const group of making.shadowRoot!.querySelectorAll('details')) group.open = true;
    pressButton(making, 'save');
    await until(() => said(making));
    await expect(making).to.be.accessible();
    const changing = await showEditor(endpoint, roomIds[0]);
    await expect(changing).to.be.accessible();
    pressButton(changing, 'delete');
    await expect(changing).to.be.accessible();
    await expect(await showEditor(endpoint, 'no-such-room')).to.be.accessible();
  });

  it('creates a room from a name, a kind and a number of people', async () => {
    const stage = await openManaged();
    const editor = await showEditor(stage.endpoint);
    await fill(editor, 'name', ' Lobby ');
    await fill(editor, 'mode', 'lecture');
    await fill(editor, 'participants', '12');
    setTimeout(() => pressButton(editor, 'save'));
    const asked = await oneEvent(editor, 'room-save');
    expect(asked.detail.room).to.deep.equal({name: 'Lobby', settings: {mode: 'lecture', participants: 12}});
    const {detail} = await oneEvent(editor, 'room-saved');
    expect(said(editor)).to.equal('“Lobby” was created.');
    const [room, ...others] = (await stage.run('list')) as Room[];
    expect(others).to.deep.equal([]);
    expect(room).to.deep.include({room_id: detail.room.room_id, owner_ref: 'ann', settings: detail.room.settings});
    expect(field(editor, 'name').value).to.equal('');
    expect(editor.dirty).to.equal(false);
  });

  it('requests nothing when the page cancels the event', async () => {
    const stage = await openManaged();
    const editor = await showEditor(stage.endpoint);
    editor.addEventListener('room-save', event => event.preventDefault());
    await fill(editor, 'name', 'Lobby');
    pressButton(editor, 'save');
    await editor.updateComplete;
    expect(inside(editor, '[part=save]').getAttribute('aria-busy')).to.equal('false');
    expect(field(editor, 'name').value).to.equal('Lobby');
    expect(await stage.count('create')).to.equal(0);
  });

  it('says at each field what is wrong, and focuses the first', async () => {
    const stage = await openManaged();
    const editor = await showEditor(stage.endpoint);
    expect(faultAt(editor, 'name')).to.equal('');
    await fill(editor, 'participants', '1601');
    await fill(editor, 'moderators', '9');
    pressButton(editor, 'save');
    await until(() => editor.shadowRoot!.activeElement === field(editor, 'name'));
    expect(said(editor)).to.equal('3 fields need your attention.');
    expect(faultAt(editor, 'name')).to.equal('Please fill this in.');
    expect(field(editor, 'name').getAttribute('aria-invalid')).to.equal('true');
    expect(field(editor, 'name').getAttribute('aria-errormessage')).to.equal('name-fault');
    expect(faultAt(editor, 'participants')).to.equal('Please enter a number from 1 to 266.');
    expect(faultAt(editor, 'moderators')).to.equal('Please enter a number from 1 to 5.');
    expect(field(editor, 'moderators').closest('details')!.open).to.equal(true);
    expect(await stage.count('create')).to.equal(0);
  });

  it('shows no fault while a field is first typed into, and updates it from then on', async () => {
    const editor = await showEditor((await openManaged()).endpoint);
    const participants = field(editor, 'participants');
    participants.focus();
    participants.select();
    await sendKeys({type: 'x'});
    expect(faultAt(editor, 'participants')).to.equal('');
    await sendKeys({press: 'Tab'});
    await editor.updateComplete;
    expect(faultAt(editor, 'participants')).to.equal('Please enter a number.');
    await fill(editor, 'participants', '1.5');
    expect(faultAt(editor, 'participants')).to.equal('Please enter a whole number.');
    await fill(editor, 'participants', '٣');
    expect(faultAt(editor, 'participants')).to.equal('');
  });

  it('creates one room for a double click, and for Enter and a click', async () => {
    const stage = await openManaged();
    const editor = await showEditor(stage.endpoint);
    await fill(editor, 'name', 'Lobby');
    await stage.run('hold');
    pressButton(editor, 'save');
    pressButton(editor, 'save');
    field(editor, 'name').focus();
    await sendKeys({press: 'Enter'});
    await editor.updateComplete;
    expect(inside(editor, '[part=save]').getAttribute('aria-busy')).to.equal('true');
    setTimeout(() => stage.run('release'));
    await oneEvent(editor, 'room-saved');
    pressButton(editor, 'save');
    await until(() => faultAt(editor, 'name'));
    expect(await stage.count('create')).to.equal(1);
  });

  it('keeps saying what was created after the second click', async () => {
    const editor = await showEditor((await openManaged()).endpoint);
    await fill(editor, 'name', 'Lobby');
    setTimeout(() => pressButton(editor, 'save'));
    await oneEvent(editor, 'room-saved');
    const second = new MouseEvent('click', {detail: 2, bubbles: true, cancelable: true});
    inside(editor, '[part=save]').dispatchEvent(second);
    await editor.updateComplete;
    expect(said(editor)).to.equal('“Lobby” was created.');
  });

  it('continues with the new room if the page sets its id, and keeps the focus in place', async () => {
    const stage = await openManaged();
    const editor = await showEditor(stage.endpoint);
    editor.addEventListener('room-saved', ({detail}) => (editor.roomId = detail.room.room_id));
    await fill(editor, 'name', 'Lobby');
    field(editor, 'name').focus();
    await sendKeys({press: 'Enter'});
    await until(() => textOf(editor, '[part=title]').includes('Lobby'));
    expect(said(editor)).to.equal('“Lobby” was created.');
    expect(editor.shadowRoot!.activeElement).to.equal(field(editor, 'name'));
    // The button that joins the new room looks at it once; the editor itself does not.
    await until(() => inside<JoinButton>(editor, 'join-button').room);
    expect(await stage.count('get')).to.equal(1);
    await fill(editor, 'name', 'Foyer');
    setTimeout(() => pressButton(editor, 'save'));
    await oneEvent(editor, 'room-saved');
    expect(((await stage.run('list')) as Room[]).map(({name}) => name)).to.deep.equal(['Foyer']);
  });

  it('creates one room when the answer is lost and the button is pressed again', async () => {
    const stage = await openManaged();
    const editor = await showEditor(stage.endpoint);
    await fill(editor, 'name', 'Lobby');
    await stage.run('lose');
    setTimeout(() => pressButton(editor, 'save'));
    expect(await nextError(editor)).to.include({operation: 'create'});
    await until(() => said(editor));
    setTimeout(() => pressButton(editor, 'save'));
    const {detail} = await oneEvent(editor, 'room-saved');
    const rooms = (await stage.run('list')) as Room[];
    expect(rooms.map(room => room.room_id)).to.deep.equal([detail.room.room_id]);
  });

  it('says in one sentence that the visitor is not allowed', async () => {
    const stage = await openStage([permanent('Lobby')]);
    const editor = await showEditor(stage.endpoint);
    await fill(editor, 'name', 'Lobby');
    setTimeout(() => pressButton(editor, 'save'));
    const {error} = await nextError(editor);
    expect(error.code).to.equal('denied');
    await until(() => said(editor));
    expect(said(editor)).to.equal('You are not allowed to change rooms here.');
    expect(field(editor, 'name').value).to.equal('Lobby');
  });
});
