import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import {iceServers} from '../../../src/proxy/turn.js';
import {enter, sees, Theatre} from '../../helpers/e2e/demo.js';
import {startCoturn} from '../../helpers/engines/coturn.js';
import {inNamespace, needs} from '../../helpers/engines/namespace.js';

const NEEDS = needs('COTURN');
await inNamespace(import.meta.url, NEEDS);

const SECRET = 'canary-secret-of-the-turn-server';

/** From now on the page takes media through a relay alone, as in a network that lets nothing else through. */
function relayOnly() {
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(configuration?: RTCConfiguration) {
      super({...configuration, iceTransportPolicy: 'relay'});
    }
  };
}

describe('people who cannot reach each other', {...NEEDS, timeout: 120_000}, () => {
  const theatre = new Theatre();
  let turn: Awaited<ReturnType<typeof startCoturn>>;
  before(async () => {
    turn = await startCoturn(SECRET);
    Object.assign(process.env, {TURN_URLS: turn.url, TURN_SECRET: SECRET});
    await theatre.open();
  });
  after(async () => {
    await theatre.close();
    await turn?.end();
  });

  it('see each other through the TURN server, with credentials that came with their tokens', async () => {
    const [ann, bob] = [
      await theatre.visitor('Ann', {init: relayOnly}),
      await theatre.visitor('Bob', {init: relayOnly}),
    ];
    await enter(ann, 'Coffee corner');
    await enter(bob, 'Coffee corner');
    await sees(ann, 'Bob');
    await sees(bob, 'Ann');
    assert.match(turn.log(), /ALLOCATE processed, success/);
    assert.doesNotMatch(await ann.content(), new RegExp(SECRET));
  });

  it('get nothing relayed with a credential that has expired, or is forged', async () => {
    const ann = await theatre.page('Ann');
    await ann.goto(theatre.demo.url);
    const gathered = async (secret: string, now: number) => {
      const servers = await iceServers({urls: [turn.url], secret}, {provider: 'rooms', user_ref: 'ann', now});
      return ann.evaluate(async servers => {
        const connection = new RTCPeerConnection({
          iceServers: servers as RTCIceServer[],
          iceTransportPolicy: 'relay',
        });
        connection.createDataChannel('x');
        const found: string[] = [];
        connection.onicecandidate = ({candidate}) => candidate && found.push(candidate.candidate);
        const done = new Promise<void>(resolve => {
          connection.onicegatheringstatechange = () => connection.iceGatheringState === 'complete' && resolve();
        });
        await connection.setLocalDescription();
        await done;
        connection.close();
        return found.length;
      }, servers);
    };
    assert.ok((await gathered(SECRET, Date.now())) > 0);
    assert.equal(await gathered(SECRET, Date.now() - 43_201_000), 0);
    assert.equal(await gathered('another-secret-of-a-server', Date.now()), 0);
  });
});
