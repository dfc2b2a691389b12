import assert from 'node:assert/strict';
import {describe, it} from 'node:test';

import {createElement, type FunctionComponent} from 'react';
import {renderToString} from 'react-dom/server';
import {JoinButton, RoomPicker} from '../../src/frameworks/react.js';
import {bundled} from '../helpers/e2e/bundled.js';
import {useSite} from '../helpers/e2e/embed.js';
import {checkHydrated, LOG} from '../helpers/e2e/hydrated.js';

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
  ${LOG}
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
    const opened = await site.open(`<div id="app">${html}</div><script type="module" src="/client.js"></script>`);
    await checkHydrated(opened);
  });
});
