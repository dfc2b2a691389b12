import {defineConfig} from 'vite';
import packageJson from './package.json' with {type: 'json'};
import {asciiScript, classicScript, SCRIPT} from './src/build/classic-script.js';
import {collapseTemplates} from './src/build/collapse-templates.js';
import {integrity} from './src/build/integrity.js';
import {minified, TREESHAKE} from './src/build/minify.js';
import {moduleScript} from './src/build/module-script.js';
import {plainProperties} from './src/build/plain-properties.js';
import {thirdPartyNotices} from './src/build/third-party-notices.js';

const {version} = packageJson;

// The script for pages without a bundler. The modules beside it in dist are the output of tsc, one file for each of src.
export default defineConfig({
  plugins: [
    collapseTemplates(),
    plainProperties(),
    classicScript(version),
    minified(),
    asciiScript(),
    moduleScript(version),
    thirdPartyNotices(),
    integrity(),
  ],
  define: {__VERSION__: JSON.stringify(version)},
  build: {
    target: 'es2022',
    sourcemap: true,
    lib: {entry: 'src/embed.ts', formats: ['es'], fileName: () => SCRIPT},
    rolldownOptions: {
      preserveEntrySignatures: 'allow-extension',
      output: {
        minify: false,
        minifyInternalExports: true,
        comments: false,
        generatedCode: {symbols: false},
        // The script has all that it needs at once in one file. By itself, Rolldown makes chunks of what many elements share.
        // `locales/time` is in it, too: files for the first list share it, and would find it one round trip late.
        // What opens devices for <pre-join> and calls is one file, too: it is loaded on a press.
        codeSplitting: {
          groups: [
            {name: 'script', test: /src.(embed|locales.time)\.ts$/},
            {
              name: 'devices',
              test: /src.(controllers.(capture|device-lists|level|tone)|elements.(devices-event|pre-join-devices))\.ts$/,
              includeDependenciesRecursively: false,
            },
          ],
        },
        // The folder bears the version, so that no cache can mix files of two versions.
        chunkFileNames: ({facadeModuleId, name}) => {
          const [, path = name] = /\/src\/(.*)\.ts$/.exec(facadeModuleId ?? '') ?? [];
          return `greenroom-${version}/${path}.js`;
        },
      },
      treeshake: TREESHAKE,
    },
  },
});
