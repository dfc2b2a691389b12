import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {compile} from 'svelte/compiler';
import {bundled} from '../helpers/e2e/bundled.js';
import {useSite} from '../helpers/e2e/embed.js';
import {checkHydrated, LOG} from '../helpers/e2e/hydrated.js';

/** The page, as a server and a browser render it. `log` is called with the events. */
const APP = `
  <script>
    let {log} = $props();
    const data = {seat: 1};
  </script>
  <main>
    <room-picker id="rooms" endpoint="/api" onroom-select={log}></room-picker>
    <join-button for="rooms" user-name="Ann" {data} onroom-join={log} onroom-token={log}></join-button>
  </main>`;

const compiled = (generate: 'client' | 'server') => compile(APP, {name: 'App', generate, dev: true}).js.code;

const SERVER = `
  ${compiled('server')}
  import {render} from 'svelte/server';
  export const html = render(App, {props: {log() {}}}).body;
`;

const CLIENT = `
  ${compiled('client')}
  import {hydrate} from 'svelte';
  ${LOG}
  hydrate(App, {target: document.querySelector('#app'), props: {log}});
  window.hydrated = true;
`;

describe('a page that a server rendered with Svelte', () => {
  const site = useSite();

  it('hydrates silently, adds no attribute, and its listeners and properties work', async () => {
    const server = await bundled(SERVER, {conditions: ['node', 'development']});
    const {html} = (await import(`data:text/javascript,${encodeURIComponent(server.code)}`)) as {html: string};
    assert.match(html, /<join-button for="rooms" user-name="Ann"/);
    // Svelte warns of differences in development only. Lit would also warn there, so the elements are a script of their own.
    const {code} = await bundled(CLIENT, {conditions: ['browser', 'development']});
    site.serve('/client.js', code, {'content-type': 'text/javascript'});
    const opened = await site.open(
      `<script src="/dist/greenroom.min.js"></script><div id="app">${html}</div><script type="module" src="/client.js"></script>`,
    );
    await checkHydrated(opened, html);
  });
});
