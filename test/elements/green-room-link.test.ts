import {expect, fixture, html} from '@open-wc/testing';
import '../../src/define/green-room.js';
import type {GreenRoom} from '../../src/elements/green-room.js';
import type {RoomPicker, Rooms} from '../../src/index.js';
import {room} from '../helpers/elements/picking.js';
import {inside, namesOf, option, textOf, until} from '../helpers/elements/stage.js';

const rooms = {
  list: async () => [room('Lobby'), room('Stage')],
  get: async (id: string) => room(id),
} as unknown as Rooms;
const here = location.href;
const titleOf = (element: GreenRoom) => textOf(element, '[part=title]');

const show = () => fixture<GreenRoom>(html`<green-room deep-link .rooms=${rooms}></green-room>`);

async function toPrepare(element: GreenRoom, name: string) {
  const picker = inside<RoomPicker>(element, 'room-picker');
  await until(() => namesOf(picker).length);
  option(picker, name).click();
  await until(() => element.room);
  inside(element, '[part=ready]').click();
  await until(() => element.step === 'prepare');
}

afterEach(() => history.replaceState(null, '', here));

describe('<green-room deep-link>', () => {
  it('begins with the room of ?room= or #room=, also one that is not in the list', async () => {
    for (const [link, name] of [
      ['?room=Lobby', 'Lobby'],
      ['#room=Hidden', 'Hidden'],
    ] as const) {
      history.replaceState(null, '', link);
      const element = await show();
      expect(element.step).to.equal('prepare');
      await until(() => titleOf(element) === name);
    }
  });

  it('ignores what cannot be the id of a room', async () => {
    history.replaceState(null, '', '?room=%3Cscript%3E..%2F');
    expect((await show()).step).to.equal('pick');
  });

  it('writes the room into the address, and goes back and forward with the browser', async () => {
    history.replaceState({theirs: 1}, '', '?other=1');
    const element = await show();
    await toPrepare(element, 'Stage');
    expect([
      new URLSearchParams(location.search).get('room'),
      new URLSearchParams(location.search).get('other'),
    ]).to.deep.equal(['Stage', '1']);
    expect((history.state as {theirs: number}).theirs).to.equal(1);
    history.back();
    await until(() => element.step === 'pick');
    expect(new URLSearchParams(location.search).has('room')).to.equal(false);
    history.forward();
    await until(() => element.step === 'prepare');
    expect(titleOf(element)).to.equal('Stage');
  });

  it('stays in the hash if it was found there', async () => {
    history.replaceState(null, '', '#room=Lobby&tab=2');
    const element = await show();
    inside(element, '[part=back]').click();
    await until(() => element.step === 'pick');
    expect(location.hash).to.equal('#tab=2');
  });

  it('leaves everything else in the address as the page wrote it', async () => {
    for (const [link, withRoom] of [
      ['?q=a%20b&flag&signed=%2F+x', '?q=a%20b&flag&signed=%2F+x&room=Stage'],
      ['?q=1#section', '?q=1&room=Stage#section'],
      ['#/app?tab=a%20b', '?room=Stage#/app?tab=a%20b'],
    ] as const) {
      history.replaceState(null, '', new URL(here).pathname + link);
      const element = await show();
      await toPrepare(element, 'Stage');
      expect(location.search + location.hash).to.equal(withRoom);
      inside(element, '[part=back]').click();
      await until(() => element.step === 'pick');
      expect(location.search + location.hash).to.equal(link);
      element.remove();
    }
  });

  it('leads the whole way where the browser lets nobody change the address', async () => {
    const page = '<p>A page without an address</p>';
    const frame = await fixture<HTMLIFrameElement>(html`<iframe srcdoc=${page}></iframe>`);
    await until(() => frame.contentDocument?.querySelector('p'));
    const element = document.createElement('green-room');
    Object.assign(element, {deepLink: true, rooms});
    frame.contentDocument!.body.append(element);
    await element.updateComplete;
    await toPrepare(element, 'Stage');
    expect(titleOf(element)).to.equal('Stage');
    inside(element, '[part=back]').click();
    await until(() => element.step === 'pick');
  });

  it('touches neither address nor history without the attribute, or with room-id', async () => {
    history.replaceState({theirs: 1}, '', '?room=Lobby');
    const before = history.length;
    const element = await fixture<GreenRoom>(html`<green-room .rooms=${rooms}></green-room>`);
    expect(element.step).to.equal('pick');
    await toPrepare(element, 'Stage');
    const fixed = await fixture<GreenRoom>(html`<green-room deep-link room-id="Stage" .rooms=${rooms}></green-room>`);
    expect(fixed.step).to.equal('prepare');
    expect([location.search, history.length, history.state]).to.deep.equal(['?room=Lobby', before, {theirs: 1}]);
  });
});
