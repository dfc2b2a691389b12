import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {after, before, describe, it} from 'node:test';
import type ts from 'typescript';
import {complaints, consumer, PACKAGE} from '../helpers/e2e/consumer.js';
import {withoutUndefined} from '../helpers/e2e/inputs.js';

/** Every entry that has types, by the name that others import. */
const ENTRIES = Object.entries(PACKAGE.exports)
  .filter(([, target]) => typeof target === 'object' && 'types' in target)
  .map(([entry]) => entry.replace('.', 'greenroom'));

const FRAMEWORKS = ['react', 'preact', 'solid', 'vue', 'svelte'];
const LIBRARIES = ['react', '@types/react', 'preact', 'solid-js', 'vue', 'svelte', 'playwright-core'];

const entries = ENTRIES.filter(entry => !FRAMEWORKS.some(name => entry.endsWith(`/${name}`)));
const ALL = entries.map((entry, at) => `import * as entry${at} from '${entry}'; void entry${at};`).join('\n');

/** Everything that a page may listen on. */
const PLACES = [
  'document',
  'window',
  'document.body',
  'document.querySelector("#rooms")!',
  'document.querySelector("join-button")!',
  'document.querySelector("svg")!',
  'document.body.shadowRoot!',
  'document.createDocumentFragment()',
  'new EventTarget()',
  'new Event("click").currentTarget!',
];
const EVENTS = `import type {RoomSelectEvent} from 'greenroom';
  const onSelect = (event: RoomSelectEvent) => event.detail.room.room_id;
  ${PLACES.map(
    place => `
      ${place}.addEventListener('room-token', ({detail}) => detail.token.length, {once: true});
      ${place}.addEventListener('room-error', ({detail: {error}}) => error.code === 'offline');
      ${place}.removeEventListener('room-select', onSelect);
      // @ts-expect-error There is no such detail.
      ${place}.addEventListener('room-select', ({detail}) => detail.token);
      ${place}.addEventListener('click', event => event.preventDefault());
      ${place}.addEventListener('something-else', {handleEvent: event => event.preventDefault()});`,
  ).join('')}`;

const GLOBAL = `import type {} from 'greenroom/greenroom.min.js';
  declare const user: {name?: string};
  const button = Greenroom.render('#join', {element: 'join-button', for: 'rooms', userName: user.name});
  button.addEventListener('room-token', ({detail}) => detail.token);
  // @ts-expect-error There is no such property.
  Greenroom.render('#join', {element: 'join-button', colour: 'red'});
  window.Greenroom.q.push(({remove, version}) => remove(version));
  void globalThis.Greenroom.ready.then(({RoomsError}) => new RoomsError('offline', 'Offline.'));`;

const TAGS = `import type {Rooms} from 'greenroom/rooms';
  ${FRAMEWORKS.map(name => `import type {} from 'greenroom/${name}';`).join('\n')}
  export const Page = ({room, name, rooms}: {room?: string; name?: string; rooms?: Rooms}) => (
    <>
      <room-picker value={room} rooms={rooms} disabled={undefined} onroom-select={undefined} />
      <join-button room-id={room} user-name={name} userRef={name} data={undefined} />
      <room-editor room-id={room} />
      <room-users room-id={room} for={name} refresh={undefined} />
    </>
  );`;

const SNIPPETS = [...readFileSync('README.md', 'utf8').matchAll(/^```(tsx?)\n(.*?)^```/gms)].map(
  ([, kind, text], at) => [`snippet-${at}.${kind}`, text!] as const,
);

// They import the proxy from this repository. Projects import it from the package, as their comment says.
const SERVERS = readdirSync('demo/servers')
  .filter(name => name.endsWith('.ts'))
  .map(name => {
    const text = readFileSync(`demo/servers/${name}`, 'utf8');
    return [`servers/${name}`, text.replace(/'\.\.\/\.\.\/src\/(proxy|site)\/\1\.js'/g, "'greenroom/$1'")] as const;
  });

describe('the types of the package, in a project that asks the most of them', {timeout: 240_000}, () => {
  let program: ts.Program;
  let said: string[];
  const removals: (() => Promise<void>)[] = [];
  before(async () => {
    const project = await consumer({after: remove => void removals.push(remove)}, ...LIBRARIES);
    const files = {'all.ts': ALL, 'events.ts': EVENTS, 'global.ts': GLOBAL, 'page.tsx': TAGS};
    program = project.program({...files, ...Object.fromEntries([...SNIPPETS, ...SERVERS]), ...AROUND});
    said = complaints(program);
  });
  after(() => Promise.all(removals.map(remove => remove())));

  const saidOf = (files: RegExp) => said.filter(line => files.test(line));

  it('have no error, with those of all that the package depends on', () => {
    assert.ok(entries.length > 10);
    assert.deepEqual(saidOf(/^(?!(@?vue|svelte|solid-js|preact|@types\/react|playwright-core)\b)/), []);
  });

  it('take undefined for everything that may be left out', () => {
    assert.deepEqual(withoutUndefined(program, 'all.ts'), []);
    assert.deepEqual(saidOf(/^page/), []);
  });

  it('know the events, wherever one listens', () => assert.deepEqual(saidOf(/^events/), []));

  it('know the global of the script', () => assert.deepEqual(saidOf(/^global/), []));

  it('fit every snippet of the README', () => {
    assert.ok(SNIPPETS.length >= 3);
    assert.deepEqual(saidOf(/^snippet/), []);
  });

  it('fit every server of the demo', () => {
    assert.ok(SERVERS.length >= 8);
    assert.deepEqual(saidOf(/^servers/), []);
  });
});

/** What the snippets import, of projects that are not here: as much of it as they use. */
const AROUND = {
  'auth.ts': `export const auth = {
    api: {
      getSession: async (asked: {headers: Headers; query?: {disableRefresh?: boolean}}) =>
        asked.headers.has('cookie') ? {user: {id: 'ann', name: 'Ann', role: 'host'}} : null,
    },
  };`,
  'agora.ts': `import type {User} from 'greenroom/rooms';
  export const counts = async (rooms: readonly {room_id: string}[]) => new Map(rooms.map(({room_id}) => [room_id, 0]));
  export const peopleIn = async (room: string): Promise<User[]> => (room ? [] : []);
  export const sign = async (...claims: unknown[]) => JSON.stringify(claims);
  export const end = async (room: string): Promise<void> => void room;`,
  'around.d.ts': `declare function connect(token: string): void;
  declare module '@playwright/test' {
    import type {Locator, Page} from 'playwright-core';
    export function test(title: string, run: (given: {page: Page}) => Promise<void>): void;
    export function expect(locator: Locator): {toBeVisible(): Promise<void>};
  }
  declare module '@auth/core/jwt' {
    export function getToken(asked: {
      req: {headers: Record<string, string>};
      secret: string;
      secureCookie: boolean;
    }): Promise<{sub?: string; name?: string | null; host?: unknown} | null>;
  }`,
};
