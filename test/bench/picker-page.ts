// The page of the picker's benchmark: three lists of the same rooms that look alike. The one windowed by hand draws what
// is in view and nothing else, which is as little as one can do; the one by Lit's `repeat` is what most would write.
import {html, render} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import type {Room, Rooms} from '../../src/rooms/rooms.js';

interface List {
  element: HTMLElement;
  show(rooms: Room[]): void;
  search(query: string): void;
  /** How many rooms are in the page. */
  count(): number;
}

const STYLE = `
  :host {display: grid; gap: 8px; font: 1rem/1.4 system-ui, sans-serif}
  * {box-sizing: border-box; margin: 0; border-radius: 10px}
  input {min-block-size: 44px; padding: 8px 14px; border: 1px solid #888; font: inherit}
  ul {block-size: 20rem; padding: 4px; overflow: auto; border: 1px solid #ddd; list-style: none}
  div {position: relative}
  li {display: grid; grid-template-columns: 1fr auto; align-content: center; column-gap: 12px; block-size: 64px;
    padding: 0 12px; overflow: clip; white-space: nowrap; cursor: pointer}
  .windowed li {position: absolute; inset-inline: 0}
  li:hover {background: #eee}
  bdi {overflow: clip; text-overflow: ellipsis}
  [part=name] {font-weight: 600}
  [part=status], [part=description] {color: #555; font-size: 0.875em}`;
const ROW = 64;
const clock = new Intl.DateTimeFormat('en', {timeStyle: 'short'});
const fold = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toUpperCase();
const folded = new WeakMap<Room, string>();

/** Those whose name or description has it, whatever case and accents. */
function found(rooms: Room[], query: string): Room[] {
  const sought = fold(query);
  const textOf = (room: Room) => {
    let text = folded.get(room);
    if (!text) folded.set(room, (text = fold(`${room.name} ${room.settings.description ?? ''}`)));
    return text;
  };
  return query ? rooms.filter(room => textOf(room).includes(sought)) : rooms;
}

function statusOf({isRoomActive, settings}: Room): string {
  if (isRoomActive) return 'Live now';
  if (!settings.scheduled_time) return '';
  return `Opens ${clock.format(new Date(`${settings.scheduled_time.replace(' ', 'T')}Z`))}`;
}

function frame(): {host: HTMLElement; root: ShadowRoot; input: HTMLInputElement; list: HTMLElement} {
  const host = document.createElement('div');
  const root = host.attachShadow({mode: 'open'});
  const style = new CSSStyleSheet();
  style.replaceSync(STYLE);
  root.adoptedStyleSheets = [style];
  const input = root.appendChild(Object.assign(document.createElement('input'), {type: 'search'}));
  const list = root.appendChild(Object.assign(document.createElement('ul'), {role: 'listbox', tabIndex: 0}));
  return {host, root, input, list};
}

function windowed(): List {
  const {host, input, list} = frame();
  const space = list.appendChild(document.createElement('div'));
  list.className = 'windowed';
  const blank = document.createElement('li');
  blank.role = 'option';
  for (const [part, tag] of Object.entries({name: 'bdi', status: 'span', description: 'bdi'})) {
    blank.appendChild(document.createElement(tag)).part.add(part);
  }
  let rooms: Room[] = [];
  let shown: Room[] = [];
  let height = 0;
  const rows = new Map<string, HTMLElement>();
  const draw = () => {
    height ||= list.clientHeight;
    const from = Math.max(0, Math.floor(list.scrollTop / ROW) - 4);
    const until = Math.min(shown.length, from + Math.ceil(height / ROW) + 8);
    const inView = new Set<string>();
    for (let at = from; at < until; at++) {
      const room = shown[at]!;
      inView.add(room.room_id);
      let row = rows.get(room.room_id);
      if (!row) {
        row = blank.cloneNode(true) as HTMLElement;
        row.id = `room-${room.room_id}`;
        rows.set(room.room_id, row);
        space.append(row);
      }
      row.style.top = `${at * ROW}px`;
      row.ariaPosInSet = `${at + 1}`;
      row.ariaSetSize = `${shown.length}`;
      const texts = [room.name, statusOf(room), room.settings.description ?? ''];
      for (const [index, text] of texts.entries()) {
        const cell = row.children[index]!;
        if (cell.textContent !== text) cell.textContent = text;
      }
    }
    for (const [id, row] of rows) {
      if (inView.has(id)) continue;
      row.remove();
      rows.delete(id);
    }
  };
  const find = () => {
    shown = found(rooms, input.value.trim());
    space.style.height = `${shown.length * ROW}px`;
    draw();
  };
  list.onscroll = draw;
  input.oninput = () => {
    list.scrollTop = 0;
    find();
  };
  return {
    element: host,
    show: given => {
      rooms = given;
      find();
    },
    search: query => type(input, query),
    count: () => rows.size,
  };
}

function repeated(): List {
  const {host, input, list} = frame();
  let rooms: Room[] = [];
  const draw = () =>
    render(
      repeat(
        found(rooms, input.value.trim()),
        ({room_id: id}) => id,
        room =>
          html`<li id=${`room-${room.room_id}`} role="option">
            <bdi part="name">${room.name}</bdi><span part="status">${statusOf(room)}</span
            ><bdi part="description">${room.settings.description}</bdi>
          </li>`,
      ),
      list,
    );
  input.oninput = draw;
  return {
    element: host,
    show: given => {
      rooms = given;
      draw();
    },
    search: query => type(input, query),
    count: () => list.childElementCount,
  };
}

function greenroom(): List {
  const picker = document.createElement('room-picker');
  const inside = (selector: string) => picker.shadowRoot!.querySelector(selector)!;
  // As on a page: it asks for rooms, and shows that it waits for them.
  let answer: ((rooms: Room[]) => void) | undefined;
  picker.rooms = {list: () => new Promise<Room[]>(resolve => (answer = resolve))} as Rooms;
  return {
    element: picker,
    show: rooms => {
      if (!answer) void picker.reload({quiet: true});
      answer!([...rooms]);
      answer = undefined;
    },
    search: query => type(inside('input') as HTMLInputElement, query),
    count: () => picker.shadowRoot!.querySelectorAll('[role=option]').length,
  };
}

function type(input: HTMLInputElement, query: string) {
  input.value = query;
  input.dispatchEvent(new InputEvent('input'));
}

/** Rooms as they come from parsed JSON. */
function makeRooms(count: number): Room[] {
  const time = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
  const hour = Math.ceil(Date.now() / 3_600_000) * 3_600_000;
  const rooms = Array.from({length: count}, (_, at) => ({
    room_id: `room-${at}`,
    name: `${['Café', 'Stand-up', 'Lecture', 'Straße'][at % 4]} ${at}`,
    isRoomActive: at % 20 === 0,
    settings: {
      description: `Where those who think of ${at} meet`,
      ...(at % 4 === 1 && {scheduled: true, scheduled_time: time(hour + (at % 200) * 3_600_000), duration: 45}),
    },
  }));
  return JSON.parse(JSON.stringify(rooms)) as Room[];
}

/** After the next frame is painted. */
const painted = () =>
  new Promise<void>(done =>
    requestAnimationFrame(() => {
      const {port1, port2} = new MessageChannel();
      port1.onmessage = () => done();
      port2.postMessage(0);
    }),
  );

/** How long until what is done is painted, in ms. */
async function took(act: () => void): Promise<number> {
  await painted();
  // People are not in step with their display.
  await rest(Math.random() * 17);
  const began = performance.now();
  act();
  await painted();
  return performance.now() - began;
}

const LISTS: Record<string, () => List> = {windowed, repeat: repeated, greenroom};
const rest = (ms: number) => new Promise(done => setTimeout(done, ms));
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** The longest task from now on, in ms; browsers tell of none below 50. */
function watchTasks(): {longest: number} {
  const watched = {longest: 0};
  new PerformanceObserver(entries => {
    for (const {duration} of entries.getEntries()) watched.longest = Math.max(watched.longest, duration);
  }).observe({entryTypes: ['longtask']});
  return watched;
}

/** Mounts a picker whose rooms come as a token proxy sends them, and answers how long its longest task was. */
async function load(count: number) {
  const answer = JSON.stringify({result: 0, server_now: new Date().toISOString(), rooms: makeRooms(count)});
  globalThis.fetch = async () => new Response(answer);
  const picker = document.createElement('room-picker');
  picker.endpoint = 'https://rooms.example/';
  await rest(200);
  const tasks = watchTasks();
  document.body.append(picker);
  while ((picker.shadowRoot?.querySelectorAll('[role=option]').length ?? 0) < count) await painted();
  await rest(200);
  return tasks.longest;
}

/** Mounts a list on this page, which has had none, and measures everything that the benchmark prints. */
async function measure(kind: string, count: number) {
  const rooms = makeRooms(count);
  const tasks = watchTasks();
  const list = LISTS[kind]!();
  document.body.append(list.element);
  await rest(200);
  tasks.longest = 0;
  const began = performance.now();
  const first = await took(() => list.show(rooms));
  // What is windowed never has them all.
  while (kind !== 'windowed' && list.count() < count) await painted();
  const all = performance.now() - began;
  await rest(200);
  const filling = tasks.longest;
  const keys: number[] = [];
  for (const query of ['', 'c', 'ca', 'cafe', 'cafe 12', 'cafe 1', '', 'think of 77', '']) {
    keys.push(await took(() => list.search(query)));
    await rest(150);
  }
  const same: number[] = [];
  for (let each = 0; each < 5; each++) same.push(await took(() => list.show(rooms)));
  await rest(200);
  const {longest} = tasks;
  return {first, all, filling, longest, key: median(keys), slowest: Math.max(...keys), same: median(same)};
}

/** Mounts a list and removes it, many times over. */
async function mount(kind: string, times: number) {
  const rooms = makeRooms(200);
  for (let each = 0; each < times; each++) {
    const list = LISTS[kind]!();
    document.body.append(list.element);
    list.show(rooms);
    await painted();
    list.element.remove();
  }
  await rest(500);
}

const bench = {measure, load, mount};
export type Bench = typeof bench;
Object.assign(globalThis, {bench});
