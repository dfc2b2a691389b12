import {createHash} from 'node:crypto';
import type {Plugin} from 'vite';

/**
 * Writes `greenroom.integrity.json`: the hash of each script, by its path. Pages copy from it what `<script integrity>`
 * needs and, for the files loaded on demand, the `integrity` of an import map.
 */
export function integrity(): Plugin {
  return {
    name: 'integrity',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const scripts = Object.values(bundle).filter(({fileName}) => /\.m?js$/.test(fileName));
        const hashes = scripts.map(file => {
          const hash = createHash('sha384').update(file.type === 'chunk' ? file.code : file.source);
          return [file.fileName, `sha384-${hash.digest('base64')}`];
        });
        const source = JSON.stringify(Object.fromEntries(hashes), null, 2);
        this.emitFile({type: 'asset', fileName: 'greenroom.integrity.json', source});
      },
    },
  };
}
