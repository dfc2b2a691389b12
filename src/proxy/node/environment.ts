import {readFile} from 'node:fs/promises';
import {OPERATIONS} from '../../http/routes.js';
import {RoomsError} from '../../rooms/errors.js';
import type {Rooms} from '../../rooms/rooms.js';
import {checkOptions, type TokenProxyOptions} from '../options.js';

/** Every variable of the environment that the proxy reads: what it means, its unit, and what holds without it. */
export const VARIABLES = {
  PLATFORM_URL:
    'Address of the Rooms API, such as https://api.example/video/v2; https, unless on this machine. Needed.',
  APP_ID: 'Id of the application at the platform. Needed.',
  APP_KEY: 'Key of the application. Needed.',
  ORIGINS: 'Origins of the pages that may ask, with commas: https://shop.example,https://www.shop.example. Needed.',
  GUEST_ROLES:
    'Roles for people without a sign-in, with commas: participant,viewer. Nobody unless told; never moderator.',
  GUEST_ROOMS: 'Ids of the rooms in reach of guests, with commas. All unless told.',
  GUEST_NAME: 'What guests are called who give no name. Guest unless told.',
  GRANT_KEYS_FILE:
    'File with {"audience", "keys": [...]} for signed grants; `greenroom grant` makes keys. No grants unless told.',
  AUTHORIZE: 'Module whose default export says who sent a request: (request, {grant, ip}) => visitor or null.',
  JWT_JWKS: 'Where the issuer of your sign-in publishes its keys, instead of AUTHORIZE; https, unless on this machine.',
  JWT_SECRET: 'Instead of JWT_JWKS: what is shared with the issuer, at least 32 bytes.',
  JWT_PUBLIC_KEY_FILE: 'Instead of JWT_JWKS: file with the one public key of the issuer, PEM.',
  JWT_ISSUER: 'What iss must say. Needed with a JWT.',
  JWT_AUDIENCE: 'What aud must say or hold. Needed with a JWT.',
  JWT_ALGORITHMS: 'The algorithms that count, with commas: RS256,ES256. Needed with a JWT.',
  JWT_COOKIE: 'Name of the cookie the JWT is in. Authorization: Bearer unless told.',
  JWT_CLAIM:
    'Claim that holds {"roles", "rooms", "can"?} of a person whose reference is sub; without it they are nobody known. greenroom unless told.',
  USER_REF_SECRET:
    'At least 32 bytes; makes the pseudonyms people have at the platform. A random one unless told, so they change at each start.',
  USER_REFS: '“plain” sends your own references of people to the platform instead of pseudonyms.',
  MOUNT: 'Path before /rooms, such as /api. None unless told.',
  HOST: 'Address to listen on; 0.0.0.0 for all. 127.0.0.1 unless told.',
  PORT: 'Port to listen on. 8787 unless told.',
  TRUSTED_PROXIES:
    'Addresses and networks of the reverse proxies before this one, with commas: 10.0.0.0/8,127.0.0.1. Only theirs is the X-Forwarded-For that is believed. None unless told.',
  METRICS_PORT: 'Port of its own for /metrics in Prometheus text. No metrics unless told.',
  METRICS_HOST: 'Address for METRICS_PORT to listen on. 127.0.0.1 unless told.',
  TIMEOUT_MS: 'Deadline of one operation at the platform, in ms. 10000 unless told.',
  PROVIDER: 'What kind of platform a token opens. rooms unless told.',
  SERVER_URL: 'Where clients take the token, such as wss://live.example. Not told to them unless given.',
  LIVEKIT_ENDPOINT: '1 answers LiveKit’s TokenSource.endpoint at MOUNT itself; needs SERVER_URL. Off unless told.',
  STORE_SECRET:
    'At least 32 bytes, the same on every node: hides what stands in Redis. USER_REF_SECRET serves as one unless told.',
  REDIS_URL:
    'Redis or Valkey that several nodes share, such as redis://127.0.0.1:6379. Memory of this process unless told.',
} as const;
/** A budget of requests: what is counted, and for whom. */
type Limit = `LIMITS_${string}`;
export type Variable = keyof typeof VARIABLES | Limit;

/** Each may come as a file instead, named by the variable with _FILE behind it. */
export const SECRETS = [
  'APP_KEY',
  'JWT_SECRET',
  'USER_REF_SECRET',
  'STORE_SECRET',
  'REDIS_URL',
] as const satisfies Variable[];
type Secret = (typeof SECRETS)[number];

/** What is wrong with a variable, and a line that would be right. */
export interface Problem {
  variable: string;
  sentence: string;
  line: string;
}

export type Environment = Record<string, string | undefined>;

/** Reads variables, and keeps all that is wrong with them in `problems`. An empty one is one that is not set. */
export function reader(env: Environment) {
  const problems: Problem[] = [];

  /** `line` is what the variable could be set to instead. */
  const wrong = (variable: Problem['variable'], sentence: string, line: string): undefined => {
    problems.push({variable, sentence, line: `${variable}=${line}`});
  };

  const limits = () => Object.keys(env).filter((name): name is Limit => name.startsWith('LIMITS_'));

  const text = (variable: Variable) => env[variable]?.trim() || undefined;

  /** One that must be set. */
  const needed = (variable: Variable, example: string, value = text(variable)): string => {
    if (value === undefined) wrong(variable, 'It is not set.', example);
    return value ?? '';
  };

  const list = (variable: Variable) =>
    text(variable)
      ?.split(',')
      .map(each => each.trim())
      .filter(Boolean);

  const whole = (variable: Variable, otherwise: number, from: number, to: number): number => {
    const value = text(variable) ?? String(otherwise);
    const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
    if (number >= from && number <= to) return number;
    wrong(variable, `It must be a whole number from ${from} to ${to}.`, String(otherwise));
    return otherwise;
  };

  const file = async (variable: Problem['variable'], path: string): Promise<string | undefined> => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      return wrong(variable, `The file cannot be read (${nameOf(error)}).`, path);
    }
  };

  const secret = async (variable: Secret): Promise<string | undefined> => {
    const path = env[`${variable}_FILE`]?.trim();
    if (!path) return text(variable);
    if (text(variable)) wrong(`${variable}_FILE`, `${variable} is set, too: leave one of them out.`, '');
    return (await file(`${variable}_FILE`, path))?.trim() || undefined;
  };

  /** What tokenProxy would say to these options is wrong with the variable; nothing when it takes them. */
  const accepts = (variable: Variable, options: Partial<TokenProxyOptions>, line: string) => {
    try {
      checkOptions({rooms: NO_ROOMS, guests: {roles: ['viewer']}, origins: ['https://shop.example'], ...options});
    } catch (error) {
      if (!(error instanceof RoomsError)) throw error;
      wrong(variable, error.message, line);
    }
  };

  return {problems, wrong, limits, text, needed, list, whole, file, secret, accepts};
}
export type Reader = ReturnType<typeof reader>;

const NO_ROOMS = Object.fromEntries(OPERATIONS.map(each => [each, () => {}])) as unknown as Rooms;

/** Variables that nothing reads, and are one that is not set but for an S or an underscore. */
export function misspelt(env: Environment): Problem[] {
  const files = SECRETS.map(secret => `${secret}_FILE`);
  const unset = [...Object.keys(VARIABLES), ...files].filter(name => !env[name]?.trim());
  const bare = (name: string) => name.toUpperCase().replaceAll(/[S_]/g, '');
  return Object.keys(env).flatMap(name => {
    const meant = unset.includes(name) ? undefined : unset.find(each => bare(each) === bare(name));
    // What it says may be a secret.
    return meant ? [{variable: name, sentence: `Nothing reads it; ${meant} is meant.`, line: `${meant}=…`}] : [];
  });
}

/** What an error is called; its message may quote what should not be printed. */
export const nameOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? (error as Error).name;
