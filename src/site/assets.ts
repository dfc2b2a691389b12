import {readdir, readFile} from 'node:fs/promises';
import {join, relative, sep} from 'node:path';
import {fileURLToPath} from 'node:url';
import {RoomsError} from '../rooms/errors.js';

/** The script, and the folder with the files that it loads on demand. */
const OURS = /^greenroom(\.min\.js|-[\w.-]+\/.+\.js)$/;

/** Where `npm run build` puts them: beside this file's folder in the package, or in the `dist` of a clone. */
const FOLDERS = ['../', '../../dist/'].map(folder => fileURLToPath(new URL(folder, import.meta.url)));

/**
 * Reads the script and its files, and makes a function that answers for them; undefined for every other path. Rejects with
 * `misconfigured` if they are not there.
 */
export async function scriptFiles(): Promise<(request: Request) => Response | undefined> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const folder of FOLDERS) {
    const names = await readdir(folder, {recursive: true}).catch(() => []);
    for (const name of names) {
      const path = relative(folder, join(folder, name)).split(sep).join('/');
      if (OURS.test(path)) files.set(`/${path}`, new Uint8Array(await readFile(join(folder, name))));
    }
    if (files.has('/greenroom.min.js')) break;
    files.clear();
  }
  if (files.size === 0) {
    throw new RoomsError('misconfigured', 'There is no greenroom.min.js.', {
      desc: 'Run `npm run build` in the clone first.',
    });
  }
  return ({url, method}) => {
    const path = new URL(url).pathname;
    const file = files.get(path);
    if (!file || !/^(GET|HEAD)$/.test(method)) return undefined;
    return new Response(method === 'HEAD' ? null : file, {
      headers: {
        'content-type': 'text/javascript; charset=utf-8',
        'x-content-type-options': 'nosniff',
        // The folder bears the version.
        'cache-control': path === '/greenroom.min.js' ? 'public, max-age=300' : 'public, max-age=31536000, immutable',
      },
    });
  };
}
