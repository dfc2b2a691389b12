import {expect, fixture, html} from '@open-wc/testing';
import {setViewport} from '@web/test-runner-commands';
import '../../src/index.js';
import {RoomsError, type Rooms} from '../../src/index.js';
import {RoomUsers} from '../../src/elements/room-users.js';
import type {User} from '../../src/rooms/schema.js';
import {openPeopled, peopleOf, person, rowsOf, said, settled, showUsers} from '../helpers/elements/seeing.js';
import {
  accessibilityTree,
  emulate,
  faults,
  inside,
  nextError,
  openStage,
  option,
  outlineOf,
  press,
  textOf,
  until,
} from '../helpers/elements/stage.js';

/** Rooms that give the test's answers, or none yet. */
const answering = (users: Rooms['users']) => ({users}) as Rooms;
const never = () => answering(() => new Promise(() => {}));
const failing = (code: RoomsError['code']) => answering(() => Promise.reject(new RoomsError(code, 'No.')));
const size = (users: RoomUsers) => [users.offsetHeight, inside(users, '[part=box]').offsetHeight];

describe('<room-users>', () => {
  it('is accessible while it loads, with people, with nobody, and when it is refused or fails', async () => {
    const pages = [
      await fixture<RoomUsers>(html`<room-users .rooms=${never()} room-id="a"></room-users>`),
      await showUsers(
        answering(async () => [person('Ann', {role: 'moderator'}), person('Bob')]),
        'a',
      ),
      await showUsers(
        answering(async () => Array.from({length: 40}, (_, i) => person(`Person ${i}`))),
        'a',
      ),
      await showUsers(
        answering(async () => []),
        'a',
      ),
      await showUsers(failing('denied'), 'a'),
      await showUsers(failing('platform_down'), 'a'),
    ];
    for (const colorScheme of ['light', 'dark'] as const) {
      await emulate({colorScheme});
      for (const page of pages) await expect(page).to.be.accessible();
    }
  });

  it('shows the connected people with their roles', async () => {
    const {endpoint, hall} = await openPeopled([
      ['Ann', 'moderator'],
      ['Bob', 'participant'],
      ['Cem', 'viewer'],
    ]);
    const users = await showUsers(endpoint, hall);
    expect(peopleOf(users)).to.deep.equal(['Ann, Moderator', 'Bob, Participant', 'Cem, Viewer']);
    expect(textOf(users, '[part=count]')).to.equal('3 people');
  });

  it('is announced as a heading and a list with its count', async () => {
    const {endpoint, hall} = await openPeopled([['Ann', 'moderator']]);
    await showUsers(endpoint, hall);
    // Some browsers name an item by its content.
    const read = async () =>
      (await accessibilityTree()).children
        .flatMap(child => outlineOf(child))
        .join(' ')
        .replace(/\s+/g, ' ');
    const expected = 'heading In this room 1 person list In this room 1 person listitem Ann Moderator status';
    const deadline = performance.now() + 15_000;
    let outline = await read();
    while (outline !== expected && performance.now() < deadline) outline = await read();
    expect(outline).to.equal(expected);
  });

  it('says that nobody is in the room', async () => {
    const {endpoint, hall} = await openPeopled([]);
    expect(said(await showUsers(endpoint, hall))).to.equal('Nobody is in this room.');
  });

  it('asks the visitor to choose a room if it has none', async () => {
    const users = await fixture<RoomUsers>(html`<room-users endpoint="/nowhere"></room-users>`);
    expect(said(users)).to.equal('Choose a room to see who is in.');
  });

  it('shows one sentence to a visitor who may not see who is in', async () => {
    const {endpoint, roomIds} = await openStage(['Lobby']);
    const users = await showUsers(endpoint, roomIds[0]!);
    expect(said(users)).to.equal('You may not see who is in this room.');
    expect(inside(users, 'ul, button')).to.equal(null);
  });

  it('says that a room does not exist', async () => {
    const {endpoint} = await openPeopled([]);
    expect(said(await showUsers(endpoint, '0123456789abcdef01234567'))).to.contain('This room does not exist.');
  });

  it('says what failed, and loads again on request, keeping the focus', async () => {
    const users = await showUsers(await faults(), 'a');
    expect(said(users)).to.equal('Something went wrong. Try again.');
    users.rooms = failing('platform_down');
    await until(() => said(users).startsWith('The rooms do not answer.'));
    let fails = true;
    users.rooms = answering(() =>
      fails ? Promise.reject(new RoomsError('offline', 'No.')) : Promise.resolve([person('Ann')]),
    );
    await until(() => said(users).startsWith('The rooms cannot be reached.'));
    fails = false;
    inside(users, '[part=retry]').focus();
    await press('Enter');
    await until(() => peopleOf(users).join() === 'Ann, Participant');
    expect(users.shadowRoot!.activeElement).to.equal(inside(users, '[part=box]'));
  });

  it('reports a failure, which the page may show itself', async () => {
    const users = document.createElement('room-users');
    Object.assign(users, {roomId: 'a', rooms: failing('platform_down')});
    users.addEventListener('room-error', event => event.preventDefault());
    const failed = nextError(users);
    document.body.append(users);
    const {error, operation} = await failed;
    expect([error.code, operation]).to.deep.equal(['platform_down', 'users']);
    await settled(users);
    expect(said(users)).to.equal('');
    expect(inside(users, 'button')).to.equal(null);
    users.remove();
  });

  it('shows the room chosen in its picker, through the picker’s endpoint', async () => {
    const {endpoint} = await openPeopled([['Ann', 'moderator']], {rooms: ['Empty']});
    const page = await fixture<HTMLElement>(
      html`<div>
        <room-users for="rooms"></room-users>
        <room-picker id="rooms" endpoint=${endpoint}></room-picker>
      </div>`,
    );
    const [users, picker] = [page.querySelector('room-users')!, page.querySelector('room-picker')!];
    await until(() => option(picker, 'Hall'));
    expect(said(users)).to.equal('Choose a room to see who is in.');
    option(picker, 'Hall').click();
    await until(() => peopleOf(users).join() === 'Ann, Moderator');
    option(picker, 'Empty').click();
    await until(() => said(users) === 'Nobody is in this room.');
    picker.value = '';
    await until(() => said(users) === 'Choose a room to see who is in.');
  });

  it('shows the newest room, whichever answers first', async () => {
    const answers: Record<string, (users: User[]) => void> = {};
    const rooms = answering(id => new Promise(resolve => (answers[id] = resolve)));
    const users = await fixture<RoomUsers>(html`<room-users .rooms=${rooms} room-id="old"></room-users>`);
    users.roomId = 'new';
    await until(() => answers.new);
    answers.new!([person('New')]);
    await settled(users);
    answers.old!([person('Old')]);
    await users.updateComplete;
    expect(peopleOf(users)).to.deep.equal(['New, Participant']);
  });

  it('keeps its list when it is moved, and loads again when it was removed while loading', async () => {
    let [asked, aborted] = [0, 0];
    const rooms = answering((_, {signal} = {}) => {
      signal!.addEventListener('abort', () => aborted++);
      return ++asked < 2 ? new Promise(() => {}) : Promise.resolve([person('Ann')]);
    });
    const users = await fixture<RoomUsers>(html`<room-users .rooms=${rooms} room-id="a"></room-users>`);
    const home = users.parentElement!;
    users.remove();
    await until(() => aborted === 1);
    home.append(users);
    await settled(users);
    const row = rowsOf(users)[0];
    home.prepend(users);
    await users.updateComplete;
    expect(rowsOf(users)[0]).to.equal(row);
    expect(asked).to.equal(2);
  });

  it('works twice on a page', async () => {
    const {endpoint, hall, roomIds} = await openPeopled([['Ann', 'viewer']], {rooms: ['Empty']});
    const [one, two] = [await showUsers(endpoint, hall), await showUsers(endpoint, roomIds[1]!)];
    expect([peopleOf(one), peopleOf(two)]).to.deep.equal([['Ann, Viewer'], []]);
  });

  it('keeps properties set before its upgrade', async () => {
    const users = document.createElement('late-users') as RoomUsers;
    Object.assign(users, {roomId: 'a', rooms: answering(async id => [person(`In ${id}`)])});
    document.body.append(users);
    customElements.define('late-users', class extends RoomUsers {});
    await settled(users);
    expect(peopleOf(users)).to.deep.equal(['In a, Participant']);
    users.remove();
  });

  it('shows names as text, each in its own direction, long ones on several lines', async () => {
    const names = ['<img src=x onerror=alert(1)>', 'עברית', 'x'.repeat(5000), 'Ann\u202E'];
    await setViewport({width: 360, height: 720});
    const users = await showUsers(
      answering(async () => names.map(name => person(name))),
      'a',
    );
    const shown = rowsOf(users).map(row => row.querySelector<HTMLElement>('[part=name]')!);
    expect(shown.map(({textContent}) => textContent)).to.deep.equal(names);
    expect(shown.map(each => getComputedStyle(each).direction)).to.deep.equal(['ltr', 'rtl', 'ltr', 'ltr']);
    expect(inside(users, 'img')).to.equal(null);
    const list = inside(users, 'ul');
    expect(list.scrollWidth).to.equal(list.clientWidth);
    expect(shown[2]!.offsetHeight).to.be.below(100);
    await setViewport({width: 800, height: 600});
  });

  it('keeps its size in every state', async () => {
    const busy = await fixture<RoomUsers>(html`<room-users .rooms=${never()} room-id="a"></room-users>`);
    const people = answering(async () => Array.from({length: 40}, (_, i) => person(`Person ${i}`)));
    for (const rooms of [answering(async () => [person('Ann')]), people, failing('denied'), failing('offline')]) {
      expect(size(await showUsers(rooms, 'a'))).to.deep.equal(size(busy));
    }
    const narrow = await fixture<HTMLElement>(
      html`<div style="width: 150px"><room-users .rooms=${never()} room-id="a"></room-users></div>`,
    );
    const users = narrow.querySelector('room-users')!;
    await users.updateComplete;
    const before = size(users);
    users.rooms = people;
    await until(() => peopleOf(users).length === 40);
    expect(size(users)).to.deep.equal(before);
  });

  it('can be scrolled by keyboard if it is longer than its box', async () => {
    const users = await showUsers(
      answering(async () => Array.from({length: 40}, (_, i) => person(`Person ${i}`))),
      'a',
    );
    expect(inside(users, 'ul').tabIndex).to.equal(0);
    users.rooms = answering(async () => [person('Ann')]);
    await until(() => peopleOf(users).length === 1);
    expect(inside(users, 'ul').tabIndex).to.equal(-1);
  });
});
