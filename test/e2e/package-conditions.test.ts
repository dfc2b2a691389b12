import assert from 'node:assert/strict';
import {relative} from 'node:path';
import {describe, it} from 'node:test';
import {build, type Rolldown} from 'vite';

const SERVER_ENTRIES = [
  {name: 'greenroom/proxy', exported: 'tokenProxy', file: 'dist/proxy/proxy.js'},
  {name: 'greenroom/proxy/node', exported: 'serve', file: 'dist/proxy/node.js'},
  {name: 'greenroom/platform', exported: 'createPlatform', file: 'dist/platform/platform.js'},
];

/** Bundles `code` as a module of this package, so that it finds the package by its name. */
async function bundled(code: string, conditions: string[], onResolve?: (id: string) => void): Promise<string> {
  const entry = `${process.cwd()}/conditions-entry.js`;
  const output = (await build({
    configFile: false,
    logLevel: 'silent',
    resolve: {conditions},
    plugins: [
      {
        name: 'entry',
        enforce: 'pre',
        async resolveId(id, importer) {
          if (id === entry) return id;
          if (importer !== entry || !onResolve) return undefined;
          onResolve((await this.resolve(id, importer, {skipSelf: true}))!.id);
          return {id, external: true};
        },
        load: id => (id === entry ? code : undefined),
      },
    ],
    build: {write: false, minify: false, rolldownOptions: {input: entry, preserveEntrySignatures: 'strict'}},
  })) as Rolldown.RolldownOutput;
  return output.output[0].code;
}

describe('an entry for servers', () => {
  for (const {name, exported, file} of SERVER_ENTRIES) {
    it(`${name} says in a bundle for browsers that it does not belong there`, async () => {
      const code = await bundled(`import {${exported}} from '${name}';\nexport default ${exported};`, ['browser']);
      await assert.rejects(
        import(`data:text/javascript,${encodeURIComponent(code)}`),
        /are for servers: import greenroom/,
      );
    });

    for (const runtime of ['workerd', 'edge-light', 'deno', 'bun', 'node']) {
      it(`${name} is the real one for ${runtime}, also where it takes what is for browsers`, async () => {
        let resolved: string | undefined;
        await bundled(`export * from '${name}';`, [runtime, 'worker', 'browser'], id => (resolved = id));
        assert.equal(relative(process.cwd(), resolved!), file);
      });
    }
  }
});
