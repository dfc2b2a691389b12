import {expect, fixture, html} from '@open-wc/testing';
import {sendKeys} from '@web/test-runner-commands';
import '../../src/index.js';
import {RoomsError} from '../../src/rooms/errors.js';
import type {Room, RoomPicker} from '../../src/index.js';
import {groupsOf, listOf, MINUTE, numbered, own, reload, room, scheduled, show} from '../helpers/elements/picking.js';
import {
  accessibilityTree,
  browser,
  expectOutline,
  inside,
  namesOf,
  option,
  optionsOf,
  textOf,
  until,
  type Accessible,
} from '../helpers/elements/stage.js';

const activeOf = (picker: RoomPicker) =>
  textOf(picker, `#${CSS.escape(listOf(picker).getAttribute('aria-activedescendant')!)} [part=name]`);
const pressed = async (picker: RoomPicker, key: string) => {
  await sendKeys({press: key});
  await picker.updateComplete;
  return activeOf(picker);
};

describe('the list of <room-picker>', () => {
  const now = Date.UTC(2030, 0, 1, 12);
  const rooms = [
    scheduled('Ended', now, -90 * MINUTE, -MINUTE),
    scheduled('Later', now, 60 * MINUTE, 120 * MINUTE),
    room('Lobby'),
    room('Talk', {isRoomActive: true}),
    scheduled('Soon', now, 5 * MINUTE, 60 * MINUTE),
  ];

  it('is grouped by rooms that are open, open soon or are over, and is accessible', async () => {
    const held = own(rooms);
    held.now = now;
    const picker = await show(held.source);
    expect(groupsOf(picker)).to.deep.equal([
      ['Live now', 'Talk'],
      ['Open', 'Lobby'],
      ['Opening soon', 'Soon', 'Later'],
      ['Over', 'Ended'],
    ]);
    await expect(picker).to.be.accessible();
  });

  it('keeps names readable in a narrow list, moves nothing, and clips no corners', async () => {
    const long = 'The large hall on the second floor, next to the library';
    const held = own([room(long, {settings: {description: 'For all who like to listen'}}), room('Lobby')]);
    const picker = await show(held.source);
    picker.style.inlineSize = '18rem';
    picker.dir = 'rtl';
    const [name, status, description] = ['name', 'status', 'description'].map(part => inside(picker, `[part=${part}]`));
    const box = (element: Element) => element.getBoundingClientRect();
    const row = box(inside(picker, '[part=room]'));
    expect(name!.scrollHeight, 'all of it in sight').to.be.at.most(name!.clientHeight + 1);
    expect(box(name!).right).to.be.closeTo(box(description!).right, 1);
    expect(getComputedStyle(description!).textAlign).to.equal('right');
    for (const part of ['rows', 'description']) {
      expect(getComputedStyle(inside(picker, `[part=${part}]`)).borderRadius, part).to.equal('0px');
    }
    held.rooms[0]!.isRoomActive = true;
    held.rooms[0]!.settings.mode = 'lecture';
    await reload(picker);
    await until(() => status!.isConnected || textOf(picker, '[part=status]') === 'Lecture · Live now');
    const said = inside(picker, '[part=status]');
    expect(said.scrollWidth).to.be.at.most(said.clientWidth + 1);
    expect(box(said).top).to.be.at.least(box(inside(picker, '[part=description]')).bottom - 1);
    expect(box(inside(picker, '[part=room]')).height).to.be.closeTo(row.height, 0.5);
  });

  it('shows that it is disabled', async () => {
    const picker = await show(own(rooms).source);
    const colour = () => getComputedStyle(inside(picker, '[part=name]')).color;
    const before = colour();
    picker.disabled = true;
    await picker.updateComplete;
    expect(colour()).not.to.equal(before);
    await expect(picker).to.be.accessible();
  });

  it('is announced group by group', async () => {
    const held = own([room('Talk', {isRoomActive: true}), room('Lobby')]);
    await show(held.source);
    await expectOutline([
      'searchbox Search rooms',
      'listbox Rooms',
      '  group Live now',
      '    option Talk',
      '  group Open',
      '    option Lobby',
      'status',
    ]);
  });

  it('moves to the room whose name is typed, also with a space, and chooses nothing', async () => {
    const names = ['Lobby', 'Ärzte', 'Stand by', 'Stand up', 'Lounge'];
    const picker = await show(own(names.map(name => room(name))).source);
    const list = listOf(picker);
    list.focus();
    // All keys at once: a busy machine may take longer than a person.
    const type = async (text: string, at: number) => {
      for (const key of text) {
        const event = new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true});
        Object.defineProperty(event, 'timeStamp', {value: at});
        list.dispatchEvent(event);
      }
      await picker.updateComplete;
      return activeOf(picker);
    };
    expect(await type('l', 1000)).to.equal('Lounge');
    expect(await type('l', 3000)).to.equal('Lobby');
    expect(await type('arz', 5000)).to.equal('Ärzte');
    expect(await type('stand u', 7000)).to.equal('Stand up');
    expect(picker.value).to.equal('');
    expect(await type(' ', 9000)).to.equal('Stand up');
    expect(picker.value).to.equal('Stand up');
  });

  it('finds names regardless of case, accents and special letters', async () => {
    const picker = await show(own(['Straße', 'İzmir', 'Café', 'Σίσυφος'].map(name => room(name))).source);
    const search = inside<HTMLInputElement>(picker, '[part=search]');
    for (const [query, name] of [
      ['STRASSE', 'Straße'],
      ['straße', 'Straße'],
      ['ızmir', 'İzmir'],
      ['cafe', 'Café'],
      ['σισυφοσ', 'Σίσυφος'],
    ] as const) {
      search.value = query;
      search.dispatchEvent(new InputEvent('input'));
      await picker.updateComplete;
      expect(namesOf(picker), query).to.deep.equal([name]);
    }
  });

  it('keeps rows, scroll position, focus and choice when it loads the same rooms again', async () => {
    const held = own(numbered(40));
    const picker = await show(held.source);
    await until(() => optionsOf(picker).length === 40);
    picker.value = 'Room 20';
    await picker.updateComplete;
    const list = listOf(picker);
    list.focus();
    list.scrollTop = 500;
    const before = optionsOf(picker);
    const changes: MutationRecord[] = [];
    const observer = new MutationObserver(records => changes.push(...records));
    observer.observe(list, {subtree: true, childList: true, characterData: true});
    await reload(picker);
    expect([...changes, ...observer.takeRecords()]).to.deep.equal([]);
    expect(optionsOf(picker)).to.deep.equal(before);
    expect([listOf(picker) === list, picker.shadowRoot!.activeElement === list]).to.deep.equal([true, true]);
    expect([list.scrollTop, picker.value]).to.deep.equal([500, 'Room 20']);
    held.rooms = [...held.rooms.slice(0, 39), room('New')];
    await reload(picker);
    await until(() => namesOf(picker).at(-1) === 'New');
    expect(optionsOf(picker).slice(0, 39)).to.deep.equal(before.slice(0, 39));
    expect(list.scrollTop).to.equal(500);
  });

  it('keeps the focus and its place in the page while it loads again', async () => {
    const held = own([room('a'), room('b')]);
    const picker = await show(held.source);
    const list = listOf(picker);
    list.focus();
    held.rooms = [room('b'), room('c')];
    const loaded = picker.reload();
    await picker.updateComplete;
    expect([listOf(picker), list.ariaBusy]).to.deep.equal([list, 'true']);
    expect(groupsOf(picker), 'nobody knows yet what is gone').to.deep.equal([]);
    await sendKeys({press: 'ArrowDown'});
    await expect(picker).to.be.accessible();
    await loaded;
    await picker.updateComplete;
    expect([listOf(picker), list.ariaBusy]).to.deep.equal([list, 'false']);
    await until(() => namesOf(picker).join() === 'b,c', 'what is gone is gone');
    expect(picker.shadowRoot!.activeElement).to.equal(list);
    expect(await pressed(picker, 'End')).to.equal('c');
  });

  it('shows the rooms again if the page’s own `rooms` returns the same array twice', async () => {
    const rooms = [room('a'), room('b')];
    const picker = await show(own([], {list: async () => rooms}).source);
    await picker.reload();
    await picker.updateComplete;
    expect(namesOf(picker)).to.deep.equal(['a', 'b']);
  });

  it('applies a search typed while hundreds of rooms load, and finds rooms added while none matches', async () => {
    let answer: (rooms: Room[]) => void = () => {};
    const source = own([], {list: () => new Promise(resolve => (answer = resolve))}).source;
    const picker = await fixture<RoomPicker>(html`<room-picker search .rooms=${source}></room-picker>`);
    await until(() => inside(picker, '[part=search]'));
    const rooms = numbered(600);
    for (const [query, names] of [
      ['room 599', ['Room 599']],
      ['new', ['New']],
    ] as const) {
      const search = inside<HTMLInputElement>(picker, '[part=search]');
      search.value = query;
      search.dispatchEvent(new InputEvent('input'));
      await picker.updateComplete;
      const loaded = picker.reload({quiet: true});
      answer([...rooms]);
      await loaded;
      await picker.updateComplete;
      expect(namesOf(picker)).to.deep.equal(names);
      rooms.push(room('New'));
    }
  });

  it('says that loading failed, even if it had not processed all rooms before', async () => {
    const picker = await show(own([]).source);
    const many = numbered(600);
    for (const list of [async () => many, () => Promise.reject(new RoomsError('offline', 'x'))]) {
      picker.source.rooms.list = list;
      await picker.reload();
      await picker.updateComplete;
    }
    expect([optionsOf(picker).length, !!inside(picker, '[part=retry]')]).to.deep.equal([0, true]);
  });

  it('shows the page’s slotted content in a row, and a press on it chooses the room', async () => {
    const picker = await show(own([room('a'), room('b')]).source);
    const more = Object.assign(document.createElement('em'), {slot: 'room-b', textContent: 'Bring tea'});
    picker.append(more);
    await until(() => more.assignedSlot);
    expect(more.assignedSlot!.closest('[role=option]')).to.equal(option(picker, 'b'));
    more.click();
    await picker.updateComplete;
    expect(picker.value).to.equal('b');
    await expect(picker).to.be.accessible();
    more.slot = 'room-a';
    await until(() => more.assignedSlot?.closest('[role=option]') === option(picker, 'a'));
    await picker.reload();
    expect(more.assignedSlot!.closest('[role=option]')).to.equal(option(picker, 'a'));
  });

  it('shows the page’s slotted content if it is empty or failed', async () => {
    const picker = await fixture<RoomPicker>(
      html`<room-picker .rooms=${own([]).source}
        ><p slot="empty">Nothing on today</p>
        <p slot="failed">Call us</p></room-picker
      >`,
    );
    await until(() => inside(picker, '[part~=empty]'));
    const [empty, failed] = picker.children as unknown as [HTMLElement, HTMLElement];
    expect([empty.checkVisibility(), failed.checkVisibility()]).to.deep.equal([true, false]);
    picker.rooms = own([], {list: () => Promise.reject(new RoomsError('offline', 'x'))}).source;
    await until(() => inside(picker, '[part~=failure]'));
    expect([empty.checkVisibility(), failed.checkVisibility()]).to.deep.equal([false, true]);
    expect(inside(picker, '[part=retry]').checkVisibility()).to.equal(true);
  });

  it('gives a screen reader the names of all rooms, also of those not laid out', async () => {
    const rooms = numbered(300, {settings: {description: 'Every day'}});
    const picker = await show(own(rooms).source);
    await until(() => optionsOf(picker).length === rooms.length);
    const namesIn = ({role, name, children}: Accessible): string[] =>
      role === 'option' ? [name!.trim()] : children.flatMap(namesIn);
    // The accessibility tree is updated a little later.
    let told: string[];
    do told = namesIn(await accessibilityTree());
    while (told.length < rooms.length);
    expect(told).to.deep.equal(rooms.map(({name}) => `${name} Every day`));
  });

  it('soon has all of thousands of rooms in the page, and moves to the last', async () => {
    // On a busy machine WebKit takes five times as long as the others for a frame.
    const many = browser === 'webkit' ? 2000 : 10_000;
    const last = `Room ${many - 1}`;
    const picker = await show(own(numbered(many)).source);
    expect(optionsOf(picker).length).to.be.below(many);
    await until(() => optionsOf(picker).length === many);
    expect(namesOf(picker).at(-1)).to.equal(last);
    listOf(picker).focus();
    expect(await pressed(picker, 'End')).to.equal(last);
    const list = listOf(picker).getBoundingClientRect();
    expect(option(picker, last).getBoundingClientRect().bottom).to.be.at.most(list.bottom + 1);
  });
});
