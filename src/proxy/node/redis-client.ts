import {once} from 'node:events';
import type {Redis} from 'ioredis';
import {withDeadline} from '../../rooms/deadline.js';
import {RoomsError} from '../../rooms/errors.js';
import {redisStore} from '../proxy.js';

/** How long one attempt to connect may take, in ms. */
const CONNECT = 2_000;
/** How long to wait for an answer before the connection is replaced, in ms. */
const SILENCE = 2_000;

/** Where Redis is. */
export interface RedisSettings {
  /** A `redis://` or `rediss://` address, which may contain a password. */
  address: string;
  /** The certificates, as PEM, that may sign the one of the server. @default those that Node trusts */
  ca?: string;
}

/** Why the proxy cannot use a Redis. */
export interface RedisFault {
  /** What is wrong, without the address and the password. */
  sentence: string;
  /** A line that is right, or a command that helps. */
  line: string;
  /** True if it may pass by itself. A proxy that starts then goes on without the store until it is back. */
  passing: boolean;
}

export interface RedisConnection {
  client: Redis;
  /** Tries what the proxy needs: that the server answers, and that a script may write. Undefined if all is well. */
  fault: () => Promise<RedisFault | undefined>;
}

/**
 * Connects to Redis or Valkey, for `redisStore`. Commands fail at once while there is no connection, because the proxy
 * can do without the store; the client reconnects by itself. Resolves when it has connected, or has failed to. Rejects
 * with `misconfigured` if the optional package `ioredis` is not installed.
 */
export async function redisClient({address, ca}: RedisSettings): Promise<RedisConnection> {
  const {Redis} = await import('ioredis').catch((cause: unknown) => {
    const sentence = 'REDIS_URL needs a client for Redis; run `npm install ioredis`.';
    throw new RoomsError('misconfigured', sentence, {key: 'REDIS_URL', cause});
  });
  const client = new Redis(address, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT,
    // Otherwise a connection that no longer answers would be kept until the operating system gives it up.
    socketTimeout: SILENCE,
    retryStrategy: times => Math.min(times * 100, 2_000),
    ...(ca !== undefined && {tls: {ca}}),
  });
  // The store logs when it is down. Without a listener ioredis prints each failed attempt, with the address.
  const failures: unknown[] = [];
  client.on('error', error => (failures.push(error), failures.splice(0, failures.length - 5)));
  await once(client, 'ready', {signal: AbortSignal.timeout(CONNECT)}).catch(() => {});

  async function fault(): Promise<RedisFault | undefined> {
    const store = redisStore(client);
    try {
      await withDeadline({timeout: SILENCE}, () => store.take('probe', {capacity: 1000, per: 1000}));
      return undefined;
    } catch (error) {
      // Without a connection the command says only that there is none. The attempts to connect say why.
      const found = (client.status === 'ready' ? [error] : [...failures, error]).map(each => faultOf(each, address));
      return found.find(({passing}) => !passing) ?? found[0];
    }
  }

  return {client, fault};
}

const RIGHTS = 'ACL SETUSER the-user ~greenroom:* +eval +evalsha +time +get +set +del';

/** What is wrong for each kind of answer, by a word in its code or its message. The message itself may quote a password. */
const FAULTS: [answer: RegExp, sentence: string, line: (address: string) => string][] = [
  [/NOAUTH|WRONGPASS|invalid password/i, 'It refuses this user or password.', withPassword],
  [
    /NOPERM|user executing the script/,
    'Its user may not run scripts, or may not write the keys of the proxy.',
    () => RIGHTS,
  ],
  [/READONLY/, 'It is a read-only replica. Name the primary.', () => 'REDIS_URL=redis://the-primary:6379'],
  [/MOVED/, 'It is a node of a cluster. Name a Redis that is none.', () => 'REDIS_URL=redis://127.0.0.1:6379'],
  [/unknown command/i, 'It runs no scripts, and the proxy needs EVAL.', () => 'REDIS_URL=redis://127.0.0.1:6379'],
  [
    /ALTNAME_INVALID/,
    'Its certificate is for another host.',
    () => 'REDIS_URL=rediss://the-host-in-its-certificate:6379',
  ],
  [/CERT|SELF_SIGNED|UNABLE_TO/, 'Its certificate is signed by nobody we trust.', () => 'REDIS_CA_FILE=./redis-ca.pem'],
  [/EPROTO|WRONG_VERSION|SSL/, 'It does not speak TLS.', () => 'REDIS_URL=redis://127.0.0.1:6379'],
  [/Protocol error|RESP type/i, 'The answer is not from Redis.', () => 'REDIS_URL=redis://127.0.0.1:6379'],
];

/** What Redis says while it starts, fails over, or has no room. */
const PASSING = /\b(LOADING|MASTERDOWN|CLUSTERDOWN|BUSY|OOM|MISCONF|NOREPLICAS)\b/;

function faultOf(error: unknown, address: string): RedisFault {
  const {code = '', message = ''} = error as Partial<NodeJS.ErrnoException>;
  const said = `${code} ${message}`;
  const [, sentence, line] = FAULTS.find(([answer]) => answer.test(said)) ?? [];
  if (sentence && line) return {sentence, line: line(address), passing: false};
  const [, why = /^[A-Z0-9_]+$/.test(code) ? code : 'no answer'] = PASSING.exec(said) ?? [];
  return {
    sentence: PASSING.test(said) ? `It does not work right now (${why}).` : `There is no answer from Redis (${why}).`,
    line: 'REDIS_URL=redis://127.0.0.1:6379',
    passing: true,
  };
}

function withPassword(address: string): string {
  const {protocol, host} = new URL(address);
  return `REDIS_URL=${protocol}//:the-password@${host}`;
}
