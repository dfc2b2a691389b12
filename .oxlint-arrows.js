// The lint rule `greenroom/arrows`: which folder of src may import which. `.github/CONTRIBUTING.md` draws the same map.
import {dirname, join, relative} from 'node:path';

/**
 * What the files of each place may import: other places of src, packages, and `node:` for Node's own modules. The first
 * place that a path begins with is its own. A place may always import itself.
 */
const PLACES = [
  ['rooms', 'superstruct'],
  ['http/client', 'rooms', 'ky', 'superstruct'],
  ['http/routes', 'rooms'],
  ['http/server', 'http', 'rooms', '@hono/node-server', 'node:'],
  ['http', 'rooms'],
  ['upstream', 'http/client', 'http/host', 'rooms', 'lru-cache'],
  ['engines/node', 'engines', 'upstream', 'http', 'rooms', 'superstruct', 'ws', 'node:'],
  ['engines', 'upstream', 'http/client', 'rooms', 'fast-xml-parser', 'jose', 'superstruct'],
  ['proxy/node', 'proxy', 'upstream', 'http', 'rooms', 'node:', 'ioredis', 'jose', 'pino', 'prom-client', 'undici'],
  ['proxy', 'upstream', 'http/client', 'http/network', 'http/routes', 'rooms', 'jose', 'lru-cache', 'superstruct'],
  ['platform/database', 'rooms', 'libsql', 'pg', 'node:'],
  ['platform/sessions', 'platform/database', 'http/network', 'rooms', 'jose', 'superstruct', 'ws', 'node:'],
  ['platform/create-room', 'platform', 'upstream', 'http/client', 'rooms', 'node:'],
  [
    'platform',
    'http/routes',
    'http/server',
    'http/server-limits',
    'http/host',
    'http/stop',
    'http/log-stream',
    'rooms',
    'hono',
    'lru-cache',
    'pino',
    'superstruct',
    'node:',
  ],
  ['styles', 'lit'],
  ['locales', 'rooms'],
  ['controllers', 'locales', 'http/client', 'rooms', 'lit'],
  ['connect', 'rooms'],
  ['stage', 'connect', 'rooms', 'superstruct'],
  ['elements.ts', 'elements'],
  ['elements', 'controllers', 'stage', 'locales', 'styles', 'rooms', 'lit', 'superstruct'],
  ['define', 'elements'],
  ['frameworks', 'elements', 'rooms', 'preact', 'react', 'solid-js', 'svelte', 'vue'],
  ['index.ts', 'define', 'elements', 'http/client', 'rooms'],
  ['embed.ts', 'index.ts', 'elements', 'rooms', 'lit'],
  ['cli.ts', 'platform', 'proxy/node', 'engines/node', 'site', 'rooms', 'node:'],
  ['site', 'proxy', 'http', 'locales', 'rooms', 'lru-cache', 'node:'],
  ['build', '*'],
];

/** Folders that others enter by one file, the one that bears the folder's name. `cli.ts` brings each command by itself. */
const ONE_DOOR = ['upstream', 'proxy/visitor', 'proxy/limits', 'platform/database', 'platform/sessions'];

const placeOf = path =>
  PLACES.find(([place]) => path === place || path.startsWith(`${place}/`) || path === `${place}.ts`);
const isIn = (path, place) => path === place || path === `${place}.ts` || path.startsWith(`${place}/`);

const arrows = {
  create(context) {
    const file = context.filename.replaceAll('\\', '/');
    const at = file.lastIndexOf('/src/');
    if (at < 0) return {};
    const here = file.slice(at + 5);
    const [place, ...allowed] = placeOf(here) ?? [here];

    function check(source) {
      if (typeof source?.value !== 'string' || allowed.includes('*')) return;
      const {value} = source;
      if (!value.startsWith('.')) {
        const known = allowed.some(each => (each.endsWith(':') ? value.startsWith(each) : isIn(value, each)));
        if (!known) context.report({node: source, message: `${place} must not import ${value}.`});
        return;
      }
      const target = relative('.', join(dirname(here), value))
        .replaceAll('\\', '/')
        .replace(/\.js$/, '.ts');
      if (!isIn(target, place) && !allowed.some(each => isIn(target, each))) {
        context.report({node: source, message: `${place} must not import ${target}.`});
      }
      const door = ONE_DOOR.find(folder => isIn(target, folder) && !isIn(here, folder));
      if (door && target !== `${door}/${door.split('/').at(-1)}.ts`) {
        context.report({node: source, message: `${door} is imported by ${door.split('/').at(-1)}.ts alone.`});
      }
    }
    return {
      ImportDeclaration: ({source}) => check(source),
      ImportExpression: ({source}) => check(source),
      ExportNamedDeclaration: ({source}) => check(source),
      ExportAllDeclaration: ({source}) => check(source),
      TSImportType: ({argument, source}) => check(source ?? argument?.literal ?? argument),
    };
  },
};

export default {meta: {name: 'greenroom'}, rules: {arrows}};
