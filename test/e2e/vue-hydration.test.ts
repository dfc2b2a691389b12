import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {createSSRApp, h} from 'vue';
import {renderToString} from 'vue/server-renderer';
import {bundled} from '../helpers/e2e/bundled.js';
import {useSite} from '../helpers/e2e/embed.js';
import {checkHydrated, LOG} from '../helpers/e2e/hydrated.js';

/** The page, as a server and a browser render it. `log` is called with the events. */
const tree = (make: typeof h, log: unknown) => () =>
  make('main', null, [
    make('room-picker', {id: 'rooms', endpoint: '/api', 'onRoom-select': log}),
    make('join-button', {
      for: 'rooms',
      'user-name': 'Ann',
      '.data': {seat: 1},
      'onRoom-join': log,
      'onRoom-token': log,
    }),
  ]);

const CLIENT = `
  import 'greenroom';
  import {createSSRApp, h} from 'vue';
  const tree = ${tree.toString()};
  ${LOG}
  createSSRApp({render: tree(h, log)}).mount('#app');
  window.hydrated = true;
`;

describe('a page that a server rendered with Vue', () => {
  const site = useSite();

  it('hydrates silently, adds no attribute, and its listeners and properties work', async () => {
    const html = await renderToString(createSSRApp({render: tree(h, () => undefined)}));
    assert.match(html, /<join-button for="rooms" user-name="Ann"><\/join-button>/);
    const {code} = await bundled(CLIENT);
    const globals = "globalThis.process = {env: {NODE_ENV: 'development'}};";
    site.serve('/client.js', `${globals}\n${code}`, {'content-type': 'text/javascript'});
    const opened = await site.open(`<div id="app">${html}</div><script type="module" src="/client.js"></script>`);
    await checkHydrated(opened, html);
  });
});
