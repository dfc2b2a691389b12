import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import {livekit} from '../../../src/engines/livekit.js';
import type {Role} from '../../../src/rooms/schema.js';
import {LIVEKIT, startLivekit} from '../../helpers/engines/livekit-server.js';
import {inNamespace, needs} from '../../helpers/engines/namespace.js';
import {seeEachOther, stagePeople} from '../../helpers/engines/stage-people.js';
import {until} from '../../helpers/engines/until.js';

const NEEDS = needs('LIVEKIT_SERVER', 'ENGINE_SDKS');
await inNamespace(import.meta.url, NEEDS);

const MODULE = `${process.env.ENGINE_SDKS}/node_modules/livekit-client/dist/livekit-client.esm.mjs`;

describe('the client of the stage at a real LiveKit server', {...NEEDS, timeout: 300_000}, () => {
  let end: (() => Promise<void>) | undefined;
  let people: Awaited<ReturnType<typeof stagePeople>>;
  const engine = livekit(LIVEKIT);
  before(async () => {
    // The page has livekit-client itself, and hands it over. The stage gets it ready first.
    const script = `
      import * as client from '${MODULE}';
      import {connect, prepare} from './src/stage/livekit.ts';
      const given = {origins: [], client};
      const prepared = async (...all) => {
        await prepare(given);
        return connect(...all);
      };
      Object.assign(globalThis, {connect: prepared, given});`;
    [end, people] = await Promise.all([startLivekit(), stagePeople(script)]);
  });
  after(async () => {
    await people?.close();
    await end?.();
  });

  let rooms = 0;
  async function room() {
    const room = {room_id: `room-${(rooms += 1)}`, name: 'Room', settings: {participants: 9}};
    await engine.open!(room);
    const enter = async (name: string, {sends = true, role = 'participant' as Role} = {}) => {
      const {token, server_url: serverUrl} = await engine.token(room, {name, role, user_ref: name});
      const somebody = await people.somebody();
      const detail = {provider: 'livekit', token, serverUrl, room, participant: {name, role}, once: false};
      assert.equal(await somebody.join(detail), '');
      if (sends) await somebody.do('sendAll');
      return somebody;
    };
    return {room, enter};
  }

  it('shows two people each other, as what they send changes, and no more when one leaves', async () => {
    const {enter} = await room();
    await seeEachOther(enter);
    assert.deepEqual(people.problems, []);
  });

  it('knows people without devices by name, and lets nobody send who may not', async () => {
    const {enter} = await room();
    const ann = await enter('Ann', {sends: false});
    const bob = await enter('Bob', {sends: false, role: 'viewer'});
    await ann.knows('Bob:');
    await bob.knows('Ann:');
    assert.deepEqual(await bob.do('may'), []);
    assert.deepEqual(await ann.do('may'), ['camera', 'microphone', 'screen', 'screen-audio']);
  });

  it('says that the room was closed', async () => {
    const {room: closed, enter} = await room();
    const ann = await enter('Ann', {sends: false});
    await engine.close(closed);
    await until('It is over.', async () => ((await ann.do('told')) as string[]).includes('end closed'));
  });

  it('refuses a wrong token in one code, and never quotes it', async () => {
    const ann = await people.somebody();
    const detail = {provider: 'livekit', token: 'guessed', serverUrl: LIVEKIT.url, participant: {name: 'Ann'}};
    assert.equal(await ann.join(detail), 'denied');
    assert.equal(await ann.join({...detail, serverUrl: 'ws://127.0.0.1:9'}), 'offline');
  });
});
