// The demo in one process on one port: the pages, the token proxy at /api, a local Rooms platform at /platform, and the
// ways to embed at /embed. With ENGINE the rooms are at a video engine instead of the platform.
import {randomBytes} from 'node:crypto';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {getRequestListener} from '@hono/node-server';
import {createServer as createVite, type Plugin} from 'vite';
import {toldToStop} from '../src/http/stop.js';
import {createPlatform, openDatabase, type Credentials, type Platform} from '../src/platform/platform.js';
import {basicAuth, platformRooms, issueGrant, tokenProxy, type GrantKey, type Grants} from '../src/proxy/proxy.js';
import {enforcesRole} from '../src/rooms/enforces.js';
import type {Role} from '../src/rooms/schema.js';
import {answer as embedded} from './embed/embed.js';
import {clientOrigins, engineIn} from './engine.js';
import {seed} from './seed.js';

const root = fileURLToPath(new URL('.', import.meta.url));
const data = resolve(root, '..', process.env.DATA ?? '.data');
const asked = Number(process.env.PORT || 5173);
const {TURN_URLS, TURN_SECRET = ''} = process.env;
const DAY = 24 * 60 * 60;
const ROLES: Role[] = ['participant', 'viewer', 'audience', 'moderator'];
const isVisitor = (role: Role) => role !== 'moderator';
const DIRECTIVES = ['cache', 'if-defined', 'live', 'repeat'];

interface Handed {
  name: string;
  /** Whether it is for visitors who do not moderate. */
  visitors?: true;
  can?: GrantKey['can'];
}

/** What each page may, beyond what every guest may. */
const MANAGER: Handed = {name: 'manager-grant', can: ['manage', 'users']};
const HANDED: Record<string, Handed[]> = {
  // Everybody sees who is in a room, before they join.
  '/index.html': [
    {name: 'visitor-grant', visitors: true, can: ['users']},
    {name: 'moderator-grant', can: ['users']},
    MANAGER,
  ],
  '/parts.html': [{name: 'moderator-grant'}],
  '/gallery/index.html': [MANAGER],
};

const server = createServer((request, response) => void demo.then(demo => demo.answer(request, response)));
// Taken before anything else, so that a second demo ends with a sentence and leaves the first one's data alone.
const port = await listen();
const demo = start();
const {close} = await demo;
console.log(`Greenroom is at http://127.0.0.1:${port}/`);

await toldToStop(0).now;
await close().catch((error: Error) => fail(error.message));
process.exit();

function listen() {
  return new Promise<number>(listening => {
    if (!Number.isInteger(asked) || asked < 0 || asked > 65535) fail('PORT must be a number from 0 to 65535.');
    server.on('error', (error: NodeJS.ErrnoException) => {
      const taken = `Port ${asked} is taken. Stop what uses it or choose another: PORT=${asked + 1} npm run demo`;
      fail(error.code === 'EADDRINUSE' ? taken : error.message);
    });
    server.listen(asked, '127.0.0.1', () => listening((server.address() as AddressInfo).port));
  });
}

function fail(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}

async function start() {
  const host = `127.0.0.1:${port}`;
  const origins = [`http://${host}`, `http://localhost:${port}`];
  await mkdir(data, {recursive: true});
  const engine = await engineIn(process.env, data).catch((error: Error) => fail(error.message));
  const enforces = engine?.enforces();
  const roles = ROLES.filter(role => !enforces || enforcesRole(enforces, role));
  const grants = moderating(origins, roles);
  const opened = openDatabase(join(data, 'rooms.db')).catch((error: Error) =>
    fail(`${error.message} If this demo runs already, on another port, stop that one first.`),
  );
  const [database, vite] = await Promise.all([opened, pages(grants, roles)]);
  const platform = createPlatform({database, mount: '/platform'});
  const {id, key} = await application(platform);

  await engine?.start();
  const rooms = engine ?? platform.rooms(id);
  await seed(rooms);
  // A demo that is left open all day still has a room that is open and one that is not yet.
  const seeding = setInterval(() => void seed(rooms).catch(console.error), 30_000);

  const proxy = tokenProxy({
    // Over HTTP, although it is this very process: this is how a proxy reaches a platform elsewhere.
    rooms:
      engine ??
      platformRooms({
        endpoint: `http://${host}/platform/video/v2`,
        headers: {authorization: basicAuth(id, key)},
      }),
    guests: {roles: roles.filter(isVisitor)},
    grants,
    userRefs: {secret: secret()},
    // Whoever goes in sees at once that the room is live.
    cache: 0,
    origins,
    mount: '/api',
    serverUrl: engine ? undefined : `ws://${host}/platform/video/v2/session`,
    turn: TURN_URLS ? {urls: TURN_URLS.split(','), secret: TURN_SECRET} : undefined,
  });

  const fetched = getRequestListener(
    (request, {incoming}) => {
      const {url, socket} = incoming as IncomingMessage;
      if (url!.startsWith('/api/')) return proxy(request, {ip: socket.remoteAddress});
      return url!.startsWith('/platform/') ? platform.fetch(request) : embedded(request);
    },
    {overrideGlobalObjects: false, errorHandler: failed},
  );

  server.on('upgrade', (request, socket, head) => {
    const vites = request.headers['sec-websocket-protocol']?.startsWith('vite-');
    if (!vites && !platform.upgrade(request, socket, head)) socket.destroy();
  });

  return {
    answer: (request: IncomingMessage, response: ServerResponse) => {
      if (/^\/(api|platform|embed|dist)\//.test(request.url!)) void fetched(request, response);
      else vite.middlewares(request, response);
    },
    close: async () => {
      clearInterval(seeding);
      server.close();
      await engine?.stop();
      await platform.close();
      await vite.close();
      server.closeAllConnections();
      await database.close();
    },
  };
}

function failed(error: unknown) {
  console.error(error);
  return new Response('The demo failed; its console says why.', {status: 500});
}

function secret() {
  return randomBytes(32).toString('base64url');
}

/** Which grants the proxy takes: signed by this process, good for these roles in any room, on pages of the demo. */
function moderating(origins: string[], roles: Role[]): Grants {
  const key: GrantKey = {kid: 'demo', secret: secret(), roles, rooms: '*', origins, maxLifetime: DAY};
  return {audience: 'greenroom-demo', keys: [{...key, can: ['manage', 'users']}]};
}

/**
 * Puts grants to see who is inside, to moderate and to manage into a page. Everybody who can open the demo gets them,
 * because the demo runs on this computer alone. A site signs one only for people it knows. The proxy checks the grant in
 * any case.
 */
function handingOut(grants: Grants): Plugin {
  return {
    name: 'grants',
    async transformIndexHtml(_, {path}) {
      const {origins, roles} = grants.keys[0]!;
      return Promise.all(
        (HANDED[path] ?? []).map(async ({name, visitors, can}) => {
          // Not every engine can hold people to being moderators.
          const moderates = !visitors && roles.includes('moderator');
          const held: Role[] = moderates ? ['moderator'] : roles.filter(isVisitor);
          const content = await issueGrant(grants, {rooms: '*', roles: held, can, origins, lifetime: DAY});
          return {tag: 'meta', attrs: {name, content}};
        }),
      );
    },
  };
}

/** Tells a page what the engine can do: the roles that it holds people to, and where its client is. */
function fitted(roles: Role[]): Plugin {
  const origins = clientOrigins(process.env).replaceAll('"', '&quot;');
  return {
    name: 'engine',
    transformIndexHtml: html =>
      html
        .replaceAll(/<option value="(\w+)">[^<]*<\/option>/g, (option, role: string) =>
          ROLES.includes(role as Role) && !roles.includes(role as Role) ? '' : option,
        )
        .replaceAll(/<(green-room|room-stage)(?= )/g, origins ? `<$1 client-origins="${origins}"` : '$&'),
  };
}

function pages(grants: Grants, roles: Role[]) {
  return createVite({
    configFile: false,
    root,
    appType: 'mpa',
    logLevel: 'warn',
    plugins: [handingOut(grants), fitted(roles)],
    // Lit as a site's visitors get it, without the warnings for those who work on elements.
    resolve: {conditions: ['module', 'browser', 'production']},
    server: {middlewareMode: true, hmr: {server}, fs: {allow: ['..']}},
    // Said here and looked for no further, so that no visit is interrupted by a reload when Vite finds more.
    optimizeDeps: {
      noDiscovery: true,
      include: [
        'ky',
        'lit',
        'lit/decorators.js',
        'superstruct',
        ...DIRECTIVES.map(name => `lit/directives/${name}.js`),
      ],
    },
  });
}

/** The demo's own application on the platform, the same one at every start. */
async function application(platform: Platform): Promise<Credentials> {
  const file = join(data, 'application.json');
  const known = await readFile(file, 'utf8').catch(() => '');
  const credentials = await platform.createApplication(known ? (JSON.parse(known) as Credentials) : undefined);
  if (!known) await writeFile(file, JSON.stringify(credentials), {mode: 0o600});
  return credentials;
}
