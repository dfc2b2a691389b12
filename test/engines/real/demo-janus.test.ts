import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import type {Page} from 'playwright-core';
import {enter, leave, sees, Theatre, watched} from '../../helpers/e2e/demo.js';
import {JANUS_VARIABLES, MEDIA, startJanus, type JanusServer} from '../../helpers/engines/janus.js';
import {ADDRESS, inNamespace, needs} from '../../helpers/engines/namespace.js';
import {until} from '../../helpers/engines/until.js';

const NEEDS = needs('JANUS');
await inNamespace(import.meta.url, NEEDS);

describe('the demo with ENGINE=janus, at a real Janus', {...NEEDS, timeout: 170_000}, () => {
  let server: JanusServer;
  const theatre = new Theatre();
  theatre.env = JANUS_VARIABLES;
  before(async () => {
    server = await startJanus();
    await theatre.open();
  });
  after(async () => {
    await theatre.close();
    await server?.end();
  });

  const headers = () => {
    const {origin} = new URL(theatre.demo.url);
    return {origin, 'x-rooms-client': 'test', 'content-type': 'application/json'};
  };
  async function rooms() {
    const answer = await fetch(`${theatre.demo.url}api/rooms`, {headers: headers()});
    return ((await answer.json()) as {rooms: {room_id: string; name: string; isRoomActive?: boolean}[]}).rooms;
  }
  const find = async (name: string) => (await rooms()).find(room => room.name === name)!;

  /** No tokens are issued before Janus sends its events. */
  async function tokensAreIssued() {
    const {room_id} = await find('Support desk');
    const body = JSON.stringify({role: 'participant', name: 'Probe'});
    await until('Janus sends its events.', async () => {
      const path = `${theatre.demo.url}api/rooms/${room_id}/tokens`;
      return (await fetch(path, {method: 'POST', headers: headers(), body})).status === 200;
    });
  }

  /** Where a `watched` page sends its media to. */
  const remotesOf = (page: Page) =>
    page.evaluate(async () => {
      const {connections} = window as unknown as {connections: RTCPeerConnection[]};
      const stats = await Promise.all(connections.map(async each => [...(await each.getStats()).values()]));
      const candidates = stats.flat() as {type: string; address?: string; port?: number}[];
      return candidates.filter(({type}) => type === 'remote-candidate').map(({address, port}) => ({address, port}));
    });

  it('lets two people who choose a room and press the button see each other, through the server alone', async () => {
    await tokensAreIssued();
    const visitor = (name: string) => theatre.visitor(name, {init: watched});
    const [ada, bruno] = [await visitor('Ada'), await visitor('Bruno')];
    await enter(ada, 'Coffee corner');
    await enter(bruno, 'Coffee corner');
    await Promise.all([sees(ada, 'Bruno'), sees(bruno, 'Ada')]);
    const [from, to] = MEDIA;
    for (const page of [ada, bruno]) {
      const remotes = await remotesOf(page);
      assert.ok(remotes.length > 0);
      for (const {address, port} of remotes) {
        assert.ok(address === ADDRESS && port! >= from && port! <= to, `${address}:${port}`);
      }
    }
    await until('The room is in use.', async () => (await find('Coffee corner')).isRoomActive === true);
    await leave(ada);
    await leave(bruno);
    await until('Nobody is there.', async () => !(await find('Coffee corner')).isRoomActive);
    assert.deepEqual(theatre.problems, []);
  });
});
