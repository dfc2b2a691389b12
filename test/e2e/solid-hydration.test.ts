import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {transformAsync} from '@babel/core';
import {bundled} from '../helpers/e2e/bundled.js';
import {useSite} from '../helpers/e2e/embed.js';
import {checkHydrated, LOG} from '../helpers/e2e/hydrated.js';

/** The page, as a server and a browser render it. `log` is called with the events. */
const APP = `
  export const App = ({log}) => (
    <main>
      <room-picker id="rooms" attr:endpoint="/api" on:room-select={log}></room-picker>
      <join-button
        attr:for="rooms"
        attr:user-name="Ann"
        prop:data={{seat: 1}}
        on:room-join={log}
        on:room-token={log}
      ></join-button>
    </main>
  );`;

async function compiled(generate: 'dom' | 'ssr') {
  const options = {generate, hydratable: true};
  const result = await transformAsync(APP, {
    babelrc: false,
    configFile: false,
    presets: [['babel-preset-solid', options]],
  });
  return result!.code!;
}

const SERVER = `
  import {generateHydrationScript, renderToString} from 'solid-js/web';
  export const script = generateHydrationScript();
  export const html = renderToString(() => App({log() {}}));
`;

const CLIENT = `
  import {hydrate} from 'solid-js/web';
  ${LOG}
  hydrate(() => App({log}), document.querySelector('#app'));
  window.hydrated = true;
`;

describe('a page that a server rendered with Solid', () => {
  const site = useSite();

  it('hydrates silently, adds no attribute, and its listeners and properties work', async () => {
    const server = await bundled((await compiled('ssr')) + SERVER, {conditions: ['node', 'development']});
    const {html, script} = (await import(`data:text/javascript,${encodeURIComponent(server.code)}`)) as {
      html: string;
      script: string;
    };
    assert.match(html, /<join-button[^>]* for="rooms" user-name="Ann">/);
    // Solid tells of differences in development only. Lit would also warn there, so the elements are a script of their own.
    const {code} = await bundled((await compiled('dom')) + CLIENT, {conditions: ['browser', 'development']});
    site.serve('/client.js', code, {'content-type': 'text/javascript'});
    const opened = await site.open(
      `<script src="/dist/greenroom.min.js"></script>${script}<div id="app">${html}</div>
      <script type="module" src="/client.js"></script>`,
    );
    await checkHydrated(opened, html);
  });
});
