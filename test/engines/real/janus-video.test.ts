import assert from 'node:assert/strict';
import {after, before, describe, it, type TestContext} from 'node:test';
import {entered, marked, remotesOf, seesMoving, Site} from '../../helpers/engines/call.js';
import {JANUS_VARIABLES, MEDIA, startJanus, type JanusServer} from '../../helpers/engines/janus.js';
import {ADDRESS, inNamespace, needs} from '../../helpers/engines/namespace.js';
import {until} from '../../helpers/engines/until.js';

const NEEDS = needs('JANUS');
await inNamespace(import.meta.url, NEEDS);

const ROOMS = [
  {room_id: 'lobby', name: 'Lobby', settings: {participants: 9}},
  {room_id: 'stand-up', name: 'Stand-up', settings: {participants: 9}},
];
const SCRIPT = `
  import './src/index.ts';
  import {enter, leave} from './test/helpers/engines/janus-page.ts';
  import {pictures, remotes} from './test/helpers/engines/page.ts';
  globalThis.test = {enter, leave: () => leave(), pictures, remotes};
  document.addEventListener('room-token', ({detail}) => {
    globalThis.detail = detail;
    const sends = detail.participant.role === 'participant' || location.search === '?sends';
    enter(detail, sends).catch(error => (document.body.dataset.refused = error.message));
  });`;

describe('a call at a real Janus', NEEDS, () => {
  let server: JanusServer;
  let site: Site;
  before(async () => {
    [server, site] = await Promise.all([startJanus(), Site.open(SCRIPT)]);
  });
  after(async () => {
    await site?.close();
    await server?.end();
  });

  const headers = () => ({origin: site.url, 'x-rooms-client': 'test', 'content-type': 'application/json'});
  /** Waits until the proxy gives tokens, which it does once Janus sends its events. */
  async function tokensAreIssued() {
    const body = JSON.stringify({role: 'participant', name: 'Probe'});
    await until('Janus sends its events.', async () => {
      const answer = await fetch(`${site.proxy}/rooms/stand-up/tokens`, {method: 'POST', headers: headers(), body});
      return answer.status === 200;
    });
  }
  async function isInUse(room: string) {
    const answer = await fetch(`${site.proxy}/rooms/${room}`, {headers: headers()});
    return ((await answer.json()) as {room: {isRoomActive?: boolean}}).room.isRoomActive ?? false;
  }
  async function start(t: TestContext) {
    const told = await site.start(t, ROOMS, JANUS_VARIABLES);
    await tokensAreIssued();
    return told;
  }

  it('joins two people who choose a room and press the button, through the server alone', async t => {
    const told = await start(t);
    const [ann, bob] = [await site.visitor(t, 'Ann'), await site.visitor(t, 'Bob')];
    await Promise.all([site.join(ann, 'Lobby'), site.join(bob, 'Lobby')]);
    await Promise.all([seesMoving(ann, 1), seesMoving(bob, 1)]);
    for (const page of [ann, bob]) {
      const remotes = await remotesOf(page);
      assert.ok(remotes.length >= 2);
      for (const remote of remotes) {
        const [address, port] = remote.split(':');
        assert.equal(address, ADDRESS);
        assert.ok(Number(port) >= MEDIA[0] && Number(port) <= MEDIA[1], remote);
      }
    }
    const visitors = [
      await site.visitor(t, 'Cleo', {role: 'viewer'}),
      await site.visitor(t, 'Dan', {role: 'viewer', path: '?sends'}),
    ];
    await Promise.all(visitors.map(page => site.join(page, 'Lobby')));
    // Dan sends although he may not.
    await marked(visitors[1]!, 'end');
    await seesMoving(visitors[0]!, 2);
    assert.deepEqual(site.problems, []);
    assert.doesNotMatch(JSON.stringify(told), /canary/);
  });

  it('has one person inside when two pages use the same token', async t => {
    await start(t);
    const [ann, thief] = [await site.visitor(t, 'Ann'), await site.visitor(t, 'Thief')];
    await site.join(ann, 'Lobby');
    await marked(ann, 'joined');
    const stolen = await ann.evaluate(() => {
      const {token, serverUrl, connection, participant, provider} = (
        globalThis as unknown as {detail: object & Record<string, unknown>}
      ).detail;
      return {token, serverUrl, connection, participant, provider};
    });
    assert.match(await entered(thief, stolen), /433/);
    await until('The room is in use.', () => isInUse('lobby'));
    await site.leave(ann);
    await until('The room is empty.', async () => !(await isInUse('lobby')));
  });

  it('can be joined again after Janus was killed', async t => {
    await start(t);
    await server.kill();
    await server.start();
    await tokensAreIssued();
    const [ann, bob] = [await site.visitor(t, 'Ann'), await site.visitor(t, 'Bob')];
    await site.join(ann, 'Stand-up');
    await site.join(bob, 'Stand-up');
    await Promise.all([seesMoving(ann, 1), seesMoving(bob, 1)]);
  });
});
