import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {SECRETS, VARIABLES} from '../../../src/proxy/node/environment.js';
import {BUDGETS} from '../../../src/proxy/limits/limits.js';
import {readSettings, type Settings} from '../../../src/proxy/node/settings.js';
import {APP_KEY, command, environment, file} from '../../helpers/proxy/command.js';

const FINE = environment('https://api.example/video/v2', {MOUNT: undefined, PORT: undefined});

async function settingsOf(but: Record<string, string | undefined> = {}): Promise<Settings> {
  const read = await readSettings({...FINE, ...but});
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read.settings;
}

/** What the help says about a variable, in one line. */
const saidOf = (help: string, variable: string) =>
  new RegExp(`^  ${variable}\\b(.*(?:\\n {20}\\S.*)*)`, 'm').exec(help)![1]!.replace(/\s+/g, ' ').trim();

describe('what greenroom proxy --help says', () => {
  it('is whole: every variable, every secret as a file, every budget, and where to ask for more', async t => {
    const {told, ended} = command(t, ['proxy', '--help'], {});
    assert.equal(await ended, 0);
    const help = told.out;
    for (const [variable, meaning] of Object.entries(VARIABLES)) assert.equal(saidOf(help, variable), meaning);
    for (const [kind, scopes] of Object.entries(BUDGETS)) {
      const [, line] = new RegExp(`^ {20}${kind}: (.+)$`, 'm').exec(help)!;
      const said = line!.split(', ').map(each => /^(\w+) (\d+)\/(\d+)$/.exec(each)!.slice(1));
      const known = Object.entries(scopes as Record<string, {capacity: number; per: number}>);
      assert.deepEqual(
        said,
        known.map(([scope, {capacity, per}]) => [scope, String(capacity), String(per / 1000)]),
      );
    }
    assert.ok(help.split('\n').every(line => line.length <= 120));
    const flat = help.replace(/\s+/g, ' ');
    assert.ok(flat.includes(`${SECRETS.join(', ')}: each can be a file instead`));
    for (const word of ['/healthz', 'JSON lines', 'SIGTERM', '--drain', 'greenroom doctor'])
      assert.ok(flat.includes(word));
  });

  it('is true of every default', async () => {
    const {host, port, metrics, addressOf, redis, proxy} = await settingsOf();
    const lasting = await settingsOf({METRICS_PORT: '9787'});
    const said = (variable: keyof typeof VARIABLES) => /Default: (.+)\.$/.exec(VARIABLES[variable])![1];
    assert.equal(said('HOST'), host);
    assert.equal(said('PORT'), String(port));
    assert.equal(said('METRICS_HOST'), lasting.metrics!.host);
    assert.equal(said('TIMEOUT_MS'), String(proxy.timeout));
    assert.equal(said('METRICS_PORT'), 'no metrics');
    assert.equal(metrics, undefined);
    assert.equal(said('REDIS_URL'), 'memory of this process');
    assert.equal(redis, undefined);
    assert.equal(said('LIVEKIT_ENDPOINT'), '0');
    assert.equal(proxy.livekit, false);
    assert.deepEqual([proxy.mount, proxy.serverUrl, proxy.provider, proxy.guests!.name], Array(4).fill(undefined));
    assert.equal(addressOf('192.0.2.1', new Headers({'x-forwarded-for': '203.0.113.9'})), '192.0.2.1');
  });

  it('is true of every budget that can be named', async () => {
    for (const kind of ['READS', 'TOKENS', 'CHANGES', 'CREATIONS'] as const) {
      for (const scope of ['IP', 'VISITOR', 'ROOM', 'GRANT'] as const) {
        const {proxy} = await settingsOf({[`LIMITS_${kind}_${scope}`]: '7/3'});
        const [named, of] = [
          kind.toLowerCase() as Lowercase<typeof kind>,
          scope.toLowerCase() as Lowercase<typeof scope>,
        ];
        assert.deepEqual((proxy.limits as Record<string, object>)[named], {[of]: {capacity: 7, per: 3000}});
      }
    }
  });

  it('is true of every secret: it can be a file', async t => {
    const BESIDE: Record<string, Record<string, string>> = {
      REDIS_URL: {STORE_SECRET: 'x'.repeat(32)},
      JWT_SECRET: {JWT_ISSUER: 'me', JWT_AUDIENCE: 'shop', JWT_ALGORITHMS: 'HS256'},
      TURN_SECRET: {TURN_URLS: 'turn:turn.example'},
    };
    for (const variable of SECRETS) {
      const value = variable === 'REDIS_URL' ? 'redis://127.0.0.1:6379' : `${APP_KEY}-${'x'.repeat(32)}`;
      const path = await file(t, 'secret', `${value}\n`);
      const settings = await settingsOf({...BESIDE[variable], [variable]: undefined, [`${variable}_FILE`]: path});
      if (variable === 'JWT_SECRET') assert.equal(typeof settings.proxy.authorize, 'function');
      else assert.ok(JSON.stringify(settings).includes(value), variable);
    }
  });
});
