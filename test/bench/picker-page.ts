import {html, render} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import '../../src/elements/room-picker.js';
import type {Room, Rooms} from '../../src/rooms/rooms.js';

/** What is compared: our picker, the least that a list in a window can cost, and the plainest Lit. */
export type Kind = 'picker' | 'windowed' | 'repeat';

/** Milliseconds, or a number of rows; undefined where a list has nothing to measure. */
export interface Measures {
  /** From the data to its first frame. */
  painted: number;
  /** From the data to every row being in the page. */
  complete: number;
  rows: number;
  /** From a key in the search field to the frame that shows what was found. */
  key: number;
  /** What the same data once more costs. */
  refresh: number;
  /** The longest task of all of this, as far as the browser tells: from 50 ms on. */
  longest: number;
}

interface List {
  /** Resolves when it holds them. */
  show(rooms: Room[]): unknown;
  search(query: string): void;
  rows(): number;
}

const roomsOf = (count: number): Room[] =>
  Array.from({length: count}, (_, at) => ({
    room_id: `room${at}`,
    name: `Room ${at} ${['Café', 'Straße', 'Stand-up', 'Review'][at % 4]}`,
    isRoomActive: at % 50 === 0 || undefined,
    settings: {
      description: at % 3 ? `What is talked about in room ${at}` : undefined,
      mode: at % 7 ? 'group' : 'lecture',
      ...(at % 5 === 0 && {scheduled: true, duration: 60, scheduled_time: timeOf(at % 10 ? at : -at)}),
    },
  }));
const timeOf = (minutes: number) =>
  new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');

const LISTS: Record<Kind, (place: Element) => List> = {
  picker(place) {
    const picker = document.createElement('room-picker');
    let rooms: Room[] = [];
    picker.rooms = {list: async () => rooms} as unknown as Rooms;
    place.append(picker);
    return {
      async show(next) {
        rooms = next;
        await picker.reload({quiet: true});
        await picker.updateComplete;
      },
      search(query) {
        const field = picker.shadowRoot!.querySelector('input')!;
        field.value = query;
        field.dispatchEvent(new InputEvent('input'));
      },
      rows: () => picker.shadowRoot!.querySelectorAll('[role=option]').length,
    };
  },

  windowed(place) {
    const HEIGHT = 60;
    const box = document.createElement('div');
    const sheet = document.createElement('ul');
    box.className = 'list';
    box.append(sheet);
    place.append(box);
    let rooms: Room[] = [];
    let texts: string[] = [];
    let found: Room[] = [];
    const draw = () => {
      const first = Math.max(Math.floor(box.scrollTop / HEIGHT) - 8, 0);
      sheet.style.height = `${found.length * HEIGHT}px`;
      sheet.replaceChildren(
        ...found.slice(first, first + 22).map((room, at) => {
          const row = document.createElement('li');
          row.style.cssText = `position: absolute; top: ${(first + at) * HEIGHT}px; height: ${HEIGHT}px`;
          for (const text of [room.name, room.settings.description ?? '', room.isRoomActive ? 'Live now' : '']) {
            const part = document.createElement('span');
            part.textContent = text;
            row.append(part);
          }
          return row;
        }),
      );
    };
    box.addEventListener('scroll', draw);
    return {
      show(next) {
        rooms = found = next;
        texts = rooms.map(({name, settings}) => `${name} ${settings.description}`.toLowerCase());
        draw();
      },
      search(query) {
        found = rooms.filter((_, at) => texts[at]!.includes(query));
        draw();
      },
      rows: () => sheet.childElementCount,
    };
  },

  repeat(place) {
    const box = document.createElement('div');
    box.className = 'list';
    place.append(box);
    let rooms: Room[] = [];
    const draw = (shown: Room[]) =>
      render(
        html`<ul>
          ${repeat(
            shown,
            room => room.room_id,
            ({name, settings, isRoomActive}) =>
              html`<li><span>${name}</span><span>${settings.description}</span><span>${isRoomActive}</span></li>`,
          )}
        </ul>`,
        box,
      );
    return {
      show: next => draw((rooms = next)),
      search: query =>
        draw(rooms.filter(({name, settings}) => `${name} ${settings.description}`.toLowerCase().includes(query))),
      rows: () => box.querySelectorAll('li').length,
    };
  },
};

/** After the frame that shows what was just done. */
const painted = () => new Promise<void>(resolve => requestAnimationFrame(() => setTimeout(resolve)));

export async function measure(kind: Kind, count: number): Promise<Measures> {
  let longest = 0;
  const tasks = new PerformanceObserver(list => {
    for (const {duration} of list.getEntries()) longest = Math.max(longest, duration);
  });
  const place = document.body.appendChild(document.createElement('main'));
  const list = LISTS[kind](place);
  await list.show([]);
  const rooms = roomsOf(count);
  const same = roomsOf(count);
  await painted();
  tasks.observe({type: 'longtask'});

  const started = performance.now();
  void list.show(rooms);
  await painted();
  const first = performance.now() - started;
  // A list in a window is never complete: it has the rows it shows.
  while (list.rows() < (kind === 'windowed' ? 1 : count)) await painted();
  const complete = performance.now() - started;
  const rows = list.rows();
  await painted();

  const again = performance.now();
  await list.show(same);
  const refresh = performance.now() - again;
  await painted();

  const keys: number[] = [];
  for (const query of ['r', 'ro', 'room 1', 'room 12', 'room 1', '']) {
    const pressed = performance.now();
    list.search(query);
    await painted();
    keys.push(performance.now() - pressed);
    // A person's next key, and the list at rest.
    for (let frames = 0; frames < 30; frames++) await painted();
  }
  tasks.disconnect();
  place.remove();
  return {painted: first, complete, rows, refresh, longest, key: median(keys)};
}

/** Mounts a picker of so many rooms, waits for all of them, and takes it away. */
export async function mountAndRemove(count: number) {
  const place = document.body.appendChild(document.createElement('main'));
  const list = LISTS.picker(place);
  await list.show(roomsOf(count));
  while (list.rows() < count) await painted();
  place.remove();
}

export const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

Object.assign(window, {bench: {measure, mountAndRemove}});
