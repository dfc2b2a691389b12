import assert from 'node:assert/strict';
import {relative} from 'node:path';
import {describe, it} from 'node:test';
import {bundled} from '../helpers/e2e/bundled.js';

const SERVER_ENTRIES = [
  {name: 'greenroom/proxy', exported: 'tokenProxy', file: 'dist/proxy/proxy.js'},
  {name: 'greenroom/proxy/node', exported: 'serve', file: 'dist/proxy/node/node.js'},
  {name: 'greenroom/platform', exported: 'createPlatform', file: 'dist/platform/platform.js'},
];

describe('an entry for servers', () => {
  for (const {name, exported, file} of SERVER_ENTRIES) {
    it(`${name} throws in a bundle for browsers, and says which entry to import`, async () => {
      const {code} = await bundled(`import {${exported}} from '${name}';\nexport default ${exported};`);
      await assert.rejects(
        import(`data:text/javascript,${encodeURIComponent(code)}`),
        /are for servers: import greenroom/,
      );
    });

    for (const runtime of ['workerd', 'edge-light', 'deno', 'bun', 'node']) {
      it(`${name} is the server's for ${runtime}, even with the condition “browser”`, async () => {
        let resolved: string | undefined;
        await bundled(`export * from '${name}';`, {
          conditions: [runtime, 'worker', 'browser'],
          onResolve: id => (resolved = id),
        });
        assert.equal(relative(process.cwd(), resolved!), file);
      });
    }
  }
});
