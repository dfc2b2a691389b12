import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {after, before, describe, it} from 'node:test';
import {setTimeout as pause} from 'node:timers/promises';
import {janusPeople} from '../../../src/engines/janus-people.js';
import type {Role} from '../../../src/rooms/schema.js';
import {janusAt, JANUS, MEDIA, startJanus, type JanusServer} from '../../helpers/engines/janus.js';
import {inNamespace, needs} from '../../helpers/engines/namespace.js';
import {relay, type Relay} from '../../helpers/engines/relay.js';
import {seeEachOther, stagePeople} from '../../helpers/engines/stage-people.js';
import {until} from '../../helpers/engines/until.js';

const NEEDS = needs('JANUS');
await inNamespace(import.meta.url, NEEDS);

/** From now on 5 % of all media is lost. */
function loseSome() {
  const [from, to] = MEDIA;
  const rules = ['dport', 'sport'].map(
    port => `add rule inet loss output udp ${port} ${from}-${to} numgen random mod 100 < 5 counter drop`,
  );
  const commands = ['add table inet loss', 'add chain inet loss output { type filter hook output priority 0 ; }'];
  execFileSync('nft', ['-f', '-'], {input: [...commands, ...rules].join('\n')});
}
const foundAgain = () => execFileSync('nft', ['delete', 'table', 'inet', 'loss']);
/** How many packets were lost. */
const lost = () =>
  [...execFileSync('nft', ['list', 'table', 'inet', 'loss'], {encoding: 'utf8'}).matchAll(/packets (\d+)/g)]
    .map(([, count]) => Number(count))
    .reduce((all, count) => all + count, 0);

describe('the client of the stage at a real Janus', {...NEEDS, timeout: 300_000}, () => {
  let server: JanusServer;
  let people: Awaited<ReturnType<typeof stagePeople>>;
  const engine = janusAt();
  before(async () => {
    const script = `
      import {connect} from './src/stage/janus.ts';
      import {enter} from './test/helpers/engines/janus-page.ts';
      Object.assign(globalThis, {connect, enter});`;
    [server, people] = await Promise.all([startJanus(), stagePeople(script)]);
  });
  after(async () => {
    await people?.close();
    await server?.end();
  });

  let rooms = 0;
  /** A room, and a function that brings somebody in. */
  async function room(at = JANUS.url) {
    const room = {room_id: `room-${(rooms += 1)}`, name: 'Room', settings: {participants: 9}};
    await engine.open!(room);
    const detailFor = async (name: string, {url = at, role = 'participant' as Role} = {}) => {
      const {token, connection} = await engine.token(room, {name, role, user_ref: name});
      return {provider: 'janus', token, connection, serverUrl: url, room, participant: {name, role}, once: true};
    };
    const enter = async (name: string, {sends = true, url = at} = {}) => {
      const somebody = await people.somebody();
      assert.equal(await somebody.join(await detailFor(name, {url})), '');
      if (sends) await somebody.do('sendAll');
      return somebody;
    };
    return {room, enter, detailFor};
  }
  async function relayed(use: (at: Relay) => Promise<void>, delay = 0) {
    const at = await relay(JANUS.url, delay);
    try {
      await use(at);
    } finally {
      await at.close();
    }
  }

  it('shows two people each other, as what they send changes, and no more when one leaves', async () => {
    const {enter} = await room();
    await seeEachOther(enter);
    assert.deepEqual(people.problems, []);
  });

  it('knows people without devices by name', async () => {
    const {enter} = await room();
    const ann = await enter('Ann', {sends: false});
    const bob = await enter('Bob', {sends: false});
    await ann.knows('Bob:');
    await bob.knows('Ann:');
    const cleo = await enter('Cleo');
    await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
    await cleo.knows('Ann:', 'Bob:');
  });

  it('comes late and sees who sends, and who does not', async () => {
    const {enter} = await room();
    const [ann] = [await enter('Ann'), await enter('Bob', {sends: false})];
    await ann.do('off', 'microphone');
    const cleo = await enter('Cleo', {sends: false});
    await cleo.seesMoving(1);
    await cleo.knows('Ann: camera', 'Bob:');
  });

  it('shows people who are in by another client, which does not describe what it sends', async () => {
    const {enter, detailFor} = await room();
    const ann = await enter('Ann', {sends: false});
    const stranger = await people.somebody();
    await stranger.page.evaluate(
      detail => (globalThis as unknown as {enter(detail: object): Promise<void>}).enter(detail),
      await detailFor('Bob'),
    );
    await ann.knows('Bob: camera microphone');
    await ann.seesMoving(1);
    const cleo = await enter('Cleo', {sends: false});
    await cleo.knows('Ann:', 'Bob: camera microphone');
  });

  it('says that the room was closed, and that one was put out', async () => {
    const {room: closed, enter} = await room();
    const [ann, bob] = [await enter('Ann'), await enter('Bob')];
    const {list} = await server.ask<{list: {room: string}[]}>({request: 'list', admin_key: JANUS.adminKey});
    const id = list.find(({room}) => room.startsWith(`${closed.room_id}-`))!.room;
    const {participants} = await server.ask<{participants: {id: string; display: string}[]}>({
      request: 'listparticipants',
      room: id,
    });
    const secret = await janusPeople(JANUS.tokenSecret).secretOf(id);
    const bobs = participants.find(({display}) => display === 'Bob')!.id;
    await server.ask({request: 'kick', room: id, id: bobs, secret});
    await until('Bob is put out.', async () => ((await bob.do('told')) as string[]).includes('end removed'));
    await ann.knows();
    await engine.close(closed);
    await until('It is over.', async () => ((await ann.do('told')) as string[]).includes('end closed'));
  });

  it('refuses a token that is not on the list, in one code', async () => {
    const {detailFor} = await room();
    const ann = await people.somebody();
    assert.equal(await ann.join({...(await detailFor('Ann')), token: 'guessed'}), 'denied');
    assert.equal(await ann.join({...(await detailFor('Ann')), serverUrl: 'ws://127.0.0.1:9/'}), 'offline');
  });

  it('says a break, and comes back with all of it, also with what changed meanwhile', () =>
    relayed(async at => {
      const {enter} = await room(at.url);
      const [ann, bob, cleo] = [await enter('Ann'), await enter('Bob'), await enter('Cleo', {sends: false})];
      await Promise.all([ann.seesMoving(1), bob.seesMoving(1), cleo.seesMoving(2)]);
      at.cut();
      await until('Ann is told.', async () => (await ann.do('state')) === 'reconnecting');
      // Somebody comes meanwhile, who has another way to Janus.
      const dan = await enter('Dan', {url: JANUS.url});
      await pause(20_000);
      assert.equal(await ann.do('state'), 'reconnecting');
      at.mend();
      for (const each of [ann, bob, cleo]) {
        await until('The call is back.', async () => (await each.do('state')) === 'connected');
      }
      await Promise.all([ann.seesMoving(2), bob.seesMoving(2), cleo.seesMoving(3), dan.seesMoving(2)]);
      await ann.knows('Bob: camera microphone', 'Cleo:', 'Dan: camera microphone');
      assert.deepEqual(people.problems, []);
    }));

  it('finds a new way for the media when only that broke', () =>
    relayed(async at => {
      const {enter} = await room(at.url);
      const [ann, bob] = [await enter('Ann'), await enter('Bob')];
      await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
      at.muffle();
      await until('Ann is told.', async () => (await ann.do('state')) === 'reconnecting');
      at.mend();
      await until('The call is back.', async () => (await ann.do('state')) === 'connected');
      await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
    }));

  it('stays up while 5 % is lost and everything takes 200 ms', () =>
    relayed(async at => {
      const {enter} = await room(at.url);
      loseSome();
      try {
        const [ann, bob] = [await enter('Ann'), await enter('Bob')];
        await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
        const before = lost();
        await until('Enough is lost.', () => lost() > before + 50, 60_000);
        await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
        assert.deepEqual(await ann.do('told'), ['connected']);
      } finally {
        foundAgain();
      }
    }, 200));

  it('ends as lost when Janus was started again', async () => {
    const {enter} = await room();
    const ann = await enter('Ann', {sends: false});
    await server.kill();
    await until('Ann is told.', async () => (await ann.do('state')) === 'reconnecting');
    await server.start();
    await until('It is lost.', async () => ((await ann.do('told')) as string[]).includes('end lost'));
  });
});
