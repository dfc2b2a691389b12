import assert from 'node:assert/strict';
import {after, before, describe, it, type TestContext} from 'node:test';
import {engineRooms} from '../../../src/engines/engine-rooms.js';
import {jsonDirectory} from '../../../src/engines/json-directory.js';
import {livekit} from '../../../src/engines/livekit.js';
import {entered, marked, remotesOf, seesMoving, Site} from '../../helpers/engines/call.js';
import {tampered} from '../../helpers/engines/keys.js';
import {livekitPage, LIVEKIT, MEDIA_PORT, startLivekit} from '../../helpers/engines/livekit-server.js';
import {ADDRESS, inNamespace, needs} from '../../helpers/engines/namespace.js';
import {until} from '../../helpers/engines/until.js';

const NEEDS = needs('LIVEKIT_SERVER', 'ENGINE_SDKS');
await inNamespace(import.meta.url, NEEDS);

const ROOMS = [
  {room_id: 'lobby', name: 'Lobby', settings: {participants: 9}},
  {room_id: 'talk', name: 'Talk', settings: {participants: 9}},
];
const ENV = {
  ENGINE: 'livekit',
  LIVEKIT_URL: LIVEKIT.url,
  LIVEKIT_API_KEY: LIVEKIT.key,
  LIVEKIT_API_SECRET: LIVEKIT.secret,
};

describe('a call at a real LiveKit server, with its stock client', NEEDS, () => {
  let end: () => Promise<void>;
  let site: Site;
  before(async () => {
    [end, site] = await Promise.all([startLivekit(), Site.open(livekitPage())]);
  });
  after(async () => {
    await site?.close();
    await end?.();
  });
  const engine = {...livekit(LIVEKIT), lag: 0};
  const rooms = engineRooms({directory: jsonDirectory(ROOMS), engine});

  /** Two people in the lobby who see each other. */
  async function pair(t: TestContext) {
    const told = await site.start(t, ROOMS, ENV);
    const [ann, bob] = await Promise.all([site.visitor(t, 'Ann'), site.visitor(t, 'Bob')]);
    await Promise.all([site.join(ann, 'Lobby'), site.join(bob, 'Lobby')]);
    await Promise.all([seesMoving(ann, 1), seesMoving(bob, 1)]);
    return {ann, bob, told};
  }
  const names = async () => (await rooms.users('lobby')).map(({name, role}) => `${name} ${role}`).sort();

  it('joins two people by our tokens, through the server alone, and knows who is inside', async t => {
    const {ann, bob, told} = await pair(t);
    for (const page of [ann, bob]) {
      const remotes = await remotesOf(page);
      assert.ok(remotes.length > 0);
      for (const remote of remotes) assert.equal(remote, `${ADDRESS}:${MEDIA_PORT}`);
    }
    assert.deepEqual(await names(), ['Ann participant', 'Bob participant']);
    const active = async () => (await rooms.list()).map(({isRoomActive = false}) => isRoomActive);
    // The server counts anew every five seconds.
    await until('The lobby is in use.', async () => String(await active()) === 'true,false');

    const cleo = await site.visitor(t, 'Cleo', {role: 'viewer', path: '?sends'});
    await site.join(cleo, 'Lobby');
    await seesMoving(cleo, 2);
    await marked(cleo, 'refused');
    assert.match(await cleo.evaluate(() => document.body.dataset.refused!), /permission/i);
    await seesMoving(ann, 1);
    assert.deepEqual(await names(), ['Ann participant', 'Bob participant', 'Cleo viewer']);

    await bob.context().close();
    await until('Bob has left.', async () => !(await names()).includes('Bob participant'));
    await engine.close({room_id: 'lobby', name: 'Lobby', settings: {}});
    await Promise.all([marked(ann, 'end'), marked(cleo, 'end')]);
    assert.deepEqual(await names(), []);
    assert.deepEqual(await active(), [false, false]);
    assert.deepEqual(site.problems, []);
    assert.doesNotMatch(JSON.stringify(told), /canary/);
  });

  for (const [what, change] of [
    ['tampered', tampered],
    ['of another server', async () => (await livekit({...LIVEKIT, secret: 'x'.repeat(40)}).token(ROOM, ANN)).token],
    ['expired', async () => (await livekit({...LIVEKIT, clock: () => Date.now() - 600_000}).token(ROOM, ANN)).token],
  ] as const) {
    it(`lets nobody in with a token that is ${what}`, async t => {
      const {token} = await engine.token(ROOM, ANN);
      const page = await site.visitor(t, 'Ann');
      const changed = {token: await change(token), serverUrl: LIVEKIT.url, provider: 'livekit'};
      assert.match(await entered(page, changed), /token|401|unauthorized/i);
      assert.deepEqual(await names(), []);
    });
  }
});

const ROOM = {room_id: 'lobby', name: 'Lobby', settings: {}};
const ANN = {name: 'Ann', role: 'participant' as const, user_ref: 'ann'};
