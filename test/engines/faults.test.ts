import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {bigbluebutton} from '../../src/engines/bigbluebutton.js';
import {daily} from '../../src/engines/daily.js';
import type {Engine} from '../../src/engines/engine.js';
import {janus} from '../../src/engines/janus.js';
import {livekit} from '../../src/engines/livekit.js';
import {realtimekit} from '../../src/engines/realtimekit.js';
import {twilio} from '../../src/engines/twilio.js';
import {vonage} from '../../src/engines/vonage.js';
import {zoom} from '../../src/engines/zoom.js';
import {privateKey} from '../helpers/engines/keys.js';
import {recorder} from '../helpers/engines/recorder.js';
import {answering, cut, faultProxy, reset, silence, stall, type Fault} from '../helpers/fault-proxy.js';

const SECRET = 'canary-secret-of-at-least-thirty-two-bytes';
const ROOM = {room_id: 'lobby', name: 'Lobby', settings: {}, vendor_id: 'their-id'};
/** Long enough for an answer of this machine, in ms. */
const timeout = 2_000;

const ENGINES: Record<string, (url: string) => Engine> = {
  LiveKit: url => livekit({url, key: 'k', secret: SECRET, timeout}),
  Daily: url => daily({url, key: SECRET, timeout}),
  Twilio: url => twilio({url, account: 'AC1', key: 'SK1', secret: SECRET, timeout}),
  Vonage: url => vonage({url, applicationId: 'app', privateKey, timeout}),
  Zoom: url => zoom({url, sdkKey: 'a', sdkSecret: SECRET, apiKey: 'a', apiSecret: SECRET, timeout}),
  RealtimeKit: url => realtimekit({url, account: 'a', app: 'a', key: SECRET, presets: {participant: 'p'}, timeout}),
  BigBlueButton: url => bigbluebutton({url, secret: SECRET, timeout}),
  Janus: url => janus({url, adminUrl: url, adminSecret: SECRET, adminKey: SECRET, tokenSecret: SECRET, timeout}),
};

const FAULTS: [what: string, fault: Fault, codes: string[]][] = [
  ['never answers', silence, ['timeout']],
  ['stops half-way', stall, ['timeout']],
  ['breaks off half-way', cut, ['offline', 'bad_reply']],
  ['hangs up', reset, ['offline']],
  ['asks us to wait', answering(429, 'canary-text', {'retry-after': '7'}), ['rate_limited']],
  ['answers with a page', answering(200, '<!doctype html><title>canary-text</title>'), ['bad_reply']],
  ['fails', answering(503, 'canary-text'), ['platform_down']],
  ['answers too much', answering(200, `"${'canary-text'.repeat(1_000_000)}"`), ['bad_reply']],
  ['refuses our credentials', answering(401, 'canary-text'), ['unauthorized']],
];

for (const [name, make] of Object.entries(ENGINES)) {
  describe(`the engine of ${name}, when the vendor is in trouble`, {concurrency: true}, () => {
    for (const [what, fault, codes] of FAULTS) {
      it(`is asked once, and says in our own words: a vendor that ${what}`, async t => {
        const {url, answer} = await recorder(t);
        // Long enough that half of it is not all.
        answer(() => ({body: `{"data": {}, "rest": "${'.'.repeat(100)}"}`}));
        const line = await faultProxy(t, url.replace('http://', ''));
        const engine = make(`http://${line.host}`);
        line.break(/./, fault);
        await assert.rejects(engine.users(ROOM), (error: Error & {code: string; cause?: Error}) => {
          assert.ok(codes.includes(error.code), `${error.code}: ${error.message}`);
          assert.doesNotMatch(`${error.message} ${error.cause?.message}`, /canary|PRIVATE/);
          return true;
        });
        assert.equal(line.requests.length, 1);
      });
    }

    it('says that a vendor cannot be reached', async t => {
      const {url} = await recorder(t);
      const line = await faultProxy(t, url.replace('http://', ''));
      await line.refuse();
      await assert.rejects(make(`http://${line.host}`).users(ROOM), {code: 'offline'});
    });
  });
}
