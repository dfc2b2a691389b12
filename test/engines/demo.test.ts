import assert from 'node:assert/strict';
import {describe, it, type TestContext} from 'node:test';
import {startDemo} from '../helpers/e2e/demo.js';
import {claimsOf} from '../helpers/engines/recorder.js';
import {SECRET, vendorDouble, type VendorName} from '../helpers/engines/vendors.js';
import {folder} from '../helpers/proxy/command.js';

type Variables = Record<string, string>;

/** The variables of an engine at a double, as `greenroom proxy` reads them. */
const VARIABLES: Partial<Record<VendorName, (url: string) => Variables>> = {
  LiveKit: url => ({
    ENGINE: 'livekit',
    LIVEKIT_URL: url,
    LIVEKIT_API_KEY: 'api-key',
    LIVEKIT_API_SECRET: SECRET,
    CLIENT_ORIGINS: 'https://cdn.example/livekit-client.esm.mjs',
  }),
  Janus: url => ({
    ENGINE: 'janus',
    JANUS_URL: url,
    JANUS_ADMIN_URL: url,
    JANUS_ADMIN_SECRET: SECRET,
    JANUS_ADMIN_KEY: SECRET,
    JANUS_TOKEN_SECRET: SECRET,
  }),
  BigBlueButton: url => ({ENGINE: 'bigbluebutton', BIGBLUEBUTTON_URL: url, BIGBLUEBUTTON_SECRET: SECRET}),
};

const start = async (t: TestContext, env: Variables) => startDemo(await folder(t), '0', undefined, env);

/** A demo whose rooms are at a double of this vendor. */
async function demoAt(t: TestContext, name: VendorName) {
  const double = await vendorDouble(t, name);
  const demo = await start(t, VARIABLES[name]!(double.url));
  t.after(() => demo.stop());
  const origin = new URL(demo.url).origin;
  const headers = {'x-rooms-client': 'test', 'content-type': 'application/json', origin};
  const list = async () => {
    const {rooms} = (await (await fetch(`${origin}/api/rooms`, {headers})).json()) as {rooms: Variables[]};
    return new Map(rooms.map(({name, room_id}) => [name!, room_id!]));
  };
  const ask = async (room: string, role: string) => {
    const body = JSON.stringify({role, name: 'Ann'});
    const answer = await fetch(`${origin}/api/rooms/${room}/tokens`, {method: 'POST', headers, body});
    return (await answer.json()) as Variables;
  };
  const page = await (await fetch(demo.url)).text();
  const offered = [...page.matchAll(/<option value="(\w+)">/g)].map(([, role]) => role);
  return {double, demo, list, ask, page, offered};
}

describe('the demo with ENGINE', {timeout: 120_000}, () => {
  it('has its rooms at LiveKit, but none that it cannot hold people to', async t => {
    const {double, list, ask, page, offered} = await demoAt(t, 'LiveKit');
    const rooms = await list();
    for (const name of ['Coffee corner', 'Support desk', 'Quick huddle', 'Design review'])
      assert.ok(rooms.has(name), name);
    for (const name of ['Consulting hour', 'Book club', 'Monday all-hands']) assert.ok(!rooms.has(name), name);
    const corner = rooms.get('Coffee corner')!;
    const {provider, server_url, token} = await ask(corner, 'viewer');
    assert.deepEqual([provider, server_url, double.places.has(corner)], ['livekit', double.url, true]);
    assert.equal((claimsOf(token!).video as Variables).room, corner);
    assert.deepEqual(offered, ['participant', 'viewer', 'audience', 'moderator']);
    assert.match(page, /<green-room client-origins="https:\/\/cdn\.example\/livekit-client\.esm\.mjs" /);
  });

  it('offers no role that Janus without events does not hold, and gives none', async t => {
    const {list, ask, offered} = await demoAt(t, 'Janus');
    assert.deepEqual(offered, ['participant']);
    const corner = (await list()).get('Coffee corner')!;
    assert.equal((await ask(corner, 'viewer')).code, 'denied');
    const {provider, connection} = await ask(corner, 'participant');
    assert.equal(provider, 'janus');
    assert.match((connection as unknown as Variables).room!, new RegExp(`^${corner}-`));
  });

  it('lets people knock at BigBlueButton, whose pages the stage may show', async t => {
    const {double, list, page} = await demoAt(t, 'BigBlueButton');
    assert.ok((await list()).has('Consulting hour'));
    assert.ok(page.includes(`client-origins="${double.url}"`));
  });

  it('starts while the vendor is away, and shows the rooms', async t => {
    const {double, demo, list} = await demoAt(t, 'LiveKit');
    double.answer(() => ({status: 503}));
    assert.ok((await list()).has('Coffee corner'));
    assert.equal(await demo.stop(), 0);
  });

  const WRONG: [what: string, env: Variables, sentence: string][] = [
    [
      'what is missing',
      {ENGINE: 'livekit'},
      'ENGINE=livekit needs LIVEKIT_URL, LIVEKIT_API_KEY, and LIVEKIT_API_SECRET.',
    ],
    ['that only one variable is missing', {ENGINE: 'daily'}, 'ENGINE=daily needs DAILY_API_KEY.'],
    [
      'what is wrong',
      {ENGINE: 'livekit', LIVEKIT_URL: 'ws://live.example', LIVEKIT_API_KEY: 'k', LIVEKIT_API_SECRET: SECRET},
      'LIVEKIT_URL: The address of LiveKit must be https, or http on this machine, and hold no credentials.',
    ],
    [
      'which engines there are',
      {ENGINE: 'skype'},
      'ENGINE: “skype” is not one of livekit, jitsi, jaas, daily, twilio, realtimekit, bigbluebutton, janus, vonage, zoom.',
    ],
  ];
  for (const [what, env, sentence] of WRONG) {
    it(`says in one sentence ${what}, and does not start`, async t => {
      await assert.rejects(start(t, env), ({message}: Error) => {
        assert.equal(message, `${sentence}\n`);
        return true;
      });
    });
  }
});
