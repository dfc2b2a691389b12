// The ways to embed, each in a page that has nothing of Greenroom but the lines of the README, and the script as it is
// built from the source that is here.
import {readFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {build, type Rollup} from 'vite';

interface Way {
  title: string;
  about: string;
  /** The file with its lines. */
  lines: string;
  /** What the template of a CMS, and not its content, has in its head. */
  head?: string;
  /** Its policy, with the lines of the README. */
  policy?: string;
}

const SCRIPT = '<script src="https://cdn.example/greenroom@0.1.0/dist/greenroom.min.js" defer></script>';

/** By path. */
export const WAYS: Record<string, Way> = {
  script: {
    title: 'Script tag',
    about: 'A script from a CDN, at an exact version and with the hash of what it shall be, and two tags.',
    lines: 'script.html',
  },
  module: {
    title: 'Module',
    about: 'The same as a module, for pages that load nothing else, or import what it exports.',
    lines: 'module.html',
  },
  calls: {
    title: 'Calls',
    about: 'Elements put into places of the page by a script, which may call before Greenroom is there.',
    lines: 'calls.html',
  },
  cms: {
    title: 'CMS',
    about: 'For editors that let no unknown tags through. The script is in the page’s template.',
    lines: 'cms.html',
    head: SCRIPT,
  },
  iframe: {
    title: 'Iframe',
    about: 'A page of rooms in the page of another origin, which allows it camera and microphone.',
    lines: 'iframe.html',
  },
  strict: {
    title: 'Strict policy',
    about: 'A page whose Content Security Policy allows nothing but what it names.',
    lines: 'script.html',
    policy: 'script-src https://cdn.example; connect-src https://shop.example',
  },
};

/** What else the strict page says: it allows its own style sheets, and otherwise nothing. */
const STRICT = "default-src 'none'; style-src 'self'; img-src data:; require-trusted-types-for 'script'";
const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  json: 'application/json',
};

/** Answers what is under `/embed/` and, for the script, under `/dist/`. */
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
    // A page in a frame tells what came of it there.
    outcome: path === 'iframe' ? '' : '<h2>What came of it</h2><p role="status">No token yet.</p>',
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

/** The lines of the README with the addresses of this demo; a page in a frame is of another origin. */
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

async function withHashes(text: string) {
  const files = await built();
  const hashes = JSON.parse(files.get('greenroom.integrity.json')!) as Record<string, string>;
  return text.replace(
    /(\/dist\/([\w.]+)"[^>]*integrity=")[^"]*/g,
    (_, before: string, file: string) => before + hashes[file],
  );
}

let building: Promise<Map<string, string>> | undefined;

/** The files for a CDN, by path; built when they are first asked for. */
function built() {
  return (building ??= build({
    configFile: fileURLToPath(new URL('../../vite.config.ts', import.meta.url)),
    root: fileURLToPath(new URL('../..', import.meta.url)),
    logLevel: 'error',
    // As `npm run build` does; the demo’s pages have made this a process for development.
    resolve: {conditions: ['module', 'browser', 'production']},
    build: {write: false},
  }).then(results => {
    const [{output}] = results as unknown as [Rollup.RollupOutput];
    return new Map(output.map(file => [file.fileName, file.type === 'chunk' ? file.code : file.source.toString()]));
  }));
}
