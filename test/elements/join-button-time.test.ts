import {expect, oneEvent} from '@open-wc/testing';
import '../../src/index.js';
import type {RoomTokenEvent} from '../../src/elements/events.js';
import {
  announcementsOf,
  isReady,
  ownRooms,
  press,
  sentence,
  showButton,
  showOwn,
  tokensOf,
} from '../helpers/elements/join-button.js';
import {buttonOf, inside, labelOf, nextError, openStage, opensIn, textOf, until} from '../helpers/elements/stage.js';

const {now} = Date;
afterEach(() => {
  Date.now = now;
});

/** A whole second, because times in the API have no fractions. */
const NOON = Date.UTC(2026, 5, 1, 12);
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Updates the element as its timer does each second. */
async function tick(join: Awaited<ReturnType<typeof showOwn>>) {
  join.requestUpdate();
  await join.updateComplete;
}

describe('<join-button> that waits', () => {
  it('counts down by the server’s clock, opens by itself and joins', async () => {
    const clockOffset = -3_600_000;
    const stage = await openStage([opensIn('Soon', 4000, clockOffset)], {clockOffset});
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    await until(() => inside(join, '[part=countdown]'));
    expect(textOf(join, '[part=countdown]')).to.match(/^00:00:0[1-5]$/);
    expect(sentence(join)).to.match(/^Opens /);
    expect(buttonOf(join).getAttribute('aria-disabled')).to.equal('true');
    buttonOf(join).click();
    expect(await stage.count('token')).to.equal(0);
    await until(() => buttonOf(join).getAttribute('aria-disabled') === 'false', 'it opens');
    expect(inside(join, '[part=countdown]')).to.equal(null);
    expect(sentence(join)).to.equal('The room is open now.');
    setTimeout(() => buttonOf(join).click());
    await oneEvent(join, 'room-token');
  });

  it('waits for the time in the platform’s refusal if it differs from the room’s', async () => {
    const stage = await openStage([opensIn('Soon', -1000)]);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    await until(() => join.room && isReady(join), 'it is open');
    await stage.run('advance', -6000);
    setTimeout(() => buttonOf(join).click());
    expect((await nextError(join)).error.code).to.equal('not_open_yet');
    await until(() => inside(join, '[part=countdown]'));
    await until(() => !inside(join, '[part=countdown]'), 'it opens again');
    expect(sentence(join)).to.equal('The room is open now.');
    setTimeout(() => buttonOf(join).click());
    await oneEvent(join, 'room-token');
  });

  it('announces 10 min, 5 min, 1 min, 30 s and the opening, and requests nothing', async () => {
    const page = ownRooms({opensAt: NOON, now: NOON - 12 * MINUTE});
    const join = await showOwn(page);
    const said = announcementsOf(join);
    const shown = new Set<string>();
    for (; page.now <= NOON + 2 * SECOND; page.now += SECOND) {
      await tick(join);
      shown.add(textOf(join, '[part=countdown]'));
    }
    expect(said).to.deep.equal([
      'Opens in 12 minutes.',
      'Opens in 10 minutes.',
      'Opens in 5 minutes.',
      'Opens in 1 minute.',
      'Opens in 30 seconds.',
      'The room is open now.',
    ]);
    expect(shown.size).to.equal(12 * 60 + 1);
    expect(page.asked).to.deep.equal([]);
  });

  it('opens at the exact millisecond', async () => {
    const page = ownRooms({opensAt: NOON, now: NOON - 1});
    const join = await showOwn(page);
    expect([isReady(join), textOf(join, '[part=countdown]')]).to.deep.equal([false, '00:00:01']);
    buttonOf(join).click();
    expect(page.asked).to.deep.equal([]);
    page.now = NOON;
    await tick(join);
    expect([isReady(join), sentence(join)]).to.deep.equal([true, 'The room is open now.']);
    expect(await press(join)).to.equal('ok');
  });

  it('counts real time across clock changes in spring and autumn', async () => {
    for (const change of [Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 9, 25, 1), Date.UTC(2026, 10, 1, 6)]) {
      const page = ownRooms({opensAt: change + 30 * MINUTE, now: change - 30 * MINUTE});
      expect(textOf(await showOwn(page), '[part=countdown]')).to.equal('01:00:00');
    }
  });

  it('announces the remaining time after it slept through an announcement', async () => {
    const page = ownRooms({opensAt: NOON, now: NOON - 20 * MINUTE});
    const join = await showOwn(page);
    const said = announcementsOf(join);
    page.now = NOON - 3 * MINUTE;
    await tick(join);
    page.now = NOON + 17 * MINUTE;
    await tick(join);
    expect(said).to.deep.equal(['Opens in 20 minutes.', 'Opens in 3 minutes.', 'The room is open now.']);
  });

  it('says by itself that the room is over', async () => {
    const page = ownRooms({opensAt: NOON, now: NOON});
    const join = await showOwn(page);
    expect(sentence(join)).to.equal('');
    page.now = NOON + 45 * MINUTE;
    await tick(join);
    expect(sentence(join)).to.equal('This room is over.');
  });

  it('shows the date and no countdown when the room opens on another day', async () => {
    const join = await showOwn(ownRooms({opensAt: NOON, now: NOON - 72 * 60 * MINUTE}));
    expect(textOf(join, '#reason')).to.match(/^Opens Jun 1, 12:00\sPM/);
    expect(textOf(join, '[part=countdown]')).to.equal('');
    expect(sentence(join)).to.equal('Opens in 3 days.');
  });

  for (const hours of [1, -1]) {
    it(`asks the server for the time when the visitor’s clock is set by ${hours} h`, async () => {
      const stage = await openStage([opensIn('Later', 590_000)]);
      const join = await showButton(stage.endpoint, stage.roomIds[0]!);
      await until(() => inside(join, '[part=countdown]'));
      const said = announcementsOf(join);
      const gets = await stage.count('get');
      Date.now = () => now() + hours * 60 * MINUTE;
      await until(async () => (await stage.count('get')) > gets);
      const shown = textOf(join, '[part=countdown]');
      await until(() => textOf(join, '[part=countdown]') < shown, 'it counts on');
      expect(textOf(join, '[part=countdown]')).to.match(/^00:0\d:/);
      expect(said).to.deep.equal(['Opens in 10 minutes.']);
    });
  }

  it('loads its room again when the page returns from the back/forward cache', async () => {
    const page = ownRooms({opensAt: NOON, now: NOON - 20 * MINUTE});
    const join = await showOwn(page);
    page.opensAt = NOON - 10 * MINUTE;
    page.now = NOON - 5 * MINUTE;
    dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}));
    await until(() => isReady(join));
    expect([page.gets, sentence(join)]).to.deep.equal([2, 'The room is open now.']);
  });

  it('does not join a visitor who left the page, even if the page is restored', async () => {
    const stage = await openStage(['Lobby']);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    const tokens = tokensOf(join);
    await stage.run('hold');
    buttonOf(join).click();
    await until(async () => (await stage.count('token')) === 1);
    dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}));
    await stage.run('release');
    dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}));
    await until(() => isReady(join));
    expect([labelOf(join), sentence(join), tokens.length]).to.deep.equal(['Join', '', 0]);
    expect(await press(join)).to.equal('ok');
    expect(await stage.count('token')).to.equal(1);
  });

  it('hands over no token that expired while the laptop slept', async () => {
    let arrive = (_issued: {token: string}) => {};
    const page = ownRooms({answer: () => new Promise(resolve => (arrive = resolve))});
    const join = await showOwn(page);
    const tokens = tokensOf(join);
    buttonOf(join).click();
    await until(() => page.asked.length);
    const failed = nextError(join);
    Date.now = () => now() + 20 * MINUTE;
    arrive({token: 'old'});
    expect((await failed).error.code).to.equal('timeout');
    await join.updateComplete;
    expect([sentence(join), tokens.length]).to.deep.equal(['This took too long. Try again.', 0]);
    page.answer = async () => ({token: 'new'});
    expect(await press(join)).to.equal('ok');
    expect(tokens[0]!.detail.token).to.equal('new');
    expect(page.asked[1]!.key).not.to.equal(page.asked[0]!.key);
  });

  it('says “You are on your way in” until the token expires by the server’s clock', async () => {
    const page = ownRooms({now: NOON});
    page.answer = async () => ({token: 'opaque', expires_at: new Date(NOON + 15 * MINUTE).toISOString()});
    const join = await showOwn(page);
    const token = oneEvent(join, 'room-token') as unknown as Promise<RoomTokenEvent>;
    buttonOf(join).click();
    const {detail} = await token;
    expect(detail.token).to.equal('opaque');
    await until(() => isReady(join), 'it rests');
    page.now = NOON + 15 * MINUTE - 1;
    await tick(join);
    expect([sentence(join), detail.expired]).to.deep.equal(['You are on your way in.', false]);
    page.now++;
    await tick(join);
    expect([sentence(join), detail.expired]).to.deep.equal(['', true]);
  });
});
