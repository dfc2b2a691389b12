import assert from 'node:assert/strict';
import {describe, it} from 'node:test';

import {createElement, type FunctionComponent} from 'react';
import {renderToString} from 'react-dom/server';
import {JoinButton, RoomPicker} from '../../src/frameworks/react.js';
import {bundled} from '../helpers/e2e/bundled.js';
import {useSite} from '../helpers/e2e/embed.js';

type Props = Record<string, unknown>;

/** The page, as a server and a browser render it. `log` is called with the events. */
const tree = (picker: FunctionComponent<Props> | string, join: FunctionComponent<Props> | string, log: unknown) =>
  createElement(
    'main',
    null,
    createElement(picker, {id: 'rooms', endpoint: '/api', 'onroom-select': log}),
    createElement(join, {for: 'rooms', 'user-name': 'Ann', data: {seat: 1}, 'onroom-join': log, 'onroom-token': log}),
  );

const CLIENT = `
  import 'greenroom';
  import {JoinButton, RoomPicker} from 'greenroom/react';
  import {createElement, StrictMode} from 'react';
  import {hydrateRoot} from 'react-dom/client';
  const tree = ${tree.toString()};
  window.told = [];
  const log = event => told.push(event.type + ': ' + (event.detail.token ? 'token' : event.detail.room.name));
  const errors = {onRecoverableError: error => console.error(error)};
  hydrateRoot(document.querySelector('#app'), createElement(StrictMode, null, tree(RoomPicker, JoinButton, log)), errors);
  requestAnimationFrame(() => (window.hydrated = true));
`;

describe('greenroom/react on a page that a server rendered', () => {
  const site = useSite();

  it('hydrates silently, and its listeners and properties work from the first press', async () => {
    const html = renderToString(
      tree(RoomPicker as FunctionComponent<Props>, JoinButton as FunctionComponent<Props>, () => undefined),
    );
    assert.match(html, /<join-button for="rooms" user-name="Ann"><\/join-button>/);
    const {code} = await bundled(CLIENT);
    site.serve('/client.js', `globalThis.process = {env: {}};\n${code}`, {'content-type': 'text/javascript'});
    const {page, complaints} = await site.open(
      `<div id="app">${html}</div><script type="module" src="/client.js"></script>`,
    );
    await page.waitForFunction('window.hydrated');
    await page.getByRole('option', {name: 'Lobby'}).click();
    await page.getByRole('button', {name: 'Join'}).click();
    await page.waitForFunction('told.length === 3');
    assert.deepEqual(await page.evaluate('told'), ['room-select: Lobby', 'room-join: Lobby', 'room-token: token']);
    assert.deepEqual(await page.evaluate(`document.querySelector('join-button').data`), {seat: 1});
    assert.deepEqual(complaints, []);
  });
});
