import {expect, fixture, html} from '@open-wc/testing';
import '../../src/index.js';
import type {Room, RoomPicker} from '../../src/index.js';
import {groupsOf, listOf, MINUTE, numbered, own, reload, room, scheduled, show} from '../helpers/elements/picking.js';
import {
  accessibilityTree,
  browser,
  inside,
  namesOf,
  option,
  optionsOf,
  outlineOf,
  press,
  until,
} from '../helpers/elements/stage.js';

/** The position of each row, from the top of the scrolled content. */
const placesOf = (picker: RoomPicker) =>
  optionsOf(picker).map(each => each.getBoundingClientRect().top + listOf(picker).scrollTop);
const statusOf = (picker: RoomPicker, name: string) =>
  option(picker, name).querySelector<HTMLElement>('[part=status]')!.textContent;

// WebKit reports one element at a time, and would need minutes for 10,000.
const itTellsOfMany = (title: string, test: () => Promise<void>) =>
  browser === 'webkit' ? it(`${title} (WebKit is too slow to tell)`) : it(title, test);

const soon = (length: number) =>
  Array.from({length}, (_, at) => scheduled(`Later ${at}`, Date.now(), (at + 2) * 60 * MINUTE, 600 * MINUTE));

describe('<room-picker> while it is in sight', () => {
  const now = Date.UTC(2030, 0, 1, 12);

  it('moves no row when rooms go live, are renamed, appear and disappear, and sorts them for a search', async () => {
    const held = own([room('Lobby'), room('Stand-up'), room('Talk', {isRoomActive: true}), room('Review')]);
    const picker = await show(held.source);
    const [before, places] = [optionsOf(picker), placesOf(picker)];
    held.rooms = [
      room('Stand-up', {isRoomActive: true}),
      {...room('Talk'), name: 'A talk whose name is longer than any other '.repeat(4)},
      room('Review', {settings: {description: 'Every day'}}),
      room('New'),
    ];
    await reload(picker);
    expect(optionsOf(picker).slice(0, 4)).to.deep.equal(before);
    expect(placesOf(picker).slice(0, 4)).to.deep.equal(places);
    expect(groupsOf(picker).at(-1)).to.deep.equal(['New', 'New']);
    expect(statusOf(picker, 'Stand-up')).to.equal('Live now');
    // Separated by spaces, because texts are read aloud and copied.
    expect(option(picker, 'Stand-up').textContent!.trim()).to.match(/^Stand-up\s+Live now$/);
    expect([statusOf(picker, 'Lobby'), option(picker, 'Lobby').ariaDisabled]).to.deep.equal(['Gone', 'true']);
    const search = inside<HTMLInputElement>(picker, '[part=search]');
    for (const value of ['x', '']) {
      search.value = value;
      search.dispatchEvent(new InputEvent('input'));
      await picker.updateComplete;
    }
    expect(groupsOf(picker)[0]).to.deep.equal(['Live now', 'Stand-up']);
    expect(namesOf(picker)).to.have.length(4).and.not.to.include('Lobby');
  });

  for (const [rooms, what] of [
    [[...numbered(10), ...soon(3)], 'a few rooms'],
    [[...numbered(10, {isRoomActive: true}, 'Live room'), ...numbered(590)], 'hundreds of rooms'],
  ] as const) {
    it(`moves nothing in a tall list while ${what} are added`, async () => {
      const {source} = own(rooms as Room[]);
      const picker = await fixture<RoomPicker>(
        html`<room-picker .rooms=${source} style="--room-list-size: 35rem; --room-font: 10px serif"></room-picker>`,
      );
      const places: Record<string, Set<number>> = {};
      for (let frame = 0; frame < 30; frame++) {
        await new Promise(requestAnimationFrame);
        for (const each of picker.shadowRoot!.querySelectorAll('[part=heading]:not([hidden]), [part=name]')) {
          const {top, height} = each.getBoundingClientRect();
          if (height) (places[each.textContent!] ??= new Set()).add(top);
        }
      }
      expect(Object.keys(places).length).to.be.above(13);
      expect(Object.entries(places).filter(([, {size}]) => size > 1)).to.deep.equal([]);
    });
  }

  it('keeps its scroll position when the page becomes visible with rooms in another order', async () => {
    const held = own(numbered(30));
    const picker = await show(held.source);
    await until(() => optionsOf(picker).length === 30);
    const list = listOf(picker);
    list.scrollTop = list.scrollHeight;
    const {scrollTop} = list;
    held.rooms = held.rooms.toReversed();
    await reload(picker);
    document.dispatchEvent(new Event('visibilitychange'));
    for (let frame = 0; frame < 10; frame++) {
      await new Promise(requestAnimationFrame);
      expect(list.scrollTop, `frame ${frame}`).to.equal(scrollTop);
    }
    expect(namesOf(picker)[0]).to.equal('Room 29');
  });

  it('measures all changed rows before it writes any, so they are laid out once', async () => {
    const held = own(numbered(40));
    const picker = await show(held.source);
    await until(() => optionsOf(picker).length === 40);
    held.rooms = held.rooms.map(each => ({...each, name: `${each.name}, renamed`}));
    const isRenamed = (name: string) => name.endsWith('renamed');
    const written = new Set<number>();
    const measure = window.getComputedStyle;
    window.getComputedStyle = (...given) => (written.add(namesOf(picker).filter(isRenamed).length), measure(...given));
    try {
      await reload(picker);
      await until(() => namesOf(picker).every(isRenamed));
    } finally {
      window.getComputedStyle = measure;
    }
    // First the rows in view, then the others.
    expect([...written]).to.deep.equal([0, 10]);
  });

  it('does not allow the choice of a removed room', async () => {
    const held = own([room('Lobby'), room('Talk')]);
    const picker = await show(held.source);
    held.rooms = [room('Talk')];
    await reload(picker);
    option(picker, 'Lobby').click();
    expect(picker.value).to.equal('');
    option(picker, 'Talk').click();
    expect(picker.value).to.equal('Talk');
  });

  it('follows the server’s clock in place, and regroups when the page becomes visible', async () => {
    const held = own([scheduled('Soon', now, 5 * MINUTE, 60 * MINUTE), room('Lobby')]);
    held.now = now;
    const picker = await show(held.source);
    expect(groupsOf(picker)).to.deep.equal([
      ['Open', 'Lobby'],
      ['Opening soon', 'Soon'],
    ]);
    expect(statusOf(picker, 'Soon')).to.match(/^Opens .*\d:\d\d/);
    held.now = now + 5 * MINUTE;
    picker.requestUpdate();
    await picker.updateComplete;
    expect(namesOf(picker)).to.deep.equal(['Lobby', 'Soon']);
    expect(statusOf(picker, 'Soon')).to.equal('Open');
    document.dispatchEvent(new Event('visibilitychange'));
    await picker.updateComplete;
    expect(groupsOf(picker)[0]!.slice(1)).to.have.members(['Soon', 'Lobby']);
  });

  it('is no higher than its rows after most were removed and the page becomes visible', async () => {
    const held = own(numbered(100));
    const picker = await show(held.source);
    await until(() => optionsOf(picker).length === 100);
    held.rooms = held.rooms.slice(0, 52);
    await reload(picker);
    document.dispatchEvent(new Event('visibilitychange'));
    await until(() => optionsOf(picker).length === 52);
    const [first, second] = placesOf(picker) as [number, number];
    expect(listOf(picker).scrollHeight).to.be.below(54 * (second - first));
  });

  it('says that a room is open at the moment it opens', async () => {
    // Times in the API have whole seconds.
    const opens = Math.ceil(Date.now() / 1000) * 1000 + 2000;
    const held = own([scheduled('Soon', opens, 0, 60 * MINUTE), room('Lobby')]);
    held.source.now = () => Date.now();
    const picker = await show(held.source);
    await until(() => statusOf(picker, 'Soon') === 'Open');
    expect(Date.now()).to.be.at.least(opens);
  });

  it('writes new numbers of people in place, and moves nothing', async () => {
    const wanted: unknown[] = [];
    const held = own([room('Talk', {isRoomActive: true, inside: 1}), room('Lobby'), room('Hall')]);
    held.source.list = async options => (wanted.push(options?.people), structuredClone(held.rooms));
    const picker = await show(held.source);
    const peopleOf = (picker: RoomPicker) => option(picker, 'Talk').querySelector('[part=description]')!.textContent;
    expect([wanted, peopleOf(picker)]).to.deep.equal([[false], '']);
    picker.showUsers = true;
    await until(() => peopleOf(picker) === '1 person inside');
    const [rows, places] = [optionsOf(picker), placesOf(picker)];
    for (const [more, said] of [
      [{inside: 2}, '2 people inside'],
      [{inside: 0}, '0 people inside'],
      [{}, ''],
      [{inside: 7, full: true, capacity: 7}, '7 of 7 inside'],
    ] as const) {
      held.rooms = [room('Talk', {isRoomActive: true, ...more}), room('Lobby'), room('Hall')];
      await reload(picker);
      await until(() => peopleOf(picker) === said);
      expect([optionsOf(picker), placesOf(picker)]).to.deep.equal([rows, places]);
    }
    expect(wanted.slice(1).every(each => each === true)).to.equal(true);
  });

  itTellsOfMany('hands a screen reader the room that the keyboard goes to, the last of 10,000 among them', async () => {
    const picker = await show(own(numbered(10_000)).source);
    await until(() => optionsOf(picker).length === 10_000);
    listOf(picker).focus();
    for (const [key, name] of [
      ['End', 'Room 9999'],
      ['ArrowUp', 'Room 9998'],
      ['Home', 'Room 0'],
    ] as const) {
      await press(key);
      let lines: string[] = [];
      const deadline = performance.now() + 15_000;
      while (!lines.some(line => line.trim() === `option ${name}`) && performance.now() < deadline) {
        lines = (await accessibilityTree()).children.flatMap(child => outlineOf(child));
      }
      expect(lines.map(line => line.trim())).to.include(`option ${name}`);
    }
  });
});
