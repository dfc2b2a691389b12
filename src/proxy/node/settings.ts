import {resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {RoomsError} from '../../rooms/errors.js';
import {Role} from '../../rooms/schema.js';
import {webAddress} from '../../rooms/web-address.js';
import type {TokenProxyOptions} from '../options.js';
import {
  jwtAuthorize,
  PersonName,
  type Authorize,
  type Grants,
  type JwtAuthorizeOptions,
  type Visitor,
} from '../visitor/visitor.js';
import {egressProblem} from './egress.js';
import {checkHeld, readEngine, type Engines, type MakeRooms} from './engines.js';
import {
  errorName,
  parseGrantKeys,
  reader,
  type Environment,
  type Problem,
  type Reader,
  type Variable,
} from './environment.js';
import {BUDGETS, type Limits} from '../limits/limits.js';
import type {RedisSettings} from './redis-client.js';
import {environmentFetch} from './undici.js';
import {readServer, type ServerSettings} from './server-settings.js';
import {isCleartext} from '../../upstream/upstream.js';

/** A shell expression that makes a secret. */
const RANDOM = '$(openssl rand -base64 32)';

export interface Platform {
  endpoint: string;
  id: string;
  key: string;
}

export interface Settings extends ServerSettings {
  /** Absent with ENGINE. */
  platform?: Platform;
  /** The rooms of ENGINE. */
  engine?: MakeRooms;
  /** The options of `tokenProxy` without `rooms`, `store`, `log` and `answered`. */
  proxy: Omit<TokenProxyOptions, 'rooms'>;
  redis?: RedisSettings;
}

/** Reads the settings from the environment. Returns all errors, if there are any; none quotes a secret. */
export async function readSettings(
  env: Environment,
  engines?: Engines,
): Promise<{settings: Settings} | {problems: Problem[]}> {
  const read = reader(env);
  const engine = engines && (await readEngine(engines, read));
  const platform = engines && env.ENGINE?.trim() ? undefined : await readPlatform(read);
  const visitors = {...(await readVisitors(read)), ...(await readUserRefs(read))};
  const proxy = {
    ...readPages(read, engine !== undefined),
    ...visitors,
    limits: readLimits(read),
    ...(await readTurn(read)),
    ...(await readStoreSecret(read)),
  };
  const egress = egressProblem(env);
  if (egress) read.problems.push(egress);
  const redis = await readRedis(read);
  const isFaulty = read.faulty('STORE_SECRET') || read.faulty('USER_REF_SECRET');
  if (redis && !proxy.storeSecret && typeof proxy.userRefs !== 'object' && !isFaulty) {
    const sentence = 'REDIS_URL needs it, or USER_REF_SECRET: at least 32 bytes, the same on every node.';
    read.wrong('STORE_SECRET', sentence, RANDOM);
  }
  if (engine) checkRolesOf(read, engine, visitors);
  const settings = {
    ...(platform && {platform}),
    ...(engine && {engine}),
    proxy,
    ...readServer(read, proxy.origins),
    redis,
  };
  return read.problems.length > 0 ? {problems: read.problems} : {settings};
}

async function readPlatform({required, text, wrong, secret}: Reader): Promise<Platform> {
  const example = 'https://api.example/video/v2';
  const endpoint = required('PLATFORM_URL', example);
  if (endpoint) {
    const url = webAddress(endpoint);
    if (!url) {
      wrong('PLATFORM_URL', 'It must be an http(s) address without credentials.', overHttps(endpoint) ?? example);
    } else if (isCleartext(url)) {
      const sentence = 'It must begin with https, unless the platform is on this machine.';
      wrong('PLATFORM_URL', sentence, overHttps(endpoint) ?? example);
    }
  }
  const found = await secret('APP_KEY');
  const kept = found === undefined ? undefined : keptCredentials(found);
  const id = required('APP_ID', 'the-id-your-platform-gave-you', text('APP_ID') ?? kept?.id);
  if (id.includes(':')) wrong('APP_ID', 'It must not contain a colon.', 'the-id-your-platform-gave-you');
  if (kept && kept.id !== id) wrong('APP_ID', 'APP_KEY_FILE has the key of another application.', kept.id);
  const key = required('APP_KEY', 'the-key-your-platform-gave-you', kept?.key ?? found);
  if (!/^[\x20-\x7e]*$/.test(id + key))
    wrong('APP_KEY', 'It and APP_ID must be ASCII, on one line.', 'the-key-your-platform-gave-you');
  return {endpoint, id, key};
}

/** The id and the key in the credentials file of `greenroom platform`. Undefined if the text is something else. */
function keptCredentials(text: string): {id: string; key: string} | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const {id, key} = JSON.parse(text) as Record<string, unknown>;
    return typeof id === 'string' && typeof key === 'string' ? {id, key} : undefined;
  } catch {
    return undefined; // A key may begin with a brace.
  }
}

/** Nobody is promised a role that the engine does not enforce. */
function checkRolesOf(read: Reader, engine: MakeRooms, {guests, grants}: Pick<TokenProxyOptions, 'guests' | 'grants'>) {
  const guestRoles = guests?.roles ?? [];
  const without = (role: Role) => guestRoles.filter(each => each !== role).join() || 'participant';
  checkHeld(read, engine, guestRoles, 'GUEST_ROLES', without);
  const roles = (grants?.keys ?? []).flatMap(key => key.roles);
  checkHeld(read, engine, roles, 'GRANT_KEYS_FILE', () => read.text('GRANT_KEYS_FILE') ?? '');
}

/** The address with https. Undefined if it might contain a secret, which must not be printed. */
function overHttps(address: string): string | undefined {
  const [, rest = address] = /^https?:\/\/(.*)$/i.exec(address) ?? [];
  if (!/^[\w.-]+\.[a-z]{2,}(:\d+)?(\/[\w./-]*)?$/i.test(rest)) return undefined;
  return `https://${rest}`;
}

async function readVisitors(read: Reader): Promise<Pick<TokenProxyOptions, 'guests' | 'grants' | 'authorize'>> {
  const before = read.problems.length;
  const who = {guests: readGuests(read), grants: await readGrants(read), authorize: await loadAuthorize(read)};
  const jwt = await readJwt(read);
  if (jwt && who.authorize) read.wrong('AUTHORIZE', 'A JWT is configured, too. Remove one of them.', '');
  who.authorize ??= jwt;
  if (!who.guests && !who.grants && !who.authorize && read.problems.length === before) {
    const sentence =
      'The proxy could let nobody in. Set AUTHORIZE, JWT_JWKS or GRANT_KEYS_FILE, or GUEST_ROLES for rooms open to all.';
    read.wrong('GUEST_ROLES', sentence, 'participant,viewer');
  }
  return who;
}

const FOR_GUESTS = 'participant, viewer or audience';

function readGuests({list, text, wrong, check}: Reader): TokenProxyOptions['guests'] {
  const roles = list('GUEST_ROLES') as Role[] | undefined;
  const rooms = list('GUEST_ROOMS');
  const name = text('GUEST_NAME');
  if (!roles) {
    for (const [variable, value] of [
      ['GUEST_ROOMS', rooms],
      ['GUEST_NAME', name],
    ] as const) {
      if (value) wrong('GUEST_ROLES', `${variable} is set, but guests have no roles.`, 'participant,viewer');
    }
    return undefined;
  }
  const unknown = (roles as string[]).find(role => !Role.is(role));
  if (unknown) {
    const sentence = `“${unknown.slice(0, 40)}” is not a role. Guests can be ${FOR_GUESTS}.`;
    wrong('GUEST_ROLES', sentence, 'participant,viewer');
  } else {
    const allowed = roles.filter(role => role !== 'moderator');
    check('GUEST_ROLES', {guests: {roles}}, allowed.join() || 'participant,viewer');
  }
  if (rooms) check('GUEST_ROOMS', {guests: {roles: ['viewer'], rooms}}, 'lobby,stage');
  if (name) check('GUEST_NAME', {guests: {roles: ['viewer'], name}}, 'Guest');
  return {roles, ...(rooms && {rooms}), ...(name && {name})};
}

async function readGrants({text, file, wrong}: Reader): Promise<Grants | undefined> {
  const path = text('GRANT_KEYS_FILE');
  const json = path && (await file('GRANT_KEYS_FILE', path));
  if (!json) return undefined;
  try {
    return parseGrantKeys(json);
  } catch (error) {
    if (!(error instanceof RoomsError)) throw error;
    return wrong('GRANT_KEYS_FILE', error.message, path);
  }
}

async function loadAuthorize({text, wrong}: Reader): Promise<Authorize | undefined> {
  const path = text('AUTHORIZE');
  if (!path) return undefined;
  try {
    const {default: authorize} = (await import(pathToFileURL(resolve(path)).href)) as {default?: unknown};
    if (typeof authorize === 'function') return authorize as Authorize;
    return wrong('AUTHORIZE', 'Its default export is not a function.', path);
  } catch (error) {
    return wrong('AUTHORIZE', `The module cannot be loaded (${errorName(error)}); \`node ${path}\` shows why.`, path);
  }
}

const JWT_EXAMPLES = {
  JWT_JWKS: 'https://login.example/.well-known/jwks.json',
  JWT_SECRET: RANDOM,
  JWT_PUBLIC_KEY_FILE: 'issuer.pem',
  JWT_ISSUER: 'https://login.example/',
  JWT_AUDIENCE: 'https://shop.example',
  JWT_ALGORITHMS: 'RS256',
  JWT_COOKIE: 'session',
} as const satisfies Partial<Record<Variable, string>>;
type JwtVariable = keyof typeof JWT_EXAMPLES;

/** The variable of each option of `jwtAuthorize`. */
const JWT_VARIABLES: Record<string, JwtVariable> = {
  jwks: 'JWT_JWKS',
  secret: 'JWT_SECRET',
  publicKey: 'JWT_PUBLIC_KEY_FILE',
  issuer: 'JWT_ISSUER',
  audience: 'JWT_AUDIENCE',
  algorithms: 'JWT_ALGORITHMS',
  cookie: 'JWT_COOKIE',
};

async function readJwt({text, list, required, file, secret, wrong}: Reader): Promise<Authorize | undefined> {
  const path = text('JWT_PUBLIC_KEY_FILE');
  const key = {
    jwks: text('JWT_JWKS'),
    secret: await secret('JWT_SECRET'),
    publicKey: path && (await file('JWT_PUBLIC_KEY_FILE', path)),
  };
  if (!key.jwks && !key.secret && !path) return undefined;
  const [issuer, audience] = (['JWT_ISSUER', 'JWT_AUDIENCE'] as const).map(each => required(each, JWT_EXAMPLES[each]));
  required('JWT_ALGORITHMS', JWT_EXAMPLES.JWT_ALGORITHMS);
  const algorithms = list('JWT_ALGORITHMS');
  if (!issuer || !audience || !algorithms || (path && !key.publicKey)) return undefined;
  try {
    const toVisitor = visitorFromClaim(text('JWT_CLAIM') ?? 'greenroom');
    return jwtAuthorize({
      ...key,
      fetch: environmentFetch(),
      issuer,
      audience,
      algorithms,
      cookie: text('JWT_COOKIE'),
      toVisitor,
    });
  } catch (error) {
    if (!(error instanceof RoomsError)) throw error;
    const variable = JWT_VARIABLES[error.key ?? ''] ?? 'JWT_JWKS';
    return wrong(variable, error.message, JWT_EXAMPLES[variable]);
  }
}

/** Makes a visitor of verified claims: the person is `sub`, and `claim` says what they may do. */
const visitorFromClaim =
  (claim: string): JwtAuthorizeOptions['toVisitor'] =>
  ({[claim]: may, sub, name}) => {
    if (typeof may !== 'object' || may === null || !sub) return null;
    // Without a name that can be shown, the page asks for one.
    return {...(PersonName.is(name) && {name}), ...may, user_ref: sub} as Visitor;
  };

async function readUserRefs({text, secret, wrong, check}: Reader): Promise<Pick<TokenProxyOptions, 'userRefs'>> {
  const value = await secret('USER_REF_SECRET');
  const mode = text('USER_REFS');
  if (mode !== undefined && mode !== 'plain') wrong('USER_REFS', 'It can only be “plain”.', 'plain');
  if (mode !== undefined && value !== undefined) {
    wrong('USER_REFS', 'USER_REF_SECRET is set, too. Remove one of them.', '');
  }
  if (mode === 'plain') return {userRefs: mode};
  if (value === undefined) return {};
  check('USER_REF_SECRET', {userRefs: {secret: value}}, RANDOM);
  return {userRefs: {secret: value}};
}

async function readStoreSecret({secret, check}: Reader): Promise<Pick<TokenProxyOptions, 'storeSecret'>> {
  const storeSecret = await secret('STORE_SECRET');
  if (storeSecret === undefined) return {};
  check('STORE_SECRET', {storeSecret}, RANDOM);
  return {storeSecret};
}

async function readTurn({list, secret, check, wrong}: Reader): Promise<Pick<TokenProxyOptions, 'turn'>> {
  const urls = list('TURN_URLS');
  const value = await secret('TURN_SECRET');
  if (!urls && value === undefined) return {};
  if (!urls) wrong('TURN_URLS', 'TURN_SECRET is set, but no server.', 'turn:turn.example:3478');
  else if (value === undefined) wrong('TURN_SECRET', 'TURN_URLS needs it: the secret of the servers.', RANDOM);
  if (!urls || value === undefined) return {};
  check('TURN_URLS', {turn: {urls, secret: RANDOM}}, 'turn:turn.example:3478');
  check('TURN_SECRET', {turn: {urls: ['turn:turn.example'], secret: value}}, RANDOM);
  return {turn: {urls, secret: value}};
}

/** Rate limits: `LIMITS_TOKENS_VISITOR=20/60` allows 20 requests in 60 seconds. */
function readLimits({limits: names, text, wrong}: Reader): Limits {
  const limits: Limits = {};
  for (const variable of names()) {
    const value = text(variable);
    if (value === undefined) continue;
    const [, kind = '', scope = ''] = /^LIMITS_([A-Z]+)_([A-Z]+)$/.exec(variable) ?? [];
    const [, often, seconds] = /^([1-9]\d{0,5})\/([1-9]\d{0,4})$/.exec(value) ?? [];
    if (!KINDS.includes(kind) || !SCOPES.includes(scope)) {
      wrong(variable, 'There is no such limit; `greenroom proxy --help` lists them.', '');
    } else if (!often || Number(seconds) > 86_400) {
      wrong(variable, 'It must be requests/seconds, with at most a day of seconds.', '20/60');
    } else {
      const rate = {capacity: Number(often), per: Number(seconds) * 1000};
      const key = kind.toLowerCase() as keyof Limits;
      limits[key] = {...limits[key], [scope.toLowerCase()]: rate};
    }
  }
  return limits;
}

export const KINDS = Object.keys(BUDGETS).map(kind => kind.toUpperCase());
export const SCOPES = ['IP', 'VISITOR', 'ROOM', 'GRANT'];

async function readRedis({secret, text, file, wrong}: Reader): Promise<RedisSettings | undefined> {
  const address = await secret('REDIS_URL');
  if (address === undefined) return undefined;
  const protocol = URL.canParse(address) ? new URL(address).protocol : '';
  if (!/^rediss?:$/.test(protocol)) {
    wrong('REDIS_URL', 'It must be a redis:// or rediss:// address.', 'redis://127.0.0.1:6379');
  }
  const path = text('REDIS_CA_FILE');
  const ca = path && (await file('REDIS_CA_FILE', path));
  if (ca && !ca.includes('-----BEGIN CERTIFICATE-----')) {
    wrong('REDIS_CA_FILE', 'It must hold certificates as PEM (BEGIN CERTIFICATE).', './redis-ca.pem');
  }
  if (path && protocol === 'redis:')
    wrong('REDIS_URL', 'REDIS_CA_FILE is set, so it must be rediss://.', 'rediss://127.0.0.1:6379');
  return {address, ...(ca && {ca})};
}

/** What pages see of the proxy. */
function readPages({text, list, flag, integer, wrong, check}: Reader, isEngine: boolean) {
  const origins = list('ORIGINS') ?? [];
  if (origins.length === 0) wrong('ORIGINS', 'It is not set.', 'https://shop.example');
  for (const origin of origins) check('ORIGINS', {origins: [origin]}, browserOrigins(origins));
  const sandboxed = flag('SANDBOXED');
  const mount = text('MOUNT');
  if (mount) check('MOUNT', {mount}, '/api');
  const serverUrl = text('SERVER_URL');
  if (serverUrl) check('SERVER_URL', {serverUrl}, 'wss://live.example');
  const livekit = flag('LIVEKIT_ENDPOINT');
  if (livekit && !serverUrl && !isEngine) {
    wrong('SERVER_URL', 'LIVEKIT_ENDPOINT needs it: clients must know where to connect.', 'wss://live.example');
  }
  const native = flag('LIVEKIT_NATIVE');
  if (native && !livekit) wrong('LIVEKIT_ENDPOINT', 'LIVEKIT_NATIVE needs it.', '1');
  const requestHeaders = list('REQUEST_HEADERS');
  if (requestHeaders) check('REQUEST_HEADERS', {requestHeaders}, 'traceparent,baggage');
  const consent = list('CONSENT');
  if (consent) check('CONSENT', {consent}, 'terms,recording');
  const timeout = integer('TIMEOUT_MS', 10_000, 100, 300_000);
  return {
    origins,
    sandboxed,
    mount,
    serverUrl,
    livekit,
    native,
    consent,
    requestHeaders,
    timeout,
    provider: text('PROVIDER'),
  };
}

/** The origins as a browser sends them. */
function browserOrigins(origins: string[]): string {
  const sent = origins.map(origin =>
    /^https?:\/\//i.test(origin) && URL.canParse(origin) ? new URL(origin).origin : '',
  );
  return [...new Set(sent)].filter(origin => origin && !origin.includes('*')).join() || 'https://shop.example';
}
