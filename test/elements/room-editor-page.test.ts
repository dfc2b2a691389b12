import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import {sendKeys} from '@web/test-runner-commands';
import {RoomsError, type RoomPicker, type Rooms} from '../../src/index.js';
import type {RoomEditor} from '../../src/elements/room-editor.js';
import {field, fill, openManaged, pressButton, said, showEditor, through} from '../helpers/elements/editing.js';
import {
  emulate,
  browser,
  expectOutline,
  inside,
  namesOf,
  nextError,
  openStage,
  option,
  press,
  showPicker,
  until,
} from '../helpers/elements/stage.js';

/** Fires what the browser fires before a page is left. */
function isAskedToLeave(): boolean {
  const event = new Event('beforeunload', {cancelable: true});
  dispatchEvent(event);
  return event.defaultPrevented;
}

describe('<room-editor> in a page', () => {
  it('asks before the page is left only while there are unsaved changes', async () => {
    const stage = await openManaged();
    const editor = await showEditor(stage.endpoint);
    expect(isAskedToLeave()).to.equal(false);
    await fill(editor, 'name', 'Lobby');
    expect(isAskedToLeave()).to.equal(true);
    const {parentNode} = editor;
    editor.remove();
    expect(isAskedToLeave()).to.equal(false);
    parentNode!.append(editor);
    await editor.updateComplete;
    expect(isAskedToLeave()).to.equal(true);
    setTimeout(() => pressButton(editor, 'save'));
    await oneEvent(editor, 'room-saved');
    await editor.updateComplete;
    expect(isAskedToLeave()).to.equal(false);
  });

  it('asks before the page is left even if another editor has no unsaved changes', async () => {
    const stage = await openManaged(['Lobby']);
    const editor = await showEditor(stage.endpoint);
    await fill(editor, 'name', 'Hall');
    const other = await showEditor(stage.endpoint, stage.roomIds[0]);
    expect(isAskedToLeave()).to.equal(true);
    other.remove();
    expect(isAskedToLeave()).to.equal(true);
  });

  it('shows disabled fields while it loads, and keeps its size', async () => {
    const stage = await openManaged(['Lobby']);
    let release = () => {};
    const held = new Promise<void>(resolve => (release = resolve));
    const {rooms} = through(stage.endpoint);
    const slow = {...rooms, get: (id: string) => held.then(() => rooms.get(id))};
    const editor = await fixture<RoomEditor>(
      html`<room-editor .rooms=${slow} room-id=${stage.roomIds[0]!}></room-editor>`,
    );
    await until(() => editor.shadowRoot && inside(editor, '[aria-busy=true]'));
    expect(said(editor)).to.equal('Loading the room…');
    await expect(editor).to.be.accessible();
    expect(getComputedStyle(field(editor, 'name')).visibility).to.equal('visible');
    const isOff = () => inside(editor, '[part=save]').getAttribute('aria-disabled');
    expect(isOff()).to.equal('true');
    const {height} = editor.getBoundingClientRect();
    const {y} = inside(editor, '[part=save]').getBoundingClientRect();
    release();
    await until(() => field(editor, 'name').value === 'Lobby');
    expect(isOff()).to.equal('false');
    expect(editor.getBoundingClientRect().height).to.equal(height);
    expect(inside(editor, '[part=save]').getBoundingClientRect().y).to.equal(y);
  });

  it('says that there is no such room, and loads again on request', async () => {
    const stage = await openManaged(['Lobby']);
    const {rooms} = through(stage.endpoint);
    let fails = true;
    const flaky = {
      ...rooms,
      get: (id: string) => (fails ? Promise.reject(new RoomsError('offline', 'No answer.')) : rooms.get(id)),
    };
    const editor = await showEditor(flaky, stage.roomIds[0]);
    expect(said(editor)).to.equal('The rooms cannot be reached. Check your connection.');
    fails = false;
    inside(editor, '[part=retry]').click();
    await until(() => field(editor, 'name').value === 'Lobby');
    await until(() => editor.shadowRoot!.activeElement === field(editor, 'name'));
    editor.roomId = 'no-such-room';
    await until(() => said(editor) === 'This room does not exist. Choose another one.');
  });

  it('keeps the focus while it loads again, unless the visitor moves it', async () => {
    const answers: (() => void)[] = [];
    const get = () => new Promise<never>((_, no) => answers.push(() => no(new RoomsError('offline', 'No answer.'))));
    const editor = await fixture<RoomEditor>(
      html`<room-editor .rooms=${{get} as unknown as Rooms} room-id="a"></room-editor><button>Next</button>`,
    );
    const focused = () => editor.shadowRoot!.activeElement;
    const retry = () => inside(editor, '[part=retry]');
    answers.pop()!();
    await until(retry);
    for (const goesOn of [false, true]) {
      retry().focus();
      retry().click();
      await editor.updateComplete;
      expect(focused()).to.equal(inside(editor, '[role=status]'));
      const next = editor.nextElementSibling as HTMLElement;
      if (goesOn) next.focus();
      answers.pop()!();
      await until(retry);
      await editor.updateComplete;
      if (goesOn) expect(document.activeElement).to.equal(next);
      else await until(() => focused() === retry());
    }
  });

  it('shows no failure that the page took over', async () => {
    const stage = await openStage(['Lobby']);
    const editor = await showEditor(stage.endpoint);
    editor.addEventListener('room-error', event => event.preventDefault());
    await fill(editor, 'name', 'Lobby');
    setTimeout(() => pressButton(editor, 'save'));
    await nextError(editor);
    await editor.updateComplete;
    expect(said(editor)).to.equal('');
    expect(inside(editor, '[part=save]').getAttribute('aria-disabled')).to.equal('false');
  });

  it('keeps unsaved changes when its grant is renewed', async () => {
    const stage = await openManaged(['Lobby']);
    const editor = await showEditor(stage.endpoint, stage.roomIds[0]);
    await fill(editor, 'name', 'Hall');
    editor.grant = 'renewed';
    await editor.updateComplete;
    expect(field(editor, 'name').value).to.equal('Hall');
    expect(await stage.count('get')).to.equal(1);
  });

  it('offers no retry if the page took over a failed load', async () => {
    const {endpoint} = await openManaged();
    const editor = document.createElement('room-editor');
    Object.assign(editor, {endpoint, roomId: 'no-such-room'});
    editor.addEventListener('room-error', event => event.preventDefault());
    const failed = nextError(editor);
    (await fixture<HTMLElement>(html`<div></div>`)).append(editor);
    await failed;
    await until(() => inside(editor, '.instead'));
    expect(inside(editor, '.instead').innerText.trim()).to.equal('');
  });

  it('closes its question when it is moved, and can ask again', async () => {
    const stage = await openManaged(['Lobby']);
    const editor = await showEditor(stage.endpoint, stage.roomIds[0]);
    pressButton(editor, 'delete');
    (await fixture<HTMLElement>(html`<section></section>`)).append(editor);
    await editor.updateComplete;
    const dialog = inside<HTMLDialogElement>(editor, 'dialog');
    expect(dialog.open).to.equal(false);
    pressButton(editor, 'delete');
    expect(dialog.matches(':modal')).to.equal(true);
  });

  it('shows the newest room if `room-id` changes while it loads', async () => {
    const stage = await openManaged(['Lobby', 'Hall']);
    const {rooms} = through(stage.endpoint);
    const waiting: (() => void)[] = [];
    const slow = {
      ...rooms,
      get: (id: string) => new Promise<void>(resolve => waiting.push(resolve)).then(() => rooms.get(id)),
    };
    const [lobby, hall] = stage.roomIds as [string, string];
    const editor = await fixture<RoomEditor>(html`<room-editor .rooms=${slow} room-id=${lobby}></room-editor>`);
    await until(() => waiting.length === 1);
    editor.roomId = hall;
    await until(() => waiting.length === 2);
    for (const resolve of waiting.reverse()) resolve();
    await until(() => field(editor, 'name').value);
    expect(field(editor, 'name').value).to.equal('Hall');
    editor.roomId = '';
    await editor.updateComplete;
    expect(inside(editor, '[part=title]').textContent).to.equal('New room');
    expect(field(editor, 'name').value).to.equal('');
  });

  it('completes a save but does not show it if `room-id` changes meanwhile', async () => {
    const stage = await openManaged(['Lobby', 'Hall']);
    const editor = await showEditor(stage.endpoint, stage.roomIds[0]);
    await fill(editor, 'name', 'Foyer');
    await stage.run('hold');
    pressButton(editor, 'save');
    editor.roomId = stage.roomIds[1]!;
    await until(() => field(editor, 'name').value === 'Hall');
    setTimeout(() => stage.run('release'));
    const {detail} = await oneEvent(editor, 'room-saved');
    expect(detail.room.name).to.equal('Foyer');
    await editor.updateComplete;
    expect(field(editor, 'name').value).to.equal('Hall');
    expect(said(editor)).to.equal('');
  });

  it('loads again when it returns after it was removed while loading', async () => {
    const stage = await openManaged(['Lobby']);
    const editor = document.createElement('room-editor');
    editor.endpoint = stage.endpoint;
    editor.roomId = stage.roomIds[0]!;
    const page = await fixture<HTMLElement>(html`<div></div>`);
    page.append(editor);
    await editor.updateComplete;
    editor.remove();
    await new Promise(resolve => queueMicrotask(() => resolve(undefined)));
    page.append(editor);
    await until(() => field(editor, 'name').value === 'Lobby');
  });

  it('keeps unsaved changes when it is moved', async () => {
    const stage = await openManaged(['Lobby']);
    const editor = await showEditor(stage.endpoint, stage.roomIds[0]);
    await fill(editor, 'name', 'Hall');
    const page = await fixture<HTMLElement>(html`<section></section>`);
    page.append(editor);
    await editor.updateComplete;
    expect(field(editor, 'name').value).to.equal('Hall');
    expect(await stage.count('get')).to.equal(1);
  });

  it('keeps properties set before its upgrade, and works beside another editor', async () => {
    const stage = await openManaged(['Lobby', 'Hall']);
    const page = await fixture<HTMLElement>(html`<div></div>`);
    const editors = stage.roomIds.map(roomId => {
      const early = document.createElement('template').content.ownerDocument.createElement('room-editor');
      Object.assign(early, {endpoint: stage.endpoint, roomId});
      page.append(early);
      return early as RoomEditor;
    });
    await until(() => editors.every(editor => editor.shadowRoot && field(editor, 'name')?.value));
    expect(editors.map(editor => field(editor, 'name').value)).to.deep.equal(['Lobby', 'Hall']);
    await fill(editors[0]!, 'name', 'Foyer');
    expect(editors.map(({dirty}) => dirty)).to.deep.equal([true, false]);
  });

  it('shows hostile names as text', async () => {
    const hostile = '<img src=x onerror="top.hit = 1">\u202E" onclick="top.hit = 1';
    const room = {name: hostile, settings: {description: hostile}, data: {[hostile]: hostile}};
    const stage = await openManaged([room]);
    const editor = await showEditor(stage.endpoint, stage.roomIds[0]);
    pressButton(editor, 'delete');
    expect(field(editor, 'name').value).to.equal(hostile);
    expect(inside(editor, '[part=title]').textContent).to.contain(hostile);
    expect(inside(editor, 'dialog').textContent).to.contain(hostile);
    expect(editor.shadowRoot!.querySelectorAll('img, [onclick], [onerror]')).to.have.length(0);
  });

  it('lets a page show the new room in a picker', async () => {
    const stage = await openManaged(['Lobby']);
    const picker: RoomPicker = await showPicker(stage.endpoint);
    const editor = await showEditor(stage.endpoint);
    editor.addEventListener('room-saved', () => void picker.reload({quiet: true}));
    await fill(editor, 'name', 'Hall');
    pressButton(editor, 'save');
    await until(() => option(picker, 'Hall'));
    expect(namesOf(picker)).to.deep.equal(['Lobby', 'Hall']);
  });
});

describe('accessibility of <room-editor>', () => {
  it('has enough contrast in dark colours', async () => {
    await emulate({colorScheme: 'dark'});
    const {endpoint, roomIds} = await openManaged(['Lobby']);
    const editor = await showEditor(endpoint, roomIds[0]);
    for (const group of editor.shadowRoot!.querySelectorAll('details')) group.open = true;
    await fill(editor, 'name', '');
    pressButton(editor, 'save');
    await until(() => said(editor));
    await expect(editor).to.be.accessible();
    pressButton(editor, 'delete');
    await expect(editor).to.be.accessible();
  });

  it('creates, changes and deletes a room by keyboard alone', async () => {
    const stage = await openManaged();
    const editor = await showEditor(stage.endpoint);
    editor.focus();
    await sendKeys({type: 'Lobby'});
    const made = oneEvent(editor, 'room-saved');
    await press('Enter');
    editor.roomId = (await made).detail.room.room_id;
    await until(() => field(editor, 'name')?.value === 'Lobby');
    editor.focus();
    await press('End');
    await sendKeys({type: '!'});
    const changed = oneEvent(editor, 'room-saved');
    await press('Enter');
    expect((await changed).detail.room.name).to.equal('Lobby!');
    const isAt = (selector: string) => editor.shadowRoot!.activeElement === inside(editor, selector);
    for (let n = 0; n < 15 && !isAt('form [part=delete]'); n++) await press('Tab');
    await press('Enter');
    await until(() => isAt('[part=keep]'));
    await press('Tab');
    const deleted = oneEvent(editor, 'room-deleted');
    await press('Enter');
    await deleted;
    await until(() => isAt('[part~=status]'));
    expect(await stage.run('list')).to.deep.equal([]);
  });

  it('is announced as a form with four fields and its disclosures, which say their values', async () => {
    const editor = await showEditor((await openManaged()).endpoint);
    pressButton(editor, 'save');
    await until(() => said(editor));
    await expectOutline([
      'heading New room',
      'Name',
      'textbox Name',
      'Please fill this in.',
      'Description',
      'optional',
      `textbox Description${browser === 'chromium' ? '' : ' '}optional`,
      'One or two sentences below the name.',
      'Kind',
      // The name in WebKit on Linux.
      `${browser === 'webkit' ? 'button' : 'combobox'} Kind`,
      'In a lecture only moderators speak, until they give somebody the floor.',
      'Participants',
      'textbox Participants',
      'How many people can be in at the same time, moderators not counted.',
      'Who may come in',
      'Moderators: 1',
      'When it is open',
      'Always',
      'Picture and sound',
      'Picture quality: Standard · Region of the servers: Nearest · Screen sharing · Adapt to the connection',
      'Recording and broadcast',
      'Telephone',
      'For your own systems',
      'button Create room',
      'button Discard changes',
      'status',
      '  1 field needs your attention.',
    ]);
  });
});
