import type {Plugin} from 'vite';
import {SCRIPT} from './classic-script.js';

/**
 * Writes `greenroom.min.mjs`: the code of the script, and the exports of a module. As the code is the same, script and
 * module may be on one page, and both load the same chunks on demand.
 */
export function moduleScript(version: string): Plugin {
  return {
    name: 'module-script',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const script = bundle[SCRIPT];
        const map = bundle[`${SCRIPT}.map`];
        if (script?.type !== 'chunk' || map?.type !== 'asset') return;
        // Shorter names are the bundler's, for the chunks alone.
        const names = script.exports.filter(name => name.length > 2).join(', ');
        const source = script.code.replace(
          /(?=\/\/# sourceMappingURL)(.*)\.js\.map/,
          `export const {${names}} = globalThis.Greenroom?.${JSON.stringify([version])} ?? {};\n$1.mjs.map`,
        );
        this.emitFile({type: 'asset', fileName: 'greenroom.min.mjs', source});
        this.emitFile({type: 'asset', fileName: 'greenroom.min.mjs.map', source: map.source});
      },
    },
  };
}
