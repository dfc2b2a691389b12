import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import {sendKeys, sendMouse, setViewport} from '@web/test-runner-commands';
import '../../src/index.js';
import type {Room, RoomPicker, Rooms, RoomsError} from '../../src/index.js';
import {
  faults,
  inside,
  namesOf,
  nextError,
  openStage,
  opensIn,
  option,
  optionsOf,
  permanent,
  showPicker,
  textOf,
  until,
} from '../helpers/elements/stage.js';

describe('<room-picker>', () => {
  it('is accessible with rooms, empty and failed', async () => {
    const {endpoint} = await openStage(['Lobby', permanent('Stand-up', {settings: {description: 'Every day'}})]);
    const picker = await showPicker(endpoint);
    picker.value = (await openStage(['x'])).roomIds[0]!;
    await expect(picker).to.be.accessible();
    await expect(await showPicker((await openStage([])).endpoint)).to.be.accessible();
    await expect(await showPicker(`${await faults()}/html`)).to.be.accessible();
  });

  it('lists every room of the application with its details, the open ones first', async () => {
    const stage = await openStage([
      'Lobby',
      opensIn('Review', 3_600_000),
      permanent('Talk', {settings: {mode: 'lecture', description: 'About doors'}}),
    ]);
    const picker = await showPicker(stage.endpoint);
    expect(namesOf(picker)).to.deep.equal(['Lobby', 'Talk', 'Review']);
    expect(option(picker, 'Lobby').innerText.trim()).to.equal('Lobby');
    expect(option(picker, 'Review').innerText).to.match(/Opens .*\d:\d\d/);
    expect(option(picker, 'Talk').innerText).to.contain('Lecture').and.to.contain('About doors');
  });

  it('shows how many people are in each live room if the visitor may know, and asks about no other room', async () => {
    const visitor = {user_ref: 'u1', roles: ['participant' as const], rooms: '*' as const};
    for (const [can, said] of [
      [['users' as const], /^Lobby\s+1 of \d+ inside$/],
      [[], /^Lobby$/],
    ] as const) {
      const stage = await openStage(['Lobby', 'Empty'], {visitor: {...visitor, can: [...can]}});
      await stage.run('occupy', stage.roomIds[0]);
      const picker = await showPicker(stage.endpoint, {'show-users': ''});
      await until(() => said.test(option(picker, 'Lobby').innerText.trim()));
      expect(option(picker, 'Empty').innerText.trim()).to.equal('Empty');
      expect(await stage.count('users')).to.equal(can.length);
    }
  });

  it('keeps the numbers of people fresh while a room is live, the visitor may know and the picker is displayed', async () => {
    const visitor = {user_ref: 'u1', roles: ['participant' as const], rooms: '*' as const, can: ['users' as const]};
    const stage = await openStage(['Lobby'], {visitor});
    const picker = await showPicker(stage.endpoint);
    const timers = timersOf(picker);
    try {
      picker.refresh = 30;
      picker.showUsers = true;
      await until(() => timers.seconds === 30);
      await picker.reload({quiet: true});
      await picker.updateComplete;
      expect([timers.loads, timers.seconds]).to.deep.equal([2, 30]);
      picker.refresh = 0;
      await until(() => timers.seconds === 0);
      await stage.run('occupy', stage.roomIds[0]);
      await picker.reload({quiet: true});
      await until(() => /1 of \d+ inside/.test(option(picker, 'Lobby').innerText));
      await until(() => timers.seconds === 10);
      const {loads} = timers;
      picker.hidden = true;
      timers.tick();
      expect(timers.loads).to.equal(loads);
      picker.hidden = false;
      timers.tick();
      expect(timers.loads).to.equal(loads + 1);
      picker.refresh = 5;
      await until(() => timers.seconds === 5);
      picker.refresh = 30;
      await until(() => timers.seconds === 10);
      picker.showUsers = false;
      await until(() => timers.seconds === 30);
    } finally {
      timers.restore();
    }
  });

  it('does not ask again and again for a visitor who may not know', async () => {
    const stage = await openStage(['Lobby']);
    await stage.run('occupy', stage.roomIds[0]);
    const picker = await showPicker(stage.endpoint);
    const timers = timersOf(picker);
    try {
      picker.refresh = 30;
      picker.showUsers = true;
      await until(() => timers.seconds === 30);
      await picker.reload({quiet: true});
      await picker.updateComplete;
      expect([option(picker, 'Lobby').innerText.includes('Live now'), timers.seconds]).to.deep.equal([true, 30]);
    } finally {
      timers.restore();
    }
  });

  it('does not load while the page is hidden, and loads at once when it is visible again', async () => {
    const stage = await openStage(['Lobby']);
    const picker = await showPicker(stage.endpoint);
    const {tick} = await loadingEvery(30, picker);
    const turn = (hidden: boolean) => {
      Object.defineProperty(document, 'hidden', {configurable: true, value: hidden});
      document.dispatchEvent(new Event('visibilitychange'));
    };
    try {
      turn(true);
      await stage.run('create', {name: 'New', owner_ref: 'test'});
      tick();
      await picker.updateComplete;
      expect(await stage.count('list')).to.equal(1);
      turn(false);
      await until(() => namesOf(picker).includes('New'));
    } finally {
      Reflect.deleteProperty(document, 'hidden');
    }
  });

  it('loads again by itself, and keeps the list if that fails', async () => {
    const stage = await openStage(['Lobby']);
    const picker = await showPicker(stage.endpoint);
    const {tick} = await loadingEvery(30, picker);
    await stage.run('create', {name: 'New', owner_ref: 'test'});
    tick();
    await until(() => namesOf(picker).includes('New'));
    picker.source.rooms.list = () => Promise.reject(new Error('down'));
    setTimeout(tick);
    await nextError(picker);
    expect(namesOf(picker)).to.deep.equal(['Lobby', 'New']);
  });

  it('lets a person choose with the mouse', async () => {
    const {endpoint, roomIds} = await openStage(['Lobby', 'Stand-up']);
    const picker = await showPicker(endpoint);
    const {x, y} = option(picker, 'Stand-up').getBoundingClientRect();
    setTimeout(() => sendMouse({type: 'click', position: [Math.ceil(x) + 5, Math.ceil(y) + 5]}));
    const {detail} = await oneEvent(picker, 'room-select');
    await picker.updateComplete;
    expect(detail.room.name).to.equal('Stand-up');
    expect(picker.value).to.equal(roomIds[1]);
    expect(picker.room!.name).to.equal('Stand-up');
    expect(option(picker, 'Stand-up').getAttribute('aria-selected')).to.equal('true');
    expect(option(picker, 'Lobby').getAttribute('aria-selected')).to.equal('false');
  });

  it('lets a person search and choose by keyboard alone', async () => {
    const {endpoint} = await openStage(['Lobby', 'Café', 'Stand-up', 'Cafeteria']);
    const picker = await showPicker(endpoint);
    picker.focus();
    await sendKeys({type: 'CAFE'});
    expect(namesOf(picker)).to.deep.equal(['Café', 'Cafeteria']);
    expect(textOf(picker, '[role=status]')).to.equal('2 rooms');
    await sendKeys({press: 'ArrowDown'});
    expect(picker.shadowRoot!.activeElement?.role).to.equal('listbox');
    await sendKeys({press: 'ArrowDown'});
    const list = inside(picker, '[role=listbox]');
    expect(list.getAttribute('aria-activedescendant')).to.equal(option(picker, 'Cafeteria').id);
    expect(picker.value).to.equal('');
    setTimeout(() => sendKeys({press: 'Enter'}));
    const {detail} = await oneEvent(picker, 'room-select');
    expect(detail.room.name).to.equal('Cafeteria');
  });

  it('finds a room by its name or its description, and by nothing else', async () => {
    const talk = permanent('Talk', {settings: {description: 'About doors'}});
    const picker = await showPicker((await openStage(['Lobby', talk])).endpoint);
    const search = inside<HTMLInputElement>(picker, '[part=search]');
    for (const [query, names] of [
      ['doors', ['Talk']],
      ['talk', ['Talk']],
      ['undefined', []],
      ['talkabout', []],
    ] as const) {
      search.value = query;
      search.dispatchEvent(new InputEvent('input'));
      await picker.updateComplete;
      expect(namesOf(picker)).to.deep.equal(names);
    }
  });

  it('moves to the first and the last room and no further', async () => {
    const {endpoint} = await openStage(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H']);
    const picker = await showPicker(endpoint, {'no-search': ''});
    picker.focus();
    const at = async (key: string) => {
      await sendKeys({press: key});
      await picker.updateComplete;
      return textOf(picker, `#${inside(picker, '[role=listbox]').getAttribute('aria-activedescendant')} [part=name]`);
    };
    expect(await at('End')).to.equal('H');
    expect(await at('ArrowDown')).to.equal('H');
    // Six rows are in view.
    expect(await at('PageUp')).to.equal('B');
    expect(await at('Home')).to.equal('A');
    expect(await at('ArrowUp')).to.equal('A');
    expect(await at('PageDown')).to.equal('G');
  });

  it('keeps the old choice when the page cancels the event, and fires nothing when the page sets the value', async () => {
    const {endpoint, roomIds} = await openStage(['Lobby', 'Stand-up']);
    const picker = await showPicker(endpoint);
    let heard = 0;
    picker.addEventListener('room-select', event => {
      heard++;
      event.preventDefault();
    });
    picker.value = roomIds[0]!;
    await picker.updateComplete;
    expect(heard).to.equal(0);
    option(picker, 'Stand-up').click();
    await picker.updateComplete;
    expect(heard).to.equal(1);
    expect(picker.room!.name).to.equal('Lobby');
  });

  it('says that there are no rooms, and that none matches', async () => {
    expect(textOf(await showPicker((await openStage([])).endpoint), '[part~=empty]')).to.equal(
      'There are no rooms yet.',
    );
    const picker = await showPicker((await openStage(['Lobby'])).endpoint);
    picker.focus();
    await sendKeys({type: '<b>zz'});
    expect(textOf(picker, '[part~=empty]')).to.equal('No room matches “<b>zz”.');
  });

  it('says that loading failed, and loads again on request', async () => {
    const stage = await openStage(['Lobby']);
    const picker = await fixture<RoomPicker>(html`<room-picker></room-picker>`);
    await until(() => inside(picker, '[part~=failure]'));
    expect(textOf(picker, '[part~=failure] p')).to.contain('set up correctly');
    for (const [endpoint, code] of [
      ['javascript:alert(1)', 'misconfigured'],
      ['//evil.example/api', 'misconfigured'],
      [`${await faults()}/html`, 'signed_out'],
      [`${await faults()}/nowhere`, 'bad_reply'],
      ['http://127.0.0.1:9', 'offline'],
    ] as const) {
      setTimeout(() => (picker.endpoint = endpoint));
      const {error, operation} = await nextError(picker);
      expect([endpoint, error.code, operation]).to.deep.equal([endpoint, code, 'list']);
      await picker.updateComplete;
      expect(textOf(picker, '[part~=failure] p')).to.match(/^[A-Z][^.]+\.( [A-Z][^.]+\.)?$/);
      expect(textOf(picker, '[role=status]')).to.equal(textOf(picker, '[part~=failure] p'));
    }
    picker.source.rooms.list = httpList(stage.endpoint);
    inside(picker, '[part=retry]').click();
    await until(() => namesOf(picker).includes('Lobby'));
  });

  it('keeps the focus on a retry, and takes it from no other element', async () => {
    let answer!: {resolve: (rooms: Room[]) => void; reject: (error: Error) => void};
    const rooms = {list: () => new Promise((resolve, reject) => (answer = {resolve, reject}))} as unknown as Rooms;
    const picker = await fixture<RoomPicker>(html`<room-picker .rooms=${rooms}></room-picker>`);
    const elsewhere = await fixture<HTMLElement>(html`<input aria-label="Else" />`);
    answer.reject(new Error('down'));
    await until(() => inside(picker, '[part=retry]'));
    inside(picker, '[part=retry]').focus();
    await sendKeys({press: 'Enter'});
    expect(picker.shadowRoot!.activeElement?.role).to.equal('listbox');
    answer.reject(new Error('down'));
    await until(() => picker.shadowRoot!.activeElement?.part.contains('retry'));
    await sendKeys({press: 'Enter'});
    elsewhere.focus();
    answer.resolve([{room_id: 'r', name: 'Lobby', settings: {}}]);
    await until(() => namesOf(picker).length);
    await new Promise(requestAnimationFrame);
    expect(document.activeElement).to.equal(elsewhere);
  });

  it('leaves out an invalid room and shows the others', async () => {
    const warned: unknown[] = [];
    const warn = console.warn;
    console.warn = error => warned.push(error);
    const told: RoomsError[] = [];
    const listen = ({detail}: CustomEvent<{error: RoomsError}>) => told.push(detail.error);
    document.addEventListener('room-error', listen);
    const picker = await showPicker(`${await faults()}/one-broken`);
    document.removeEventListener('room-error', listen);
    console.warn = warn;
    expect(told.map(({code}) => code)).to.deep.equal(['bad_reply']);
    expect(namesOf(picker)).to.deep.equal(['Whole']);
    expect(warned).to.have.length(1);
  });

  it('shows nothing of a failure that the page took over', async () => {
    const picker = document.createElement('room-picker');
    picker.addEventListener('room-error', event => event.preventDefault());
    setTimeout(() => document.body.append(picker));
    await nextError(picker);
    await picker.updateComplete;
    expect(inside(picker, '[part~=failure]')).to.equal(null);
    picker.remove();
  });

  it('keeps its size in every state', async () => {
    await setViewport({width: 360, height: 720});
    const sizes = new Set<number>();
    const rooms: Rooms = {} as Rooms;
    let answer: (rooms: Awaited<ReturnType<Rooms['list']>>) => void = () => {};
    let refuse: (error: Error) => void = () => {};
    rooms.list = () => new Promise((resolve, reject) => ((answer = resolve), (refuse = reject)));
    const picker = await fixture<RoomPicker>(html`<room-picker .rooms=${rooms}></room-picker>`);
    const measure = async (selector: string) => {
      await until(() => inside(picker, selector));
      sizes.add(picker.getBoundingClientRect().height);
    };
    await measure('[aria-busy=true]');
    answer([]);
    await measure('[part~=empty]');
    void picker.reload();
    refuse(new Error('A page’s own rooms may throw anything'));
    await measure('[part~=failure]');
    void picker.reload();
    answer(Array.from({length: 50}, (_, i) => ({room_id: `r${i}`, name: 'Room '.repeat(i + 1), settings: {}})));
    await measure('[role=listbox]');
    expect(sizes.size).to.equal(1);
    expect(picker.scrollWidth).to.be.at.most(360);
  });

  it('shows the newest load when answers overtake each other', async () => {
    const answers: ((name: string) => void)[] = [];
    const signals: AbortSignal[] = [];
    const rooms = {
      list: ({signal}: {signal: AbortSignal}) => {
        signals.push(signal);
        return new Promise(resolve => answers.push(name => resolve([{room_id: 'r', name, settings: {}}])));
      },
    } as unknown as Rooms;
    const picker = await fixture<RoomPicker>(html`<room-picker .rooms=${rooms}></room-picker>`);
    void picker.reload();
    answers[1]!('new');
    answers[0]!('old');
    await until(() => namesOf(picker).length);
    expect(namesOf(picker)).to.deep.equal(['new']);
    expect(signals[0]!.aborted).to.equal(true);
  });

  it('keeps loading when it is moved, stops when it is removed, and loads when it returns', async () => {
    const signals: AbortSignal[] = [];
    const rooms = {
      list: ({signal}: {signal: AbortSignal}) => (signals.push(signal), new Promise(() => {})),
    } as unknown as Rooms;
    const picker = await fixture<RoomPicker>(html`<room-picker .rooms=${rooms}></room-picker>`);
    const elsewhere = await fixture<HTMLElement>(html`<div></div>`);
    elsewhere.append(picker);
    await picker.updateComplete;
    expect(signals.map(signal => signal.aborted)).to.deep.equal([false]);
    picker.remove();
    await Promise.resolve();
    expect(signals[0]!.aborted).to.equal(true);
    elsewhere.append(picker);
    expect(signals).to.have.length(2);
  });

  it('keeps properties that were set before it was defined', async () => {
    const {endpoint} = await openStage(['Lobby']);
    const tag = `early-${crypto.randomUUID()}`;
    const early = document.createElement(tag) as RoomPicker;
    early.endpoint = endpoint;
    early.noSearch = true;
    document.body.append(early);
    customElements.define(tag, class extends customElements.get('room-picker')! {});
    await until(() => optionsOf(early).length);
    expect(inside(early, '[part=search]')).to.equal(null);
    early.remove();
  });

  it('is a field of its form', async () => {
    const {endpoint, roomIds} = await openStage(['Lobby', 'Stand-up']);
    const form = await fixture<HTMLFormElement>(
      html`<form>
        <fieldset><room-picker name="room" required endpoint=${endpoint}></room-picker></fieldset>
      </form>`,
    );
    const picker = form.querySelector('room-picker')!;
    await until(() => optionsOf(picker).length);
    expect(form.checkValidity()).to.equal(false);
    option(picker, 'Stand-up').click();
    await picker.updateComplete;
    expect(form.checkValidity()).to.equal(true);
    expect(new FormData(form).get('room')).to.equal(roomIds[1]);
    form.reset();
    expect(picker.value).to.equal('');
    form.querySelector('fieldset')!.disabled = true;
    await picker.updateComplete;
    option(picker, 'Lobby').click();
    expect(picker.value).to.equal('');
    expect(inside(picker, '[role=listbox]').getAttribute('aria-disabled')).to.equal('true');
  });

  it('takes the endpoint from the page if it has none', async () => {
    const {endpoint} = await openStage(['Lobby']);
    const meta = Object.assign(document.createElement('meta'), {name: 'greenroom-endpoint', content: endpoint});
    document.head.append(meta);
    const picker = await fixture<RoomPicker>(html`<room-picker></room-picker>`);
    await until(() => optionsOf(picker).length);
    meta.remove();
  });

  it('refuses an app-key in a page, and requests nothing', async () => {
    const {endpoint, count} = await openStage(['Lobby']);
    const picker = document.createElement('room-picker');
    picker.setAttribute('app-key', 'secret');
    picker.endpoint = endpoint;
    setTimeout(() => document.body.append(picker));
    const {error} = await nextError(picker);
    expect(error.code).to.equal('misconfigured');
    expect(error.message).to.contain('app-key').and.not.to.contain('secret');
    expect(await count('list')).to.equal(0);
    picker.remove();
  });

  it('shows hostile names as text, whichever way they are written', async () => {
    const names = ['<img src=x onerror=alert(1)>', '\u202Egnp.exe', 'Z̸̧͓a̵l̶g̷o̴', 'א room'];
    const {endpoint} = await openStage(names);
    const picker = await showPicker(endpoint);
    expect(namesOf(picker)).to.deep.equal(names);
    expect(picker.shadowRoot!.querySelector('img')).to.equal(null);
  });
});

/** The picker's timer, which ticks only when the test says so, and how often the picker has loaded. */
function timersOf(picker: RoomPicker) {
  const {rooms} = picker.source;
  const list = rooms.list.bind(rooms);
  const [setInterval, clearInterval] = [window.setInterval.bind(window), window.clearInterval.bind(window)];
  const timers = {
    loads: 0,
    seconds: 0,
    tick: () => {},
    restore: () => Object.assign(window, {setInterval, clearInterval}),
  };
  rooms.list = options => {
    timers.loads++;
    return list(options);
  };
  window.setInterval = ((work: () => void, ms: number) => {
    Object.assign(timers, {tick: work, seconds: ms / 1000});
    return -1;
  }) as never;
  window.clearInterval = id => (id === -1 ? (timers.seconds = 0) : clearInterval(id));
  return timers;
}

/** Sets `refresh`, and returns the picker's timer once it has that interval. */
async function loadingEvery(refresh: number, picker: RoomPicker) {
  const timers = timersOf(picker);
  picker.refresh = refresh;
  await until(() => timers.seconds === refresh);
  timers.restore();
  return timers;
}

/** The `list` of another endpoint, so a retry reaches a working proxy. */
function httpList(endpoint: string): Rooms['list'] {
  const other = document.createElement('room-picker');
  other.endpoint = endpoint;
  return options => other.source.rooms.list(options);
}
