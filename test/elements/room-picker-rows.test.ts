import {expect, fixture, html} from '@open-wc/testing';
import ICAL from 'ical.js';
import '../../src/index.js';
import type {Room, RoomPicker, Rooms} from '../../src/index.js';
import {groupsOf, listOf, MINUTE, numbered, own, reload, room, scheduled, show} from '../helpers/elements/picking.js';
import {replace} from '../helpers/elements/preparing.js';
import {expectOutline, inside, option, textOf, until} from '../helpers/elements/stage.js';

const live = (name: string, more: Partial<Room> = {}) => room(name, {isRoomActive: true, ...more});
/** Shows a picker that counts the people. */
async function showCounted(source: Rooms) {
  const picker = await fixture<RoomPicker>(html`<room-picker search show-users .rooms=${source}></room-picker>`);
  await until(() => inside(picker, '[role=option]'));
  return picker;
}

const partOf = (picker: RoomPicker, name: string, part: string) =>
  option(picker, name).querySelector(`[part=${part}]`)?.textContent;
const timeOf = (time: number) => new Intl.DateTimeFormat('en', {timeStyle: 'short'}).format(time);
const searchOf = (picker: RoomPicker) => picker.shadowRoot!.querySelector('[part=search]');

/** Noon, so that no time of these tests is on another day. */
const NOON = new Date(2030, 4, 7, 12).getTime();

function at(now: number, rooms: Room[]) {
  const held = own(rooms);
  held.now = now;
  return held;
}

describe('the rows of <room-picker>', () => {
  it('say who is in, whether more fit, and what it takes to come in', async () => {
    const picker = await showCounted(
      own([
        live('Coffee', {inside: 3, faces: ['AO', 'SR', 'NH'], settings: {description: 'Bring a cup'}}),
        live('Interview', {inside: 4, capacity: 4, full: true}),
        live('Hour', {inside: 1, capacity: 12, settings: {knock: true}}),
        live('Talk', {settings: {mode: 'lecture'}}),
        room('Desk', {settings: {knock: true}}),
      ]).source,
    );
    const texts = ['Coffee', 'Interview', 'Hour', 'Talk', 'Desk'].map(name => [
      partOf(picker, name, 'status'),
      partOf(picker, name, 'description'),
    ]);
    expect(texts).to.deep.equal([
      ['', '3 people inside · Bring a cup'],
      ['Full', '4 of 4 inside'],
      ['Ask to join', '1 of 12 inside'],
      ['Lecture', ''],
      ['Ask to join', ''],
    ]);
    expect(
      [...option(picker, 'Coffee').querySelectorAll('[part=face]')].map(face => (face as HTMLElement).dataset.initials),
    ).to.deep.equal(['AO', 'SR', 'NH']);
    await expect(picker).to.be.accessible();
  });

  it('keep a description in one piece that runs in the other direction than what stands before it', async () => {
    const description = 'Bring a cup. Or two.';
    const box = await fixture(html`<div lang="ar" dir="rtl"></div>`);
    const picker = document.createElement('room-picker');
    const club = scheduled('Club', NOON, -30 * MINUTE, 60 * MINUTE);
    club.settings.description = description;
    picker.rooms = at(NOON, [club]).source;
    box.append(picker);
    await until(() => inside(picker, '[role=option]'));
    await until(() => /^[\u0600-\u06ff].*Or two/.test(partOf(picker, 'Club', 'description') ?? ''));
    const text = option(picker, 'Club').querySelector('[part=description]')!.firstChild!;
    const xOf = (index: number) => {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + 1);
      return range.getBoundingClientRect().x;
    };
    const end = text.nodeValue!.indexOf('two.');
    expect(xOf(end + 3), 'the place of the last dot').to.be.above(xOf(end));
  });

  it('say “Live now” once: in the heading, or in the row where no heading says it', async () => {
    const held = own([live('Talk'), room('Lobby')]);
    const picker = await show(held.source);
    expect(groupsOf(picker)).to.deep.equal([
      ['Live now', 'Talk'],
      ['Open', 'Lobby'],
    ]);
    expect(partOf(picker, 'Talk', 'status')).to.equal('');
    await expectOutline([
      'searchbox Search rooms',
      'listbox Rooms',
      '  group Live now',
      '    option Talk',
      '  group Open',
      '    option Lobby',
      'status',
    ]);
    held.rooms = [live('Talk'), live('Lobby')];
    await reload(picker);
    expect(partOf(picker, 'Lobby', 'status')).to.equal('Live now');
    const alone = await show(own([live('Talk')]).source);
    expect(partOf(alone, 'Talk', 'status')).to.equal('Live now');
  });

  it('say when a scheduled room begins and ends, how long it is, and when one may come in', async () => {
    const picker = await show(
      at(NOON, [
        scheduled('Review', NOON, 14 * MINUTE, 59 * MINUTE),
        live('Hour', scheduled('', NOON, -30 * MINUTE, 68 * MINUTE)),
        scheduled('Class', NOON, -10 * MINUTE, 30 * MINUTE),
      ]).source,
    );
    expect(partOf(picker, 'Review', 'description')).to.equal(
      `${timeOf(NOON + 29 * MINUTE)} – ${timeOf(NOON + 59 * MINUTE)} (30 min)`,
    );
    expect(partOf(picker, 'Review', 'status')).to.equal(`Opens ${timeOf(NOON + 14 * MINUTE)}`);
    expect(partOf(picker, 'Class', 'description')).to.equal(`until ${timeOf(NOON + 30 * MINUTE)}`);
  });

  it('change in place when people come and go', async () => {
    const held = own([live('Coffee', {inside: 1, faces: ['AO']}), room('Lobby')]);
    const picker = await showCounted(held.source);
    const topOf = (name: string) => Math.round(option(picker, name).getBoundingClientRect().top);
    const [row, top] = [option(picker, 'Coffee'), topOf('Lobby')];
    held.rooms = [live('Coffee', {inside: 2, faces: ['AO', 'SR']}), room('Lobby')];
    await reload(picker);
    expect(option(picker, 'Coffee')).to.equal(row);
    expect(partOf(picker, 'Coffee', 'description')).to.equal('2 people inside');
    expect(row.querySelectorAll('[part=face]')).to.have.length(2);
    held.rooms = [room('Coffee'), room('Lobby')];
    await reload(picker);
    expect([partOf(picker, 'Coffee', 'description'), row.querySelector('[part=faces]')]).to.deep.equal(['', null]);
    expect(topOf('Lobby')).to.equal(top);
  });

  it('are shown without a search up to seven rooms, and with one from eight on', async () => {
    const shown = async (length: number, attributes: Partial<RoomPicker> = {}) => {
      const picker = await fixture<RoomPicker>(
        html`<room-picker .rooms=${own(numbered(length)).source}></room-picker>`,
      );
      Object.assign(picker, attributes);
      await until(() => inside(picker, '[role=option]'));
      return searchOf(picker) !== null;
    };
    expect([await shown(7), await shown(8)]).to.deep.equal([false, true]);
    expect([await shown(7, {search: true}), await shown(8, {noSearch: true})]).to.deep.equal([true, false]);
  });

  it('move for no search field that comes or goes with the number of rooms while they are in sight', async () => {
    const held = own(numbered(7));
    const picker = await fixture<RoomPicker>(html`<room-picker .rooms=${held.source}></room-picker>`);
    await until(() => inside(picker, '[role=option]'));
    held.rooms = numbered(9);
    await reload(picker);
    expect(searchOf(picker)).to.equal(null);
    document.dispatchEvent(new Event('visibilitychange'));
    await picker.updateComplete;
    expect(searchOf(picker)).not.to.equal(null);
    held.rooms = numbered(7);
    await reload(picker);
    expect(searchOf(picker)).not.to.equal(null);
  });

  it('take the height that they need, and the element that of the page’s layout', async () => {
    const heights = async (length: number) => {
      const picker = await show(own(numbered(length)).source);
      await until(() => picker.shadowRoot!.querySelectorAll('[role=option]').length === length);
      return [picker.offsetHeight, listOf(picker).offsetHeight, listOf(picker).scrollHeight] as const;
    };
    const [two, twelve] = [await heights(2), await heights(12)];
    expect(two[0]).to.equal(372);
    expect(twelve[0]).to.equal(372);
    expect(two[1]).to.be.below(160);
    // A border of 1 px on both sides.
    expect(two[1] - two[2]).to.be.within(0, 2);
    expect(twelve[2]).to.be.above(twelve[1]);
  });

  it('overflow nowhere, at 240 px and with text of 200 %', async () => {
    const held = at(NOON, [
      live('Coffee corner with a long name', {inside: 3, faces: ['AO', 'SR', 'NH'], settings: {knock: true}}),
      live('Donaudampfschifffahrtsgesellschaft', {inside: 4, capacity: 4, full: true}),
      scheduled('Review', NOON, 14 * MINUTE, 59 * MINUTE),
      ...numbered(8),
    ]);
    const page = await fixture(
      html`<div style="inline-size: 240px; --room-font: 32px/1.4 system-ui">
        <room-picker show-users link="https://shop.example/r/{room}" value="Review" .rooms=${held.source}></room-picker>
      </div>`,
    );
    const picker = page.querySelector('room-picker')!;
    await until(() => inside(picker, '[part=copy]'));
    for (const each of picker.shadowRoot!.querySelectorAll('[part~=list], li, [part=foot] button, [part=search]')) {
      const {left, right} = each.getBoundingClientRect();
      const box = picker.getBoundingClientRect();
      expect(left, each.outerHTML).to.be.at.least(box.left);
      expect(right, each.outerHTML).to.be.at.most(box.right);
    }
    expect(listOf(picker).scrollWidth).to.be.at.most(listOf(picker).clientWidth);
  });
});

describe('what <room-picker> offers for the chosen room', () => {
  /** The file that a press of the button saves. */
  async function saved(picker: RoomPicker) {
    const made: Blob[] = [];
    const create = URL.createObjectURL.bind(URL);
    replace(URL, 'createObjectURL', (blob: Blob) => (made.push(blob), create(blob)));
    let name = '';
    replace(HTMLAnchorElement.prototype, 'click', function (this: HTMLAnchorElement) {
      name = this.download;
    });
    inside(picker, '[part=calendar]').click();
    return {name, type: made[0]!.type, text: await made[0]!.text()};
  }

  it('is a calendar file of a scheduled room, and a link', async () => {
    const held = at(NOON, [scheduled('Review: “Q1”/Q2', NOON, 14 * MINUTE, 59 * MINUTE), room('Lobby')]);
    const picker = await show(held.source);
    expect(inside(picker, '[part=foot]')).to.equal(null);
    picker.link = '/r/{room}';
    picker.value = 'Review: “Q1”/Q2';
    await until(() => inside(picker, '[part=calendar]'));
    const {name, type, text} = await saved(picker);
    expect([name, type]).to.deep.equal(['Review “Q1” Q2.ics', 'text/calendar;charset=utf-8']);
    const event = new ICAL.Event(new ICAL.Component(ICAL.parse(text) as never[]).getFirstSubcomponent('vevent')!);
    expect([event.summary, +event.startDate.toJSDate(), +event.endDate.toJSDate()]).to.deep.equal([
      'Review: “Q1”/Q2',
      NOON + 29 * MINUTE,
      NOON + 59 * MINUTE,
    ]);
    expect(event.description).to.equal(`${location.origin}/r/Review%3A%20%E2%80%9CQ1%E2%80%9D%2FQ2`);
    picker.value = 'Lobby';
    await picker.updateComplete;
    expect([inside(picker, '[part=calendar]'), textOf(picker, '[part=copy]')]).to.deep.equal([null, 'Copy link']);
    await expect(picker).to.be.accessible();
  });

  it('is copied, and selected if the browser does not let it be copied', async () => {
    const picker = await show(own([room('Lobby')]).source);
    picker.link = 'https://shop.example/r/{room}';
    picker.value = 'Lobby';
    await until(() => inside(picker, '[part=copy]'));
    const copied: string[] = [];
    const clipboard = (writeText: (text: string) => Promise<void>) => replace(navigator, 'clipboard', {writeText});
    clipboard(async text => void copied.push(text));
    inside(picker, '[part=copy]').click();
    await until(() => textOf(picker, '[part=foot] [part=help]') === 'Link copied.');
    expect([copied, inside(picker, '[part=address]').hidden]).to.deep.equal([['https://shop.example/r/Lobby'], true]);
    clipboard(() => Promise.reject(new DOMException('No', 'NotAllowedError')));
    inside(picker, '[part=copy]').click();
    await until(() => picker.shadowRoot!.activeElement === inside(picker, '[part=address]'));
  });

  it('is nothing for a scheduled room whose time cannot be read', async () => {
    const settings = {scheduled: true, scheduled_time: 'soon', duration: 30};
    const picker = await show(own([room('Lobby', {settings}), room('Talk')]).source);
    picker.value = 'Lobby';
    await until(() => picker.room);
    picker.link = 'https://shop.example/r/{room}';
    await until(() => inside(picker, '[part=copy]'));
    expect(inside(picker, '[part=calendar]')).to.equal(null);
  });

  it('is no link to an address that is not of the web', async () => {
    const picker = await show(own([room('Lobby')]).source);
    Object.assign(picker, {link: 'javascript:alert(1)//{room}', value: 'Lobby'});
    await until(() => picker.room);
    await new Promise(requestAnimationFrame);
    expect(inside(picker, '[part=foot]')).to.equal(null);
  });
});
