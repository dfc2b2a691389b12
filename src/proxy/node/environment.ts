import {readFile} from 'node:fs/promises';
import {OPERATIONS} from '../../http/routes.js';
import {RoomsError} from '../../rooms/errors.js';
import type {Rooms} from '../../rooms/rooms.js';
import {checkOptions, type TokenProxyOptions} from '../options.js';
import {checkGrants, type Grants} from '../visitor/visitor.js';

/** Every environment variable that the proxy reads: its meaning, its unit, and its default. */
export const VARIABLES = {
  PLATFORM_URL:
    'Address of the Rooms API, such as https://api.example/video/v2. It must be https, unless it is on this machine. Required.',
  APP_ID: 'Id of the application at the platform. Required.',
  APP_KEY:
    'Key of the application. Required. APP_KEY_FILE can be the credentials file of `greenroom platform`, which has the id, too.',
  ORIGINS:
    'Origins of the pages that may use the proxy, with commas: https://shop.example,https://www.shop.example. Required.',
  SANDBOXED:
    '1 also lets in pages in a frame with sandbox but without allow-same-origin, whose origin is null. Any site can make such a frame. Default: 0.',
  GUEST_ROLES:
    'Roles for people who have not signed in, with commas: participant,viewer. moderator is not allowed. Default: no guests.',
  GUEST_ROOMS: 'Ids of the rooms that guests may join, with commas. Default: all rooms.',
  GUEST_NAME: 'Name of guests who give none. Default: Guest.',
  GRANT_KEYS_FILE:
    'File with {"audience", "keys": [...]} for signed grants; `greenroom grant key` makes it. Default: no grants.',
  AUTHORIZE: 'Module whose default export says who sent a request: (request, {grant, ip}) => visitor or null.',
  JWT_JWKS:
    'Address of the keys of your sign-in’s issuer, instead of AUTHORIZE. It must be https, unless it is on this machine.',
  JWT_SECRET: 'Instead of JWT_JWKS: the secret that the issuer signs with, at least 32 bytes.',
  JWT_PUBLIC_KEY_FILE: 'Instead of JWT_JWKS: file with the one public key of the issuer, as PEM.',
  JWT_ISSUER: 'The value that iss must have. Required with a JWT.',
  JWT_AUDIENCE: 'The value that aud must be or contain. Required with a JWT.',
  JWT_ALGORITHMS: 'The algorithms to accept, with commas: RS256,ES256. Required with a JWT.',
  JWT_COOKIE: 'Name of the cookie with the JWT. Default: the header Authorization: Bearer.',
  JWT_CLAIM:
    'Claim with {"roles", "rooms", "can"?} of the person whose reference is sub. A JWT without it identifies nobody. Default: greenroom.',
  USER_REF_SECRET:
    'At least 32 bytes, to make the pseudonyms of people at the platform. Default: a random one, so pseudonyms change at each start.',
  USER_REFS: '“plain” sends your own references of people to the platform instead of pseudonyms.',
  MOUNT: 'Path before /rooms, such as /api. Default: none.',
  HOST: 'Address to listen on; 0.0.0.0 for all. Default: 127.0.0.1.',
  PORT: 'Port to listen on. Default: 8787.',
  HOSTS:
    'Names of the hosts that are answered, with commas: api.shop.example. Requests for other hosts get 421; /healthz and /livez are answered for any. Default: the hosts of ORIGINS and this machine if HOST is 127.0.0.1, else any.',
  KEEP_ALIVE_MS:
    'How long a connection waits for its next request, in ms. A balancer in front must wait less. Default: 65000.',
  HEADERS_TIMEOUT_MS: 'How long a request’s headers may take, in ms. Default: 10000.',
  REQUEST_TIMEOUT_MS: 'How long a whole request may take to arrive, in ms. Default: 30000.',
  IDLE_TIMEOUT_MS: 'How long a connection may carry no byte during a request or an answer, in ms. Default: 60000.',
  TRUSTED_PROXIES:
    'Addresses and networks of the reverse proxies in front, with commas: 10.0.0.0/8,127.0.0.1. X-Forwarded-For counts only if one of them sent it. Default: none.',
  MAX_PER_ADDRESS:
    'Most connections of one address; 0 for no limit. Default: 256, or 0 with TRUSTED_PROXIES, since all visitors share their addresses.',
  FORWARDED_HEADER:
    'The header that they write: x-forwarded-for, or forwarded (RFC 7239). The other one is ignored, because anybody may send it. Default: x-forwarded-for.',
  METRICS_PORT: 'Separate port for /metrics in Prometheus text. Default: no metrics.',
  METRICS_HOST: 'Address to listen on for METRICS_PORT. Default: 127.0.0.1.',
  TIMEOUT_MS: 'Deadline of one operation at the platform, in ms. Default: 10000.',
  PROVIDER: 'The kind of platform that tokens are for. Default: rooms.',
  SERVER_URL: 'Address that clients connect to with a token, such as wss://live.example. Default: none is sent.',
  TURN_URLS:
    'Addresses of TURN and STUN servers, with commas: turn:turn.example:3478. Clients of the local platform and of Janus get them with a token. Default: none.',
  TURN_SECRET:
    'Secret of the TURN servers: static-auth-secret of coturn, with use-auth-secret. Required with TURN_URLS.',
  LIVEKIT_ENDPOINT: '1 answers LiveKit’s TokenSource.endpoint at MOUNT itself; needs SERVER_URL. Default: 0.',
  LIVEKIT_NATIVE: '1 lets LiveKit’s native clients in, too, which send no Origin; needs LIVEKIT_ENDPOINT. Default: 0.',
  CONSENT:
    'What a visitor must agree to before a token is issued, with commas: terms,recording. The names of the boxes that the page shows for it. Default: nothing.',
  REQUEST_HEADERS: 'Further headers that pages may send, with commas: traceparent,sentry-trace,baggage. Default: none.',
  STORE_SECRET: 'At least 32 bytes, the same on every node, to hide what is stored in Redis. Default: USER_REF_SECRET.',
  REDIS_URL:
    'Redis or Valkey that several nodes share, such as redis://127.0.0.1:6379; with TLS rediss://. Default: memory of this process.',
  REDIS_CA_FILE: 'File with the certificates, as PEM, that may sign the one of Redis. Default: those that Node trusts.',
} as const;

/** A rate limit, such as LIMITS_TOKENS_VISITOR. */
type Limit = `LIMITS_${string}`;
export type Variable = keyof typeof VARIABLES | Limit;

/** Variables that can be a file instead: APP_KEY_FILE names the file with the value of APP_KEY. */
export const SECRETS = [
  'APP_KEY',
  'JWT_SECRET',
  'USER_REF_SECRET',
  'STORE_SECRET',
  'REDIS_URL',
  'TURN_SECRET',
] as const satisfies Variable[];
type Secret = (typeof SECRETS)[number];

/** An error in a variable. */
export interface Problem {
  variable: string;
  /** What is wrong. */
  sentence: string;
  /** A line that is right. */
  line: string;
}

export type Environment = Record<string, string | undefined>;

/**
 * Reads variables, and collects all errors in `problems`. An empty variable counts as not set. `Name` are the variables of
 * the command.
 */
export function reader<Name extends string = Variable>(env: Environment) {
  const problems: Problem[] = [];

  /** `value` is one that is right. */
  const wrong = (variable: Problem['variable'], sentence: string, value: string): undefined => {
    problems.push({variable, sentence, line: `${variable}=${value}`});
  };

  const limits = () => Object.keys(env).filter((name): name is Limit => name.startsWith('LIMITS_'));

  const text = (variable: Name | Variable) => env[variable]?.trim() || undefined;

  /** Whether an error of the variable was found, or of the file that it can be instead. */
  const faulty = (variable: Name | Variable) =>
    problems.some(each => each.variable === variable || each.variable === `${variable}_FILE`);

  /** The value of a variable that must be set. */
  const required = (variable: Name | Variable, example: string, value = text(variable)): string => {
    if (value === undefined && !faulty(variable)) wrong(variable, 'It is not set.', example);
    return value ?? '';
  };

  const list = (variable: Name | Variable) => {
    const value = text(variable);
    return value === undefined ? undefined : commaList(value);
  };

  /** Whether a variable is 1 and not 0. */
  const flag = (variable: Name | Variable, fallback = false): boolean => {
    const value = text(variable) ?? String(Number(fallback));
    if (value !== '0' && value !== '1') wrong(variable, 'It must be 1 or 0.', '1');
    return value === '1';
  };

  const integer = (variable: Name | Variable, fallback: number, from: number, to: number): number => {
    const value = text(variable) ?? String(fallback);
    const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
    if (number >= from && number <= to) return number;
    wrong(variable, `It must be a whole number from ${from} to ${to}.`, String(fallback));
    return fallback;
  };

  const file = async (variable: Problem['variable'], path: string): Promise<string | undefined> => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      return wrong(variable, `The file cannot be read (${errorName(error)}).`, path);
    }
  };

  const secret = async (variable: Secret): Promise<string | undefined> => {
    const path = env[`${variable}_FILE`]?.trim();
    if (!path) return text(variable);
    if (text(variable)) wrong(`${variable}_FILE`, `${variable} is set, too. Remove one of them.`, '');
    const content = (await file(`${variable}_FILE`, path))?.trim();
    if (content === '') wrong(`${variable}_FILE`, 'The file is empty.', path);
    return content || undefined;
  };

  /** Checks options as `tokenProxy` does. Its error is an error of the variable; `value` is one that is right. */
  const check = (variable: Variable, options: Partial<TokenProxyOptions>, value: string) => {
    try {
      checkOptions({rooms: NO_ROOMS, guests: {roles: ['viewer']}, origins: ['https://shop.example'], ...options});
    } catch (error) {
      if (!(error instanceof RoomsError)) throw error;
      wrong(variable, error.message, value);
    }
  };

  return {problems, wrong, faulty, limits, text, required, list, flag, integer, file, secret, check};
}
export type Reader = ReturnType<typeof reader<Variable>>;

const NO_ROOMS = Object.fromEntries(OPERATIONS.map(each => [each, () => {}])) as unknown as Rooms;

/** Unknown variables whose names are close to one that is not set: `ORIGIN`, `APPID`, `PLATFORM_URI`. */
export function misspelt(env: Environment): Problem[] {
  const files = SECRETS.map(secret => `${secret}_FILE`);
  const known = [...Object.keys(VARIABLES), ...files];
  const unset = known.filter(name => !env[name]?.trim());
  return Object.keys(env).flatMap(name => {
    if (known.includes(name) || name.startsWith('LIMITS_') || !env[name]) return [];
    // In short names two letters make another word: PATH is not meant to be PORT.
    const [near, edits] = nearest(name, unset);
    const meant =
      unset.find(each => simplified(each) === simplified(name)) ?? (edits <= name.length / 4 ? near : undefined);
    // The value may be a secret, so the line does not repeat it.
    return meant ? [{variable: name, sentence: `There is no such variable. Use ${meant}.`, line: `${meant}=…`}] : [];
  });
}

/** A name without what is written in several ways: PROXY and PROXIES, APPID and APP_ID, a file or its text. */
const simplified = (name: string) =>
  name
    .toUpperCase()
    .replace(/_FILE$/, '')
    .replaceAll(/IES|Y|[S_]/g, '');

/** The name that takes the fewest edits to get to from `name`, and how many. */
const nearest = (name: string, names: string[]): [string, number] =>
  names
    .map((each): [string, number] => [each, editsBetween(name.toUpperCase(), each)])
    .reduce((best, each) => (each[1] < best[1] ? each : best), ['', Infinity]);

/** How many characters must be added, removed or replaced to make one text of the other (Levenshtein). */
function editsBetween(one: string, other: string): number {
  let row = Array.from({length: other.length + 1}, (_, at) => at);
  for (const [above, character] of Array.from(one).entries()) {
    const next = [above + 1];
    for (const [at, wanted] of Array.from(other).entries()) {
      next.push(Math.min(row[at]! + (character === wanted ? 0 : 1), row[at + 1]! + 1, next[at]! + 1));
    }
    row = next;
  }
  return row[other.length]!;
}

/** The entries of a list with commas. */
export const commaList = (text: string): string[] =>
  text
    .split(',')
    .map(each => each.trim())
    .filter(Boolean);

/** The code or name of an error. Its message may quote what must not be printed. */
export const errorName = (error: unknown) => (error as NodeJS.ErrnoException).code ?? (error as Error).name;

/**
 * The keys in the text of a GRANT_KEYS_FILE. Throws `misconfigured` if they are not right. The message does not quote the
 * text, which holds secrets.
 */
export function parseGrantKeys(json: string): Grants {
  let grants: unknown;
  try {
    grants = JSON.parse(json);
  } catch {
    throw new RoomsError('misconfigured', 'The file is not JSON.', {desc: 'Make one with `greenroom grant key`.'});
  }
  checkGrants(grants);
  return grants as Grants;
}
