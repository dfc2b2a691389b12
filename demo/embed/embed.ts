// The ways to embed. Each has a page with the lines of the README and nothing else of Greenroom. The script is built from
// the source here.
import {readFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {build, type Rollup} from 'vite';

interface Way {
  title: string;
  about: string;
  /** The file with its lines, as the README prints them. */
  lines: string;
  /** What stands in the head of a CMS's template. */
  head?: string;
  /** Its Content Security Policy, as the README prints it. */
  policy?: string;
}

const SCRIPT = '<script src="https://cdn.example/greenroom@0.1.0/dist/greenroom.min.js" defer></script>';

/** By path. */
export const WAYS: Record<string, Way> = {
  script: {
    title: 'Script tag',
    about: 'A script from a CDN, at an exact version and with its hash, and two tags.',
    lines: 'script.html',
  },
  module: {
    title: 'Module',
    about: 'The same as a module, for pages that load nothing else or import its exports.',
    lines: 'module.html',
  },
  calls: {
    title: 'Calls',
    about: 'A script puts the elements into the page. It may call before Greenroom is loaded.',
    lines: 'calls.html',
  },
  cms: {
    title: 'CMS',
    about: 'For editors that allow no custom tags. The script is in the page’s template.',
    lines: 'cms.html',
    head: SCRIPT,
  },
  iframe: {
    title: 'Iframe',
    about: 'A page of rooms inside a page of another origin, which lets it use camera and microphone.',
    lines: 'iframe.html',
  },
  strict: {
    title: 'Strict policy',
    about: 'A page whose Content Security Policy allows only what it names.',
    lines: 'script.html',
    policy: 'script-src https://cdn.example; connect-src https://shop.example',
  },
};

/** The rest of the strict page's policy: its own style sheets, and nothing else. */
const STRICT = "default-src 'none'; style-src 'self'; img-src data:; require-trusted-types-for 'script'";
const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  json: 'application/json',
};

/** Serves `/embed/`, and the script under `/dist/`. */
export async function answer(request: Request): Promise<Response> {
  const {pathname, host, protocol} = new URL(request.url);
  const [, folder, path = ''] = /^\/(embed|dist)\/(.*)$/.exec(pathname) ?? [];
  if (folder === 'dist') {
    const file = (await built()).get(path);
    return file === undefined ? missing() : reply(file, path);
  }
  if (path === 'style.css') return reply(await read('../style.css'), path);
  if (/^(embed\.css|told\.js)$/.test(path)) return reply(await read(path), path);
  if (path === '') return reply(await overview(), 'index.html');
  const framed = path === 'rooms';
  const way = WAYS[framed ? 'script' : path];
  if (!way) return missing();
  const origin = `${protocol}//${host}`;
  const own = (text: string) => withHashes(localised(text, origin));
  const lines = await own(await read(way.lines));
  const policy = way.policy && `${localised(way.policy, origin)}; ${STRICT}`;
  const page = fill(await read('page.html'), {
    ...way,
    framed: framed ? ' class="framed"' : '',
    head: await own(way.head ?? ''),
    headers: policy ? `<pre dir="ltr"><code>${escaped(`Content-Security-Policy: ${policy}`)}</code></pre>` : '',
    lines: escaped(lines.trim()),
    // The page in the frame shows its own outcome.
    outcome: path === 'iframe' ? '' : '<h2>Outcome</h2><p role="status">No token yet.</p>',
    live: lines,
  });
  return reply(page, 'index.html', policy ? {'content-security-policy': policy} : {});
}

async function overview() {
  const links = Object.entries(WAYS).map(
    ([path, {title, about}]) => `<li><a href="${path}"><strong>${title}</strong> ${about}</a></li>`,
  );
  return fill(await read('index.html'), {ways: links.join('\n')});
}

const read = (path: string) => readFile(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
const missing = () => new Response('There is no such page.', {status: 404});
const reply = (body: string, path: string, headers: Record<string, string> = {}) =>
  new Response(body, {headers: {'content-type': TYPES[path.split('.').at(-1)!] ?? 'text/plain', ...headers}});
const fill = (page: string, values: Record<string, string>) =>
  page.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The lines of the README with the addresses of this demo; the page in a frame has another origin. */
function localised(text: string, origin: string) {
  const other = origin.includes('//127.0.0.1')
    ? origin.replace('127.0.0.1', 'localhost')
    : origin.replace('localhost', '127.0.0.1');
  return text
    .replace(/(?<=<iframe src=")https:\/\/shop\.example\/(?=rooms)/, `${other}/embed/`)
    .replace(/https:\/\/shop\.example\/(?=rooms)/, '/embed/')
    .replace(/https:\/\/cdn\.example\/greenroom@[^/]*/g, '')
    .replace(/https:\/\/cdn\.example/g, origin)
    .replace(/https:\/\/shop\.example(?!\/)/g, origin)
    .replace(/https:\/\/shop\.example/g, '');
}

/** Puts the hashes of the script built here where the README has a placeholder. */
async function withHashes(text: string) {
  const files = await built();
  const hashes = JSON.parse(files.get('greenroom.integrity.json')!) as Record<string, string>;
  return text.replace(
    /(\/dist\/([\w.]+)"[^>]*integrity=")[^"]*/g,
    (_, before: string, file: string) => before + hashes[file],
  );
}

let building: Promise<Map<string, string>> | undefined;

/** The files for a CDN, by path; built at the first request. */
function built() {
  return (building ??= build({
    configFile: fileURLToPath(new URL('../../vite.config.ts', import.meta.url)),
    root: fileURLToPath(new URL('../..', import.meta.url)),
    logLevel: 'error',
    // As `npm run build` does; the demo's own pages set this process to development.
    resolve: {conditions: ['module', 'browser', 'production']},
    build: {write: false},
  }).then(results => {
    const [{output}] = results as unknown as [Rollup.RollupOutput];
    return new Map(output.map(file => [file.fileName, file.type === 'chunk' ? file.code : file.source.toString()]));
  }));
}
