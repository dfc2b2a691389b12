import {expect} from '@open-wc/testing';
import '../../src/index.js';
import {RoomsError, type Rooms} from '../../src/index.js';
import type {RoomUsers} from '../../src/elements/room-users.js';
import {openPeopled, peopleOf, person, rowsOf, said, settled, showUsers} from '../helpers/elements/seeing.js';
import {inside, textOf, until} from '../helpers/elements/stage.js';

const setTimeout = window.setTimeout.bind(window);
const clearTimeout = window.clearTimeout.bind(window);

/** The pending loads, which the test starts instead of a timer. */
const looks = new Map<number, {ms: number; look: () => void}>();

/** The only pending load. */
const next = () => {
  expect(looks.size).to.equal(1);
  return [...looks.values()][0]!;
};
const lookNow = () => {
  const {look} = next();
  looks.clear();
  look();
};
/** The delay in seconds, rounded up because some milliseconds may have passed. A sum of times is exact only to the ms. */
const rest = () => Math.ceil(Math.round(next().ms) / 1000);

const page: {hidden: boolean; onLine: boolean} = {hidden: false, onLine: true};

/** Rooms whose answers the test sets, with the number of requests. */
function told(users: Rooms['users']) {
  const state = {users, asked: 0};
  const rooms: Pick<Rooms, 'users'> = {users: (...args) => (state.asked++, state.users(...args))};
  return Object.assign(state, {rooms});
}
const fails = (code: RoomsError['code'], retryAfter?: number) => () =>
  Promise.reject(new RoomsError(code, 'No.', {retryAfter}));

/** Resolves once the element knows whether it is in sight: browsers tell all observers of a frame in one task, in any order. */
const sightTold = (users: RoomUsers) =>
  new Promise<void>(tell => {
    const observer = new IntersectionObserver(() => {
      observer.disconnect();
      setTimeout(tell);
    });
    observer.observe(users);
  });

const failedAgain = async (users: RoomUsers, state: {asked: number}) => {
  const {asked} = state;
  lookNow();
  await until(() => state.asked > asked && looks.size);
  await users.updateComplete;
};

describe('<room-users> over time', () => {
  beforeEach(() => {
    let last = 1_000_000;
    window.setTimeout = ((look: () => void, ms = 0, ...args: unknown[]) => {
      if (!new Error().stack!.includes('room-users.ts')) return setTimeout(look, ms, ...args);
      looks.set(++last, {ms, look});
      return last;
    }) as typeof setTimeout;
    window.clearTimeout = id => (looks.delete(id as number) ? undefined : clearTimeout(id));
    Object.defineProperty(document, 'hidden', {configurable: true, get: () => page.hidden});
    Object.defineProperty(navigator, 'onLine', {configurable: true, get: () => page.onLine});
  });
  afterEach(() => {
    Object.assign(window, {setTimeout, clearTimeout});
    looks.clear();
    Object.assign(page, {hidden: false, onLine: true});
    Reflect.deleteProperty(document, 'hidden');
    Reflect.deleteProperty(navigator, 'onLine');
  });

  it('shows and announces who came and who left, and does not move the others', async () => {
    const {endpoint, hall, enter, leave} = await openPeopled([
      ['Ann', 'moderator'],
      ['Bob', 'participant'],
      ['Cem', 'participant'],
    ]);
    const users = await showUsers(endpoint, hall);
    const [ann, , cem] = rowsOf(users);
    expect(said(users)).to.equal('');
    await leave('Bob');
    await enter('Dee');
    await sightTold(users);
    lookNow();
    await until(() => said(users), 'it tells');
    expect(said(users)).to.equal('Dee came in. Bob left.');
    expect(peopleOf(users)).to.deep.equal(['Ann, Moderator', 'Cem, Participant', 'Dee, Participant']);
    expect(rowsOf(users).slice(0, 2)).to.deep.equal([ann, cem]);
    expect(textOf(users, '[part=count]')).to.equal('3 people');
    lookNow();
    await until(() => said(users) === '', 'it tells once');
  });

  it('keeps the scroll position', async () => {
    const crowd = Array.from({length: 60}, (_, i) => person(`Person ${i}`));
    const state = told(async () => crowd);
    const users = await showUsers(state.rooms, 'a');
    const list = inside(users, 'ul');
    list.scrollTop = 300;
    state.users = async () => [...crowd, person('Last')];
    lookNow();
    await until(() => peopleOf(users).length === 61);
    expect([inside(users, 'ul') === list, list.scrollTop]).to.deep.equal([true, 300]);
  });

  it('tells two people with one name apart, and announces only the number for many at once', async () => {
    const state = told(async () => [person('Ann')]);
    const users = await showUsers(state.rooms, 'a');
    await sightTold(users);
    state.users = async () => [person('Ann'), person('Ann')];
    lookNow();
    await until(() => said(users) === 'Ann came in.');
    state.users = async () => 'ABCDE'.split('').map(name => person(name));
    lookNow();
    await until(() => said(users) === '5 people');
  });

  it('announces nothing while it is out of sight', async () => {
    const state = told(async () => [person('Ann')]);
    const users = await showUsers(state.rooms, 'a');
    users.hidden = true;
    await sightTold(users);
    state.users = async () => [person('Ann'), person('Bob')];
    lookNow();
    await until(() => peopleOf(users).length === 2);
    expect(said(users)).to.equal('');
  });

  it('loads every 10 seconds or every `refresh` seconds, and at most every 5', async () => {
    const users = await showUsers(told(async () => []).rooms, 'a');
    expect(rest()).to.equal(10);
    for (const [refresh, seconds] of [
      ['30', 30],
      ['1', 5],
      ['1e12', 86_400],
      ['often', 10],
    ] as const) {
      users.setAttribute('refresh', refresh);
      await users.updateComplete;
      expect(rest()).to.equal(seconds);
    }
  });

  it('keeps its list if a load fails, says so, and waits longer each time', async () => {
    const state = told(async () => [person('Ann')]);
    const users = await showUsers(state.rooms, 'a');
    state.users = fails('platform_down');
    const rests: number[] = [];
    for (let i = 0; i < 4; i++) {
      await failedAgain(users, state);
      rests.push(rest());
    }
    expect(rests).to.deep.equal([20, 40, 60, 60]);
    expect(said(users)).to.equal('This could not be brought up to date.');
    expect(peopleOf(users)).to.deep.equal(['Ann, Participant']);
    state.users = fails('rate_limited', 300);
    await failedAgain(users, state);
    expect(rest()).to.equal(300);
    state.users = async () => [person('Ann')];
    lookNow();
    await until(() => said(users) === '');
    expect(rest()).to.equal(10);
  });

  it('keeps loading after a first failure, and keeps showing the failure', async () => {
    const state = told(fails('platform_down'));
    const users = await showUsers(state.rooms, 'a');
    state.users = () => new Promise(() => {});
    lookNow();
    await users.updateComplete;
    expect(said(users)).to.contain('The rooms do not answer.');
    expect(looks.size).to.equal(0);
  });

  for (const code of ['denied', 'not_found', 'unauthorized'] as const) {
    it(`stops loading and removes the list when the answer is ${code}`, async () => {
      const state = told(async () => [person('Ann')]);
      const users = await showUsers(state.rooms, 'a');
      state.users = fails(code);
      lookNow();
      await until(() => !peopleOf(users).length);
      expect(said(users)).to.not.equal('');
      for (const event of ['online', 'visibilitychange']) window.dispatchEvent(new Event(event));
      expect(looks.size).to.equal(0);
      // A new grant is a new chance.
      users.rooms = told(async () => [person('Bob')]).rooms as Rooms;
      await until(() => peopleOf(users).join() === 'Bob, Participant');
      expect(rest()).to.equal(10);
    });
  }

  it('pauses while the page is hidden or offline, and while it is out of the page', async () => {
    const state = told(async () => [person('Ann')]);
    const users = await showUsers(state.rooms, 'a');
    page.hidden = true;
    document.dispatchEvent(new Event('visibilitychange'));
    expect(looks.size).to.equal(0);
    page.hidden = false;
    document.dispatchEvent(new Event('visibilitychange'));
    expect(rest()).to.be.within(1, 10);
    page.onLine = false;
    window.dispatchEvent(new Event('offline'));
    expect(looks.size).to.equal(0);
    page.onLine = true;
    window.dispatchEvent(new Event('online'));
    expect(next().ms).to.equal(0);
    const home = users.parentElement!;
    users.remove();
    expect(looks.size).to.equal(0);
    home.append(users);
    lookNow();
    await settled(users);
    await until(() => looks.size);
    expect(state.asked).to.equal(2);
  });

  it('loads again when it returns after it was removed while loading', async () => {
    const state = told(async () => [person('Ann')]);
    const users = await showUsers(state.rooms, 'a');
    const home = users.parentElement!;
    state.users = () => new Promise(() => {});
    lookNow();
    users.remove();
    await Promise.resolve();
    state.users = async () => [person('Bob')];
    home.append(users);
    lookNow();
    await until(() => peopleOf(users).join() === 'Bob, Participant');
  });
});
