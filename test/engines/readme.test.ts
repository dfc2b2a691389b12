import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {it} from 'node:test';
import {bigbluebutton} from '../../src/engines/bigbluebutton.js';
import {daily} from '../../src/engines/daily.js';
import type {Engine} from '../../src/engines/engine.js';
import {jaas, jitsi} from '../../src/engines/jitsi.js';
import {janus} from '../../src/engines/janus.js';
import {janusEvents} from '../../src/engines/node/janus-events.js';
import {livekit} from '../../src/engines/livekit.js';
import {realtimekit} from '../../src/engines/realtimekit.js';
import {twilio} from '../../src/engines/twilio.js';
import {vonage} from '../../src/engines/vonage.js';
import {zoom} from '../../src/engines/zoom.js';

const secret = 'a secret of at least thirty-two bytes, for this test';
const privateKey = '-----BEGIN PRIVATE KEY-----';

const ENGINES: Record<string, Engine> = {
  LiveKit: livekit({url: 'wss://live.example', key: 'k', secret}),
  Jitsi: jitsi({domain: 'meet.example', appId: 'a', secret}),
  JaaS: jaas({appId: 'a', keyId: 'k', privateKey}),
  Daily: daily({key: 'k'}),
  Twilio: twilio({account: 'a', key: 'k', secret}),
  Vonage: vonage({applicationId: 'a', privateKey}),
  RealtimeKit: realtimekit({
    account: 'a',
    app: 'a',
    key: secret,
    presets: {participant: 'a', viewer: 'b', audience: 'c', moderator: 'd'},
  }),
  BigBlueButton: bigbluebutton({url: 'https://bbb.example/bigbluebutton/api', secret}),
  Janus: janus({
    url: 'wss://janus.example',
    adminUrl: 'https://janus.example/admin',
    adminSecret: secret,
    adminKey: secret,
    tokenSecret: secret,
    events: janusEvents('ws://127.0.0.1:8190/'),
  }),
  Zoom: zoom({sdkKey: 'a', sdkSecret: secret, apiKey: 'a', apiSecret: secret}),
};

it('the README says what each engine enforces', () => {
  const readme = readFileSync('README.md', 'utf8');
  const rows = readme
    .split('\n')
    .filter(line => line.startsWith('|'))
    .map(line => line.split('|').map(cell => cell.trim().replaceAll('`', '')));
  const head = rows.find(([, first, second]) => first === 'engine' && second === 'once')!.slice(2, -2);
  for (const [name, {enforces}] of Object.entries(ENGINES)) {
    const [, , ...cells] = rows.find(([, first]) => first === name)!;
    const {shortest, most, ...members} = enforces;
    assert.deepEqual(head, Object.keys(members));
    assert.deepEqual(
      cells.slice(0, -2),
      Object.values(members).map(value => (value ? 'yes' : 'no')),
      name,
    );
    if (most) assert.ok(readme.includes(`${name} takes at most ${most} people into a room.`), name);
    assert.equal(cells.at(-2), shortest === 1 ? '1 s' : `${shortest / 60} min`, name);
  }
});
