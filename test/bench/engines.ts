// What a token of a video engine costs, in ratios of one run. `npm run bench:engines` prints them:
// - each engine that signs tokens itself, beside the vendor's own server SDK in the folder ENGINE_SDKS, or beside the JWT
//   library there if the vendor has none;
// - the proxy with rooms at LiveKit's engine, beside the proxy with rooms of the local platform, on the same database;
// - a list of 1,000 rooms with who is inside, beside the list alone.
// The exit code is 1 if a goal is missed.
import {mkdtemp, rm} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {engineRooms} from '../../src/engines/engine-rooms.js';
import {jsonDirectory} from '../../src/engines/json-directory.js';
import {jaas, jitsi} from '../../src/engines/jitsi.js';
import {livekit} from '../../src/engines/livekit.js';
import {twilio} from '../../src/engines/twilio.js';
import {vonage} from '../../src/engines/vonage.js';
import {zoom} from '../../src/engines/zoom.js';
import type {Exchange} from '../../src/http/client.js';
import {createPlatform, localDirectory, openDatabase} from '../../src/platform/platform.js';
import {tokenProxy, type Rooms} from '../../src/proxy/proxy.js';
import {privateKey} from '../helpers/engines/keys.js';

const {ENGINE_SDKS} = process.env;
const ROUNDS = Number(process.env.ROUNDS ?? 7);
/** How long each measurement lasts, in ms. */
const STRETCH = Number(process.env.STRETCH ?? 300);
/** The proxy with an engine gives at least so many tokens for each one without. */
const GOAL = 0.5;

const SECRET = 'a secret of at least thirty-two bytes, for this benchmark';
const ROOM = {room_id: 'lobby', name: 'Lobby', settings: {}, vendor_id: '2_session'};
const ANN = {name: 'Ann', role: 'participant' as const, user_ref: 'ann'};

type Run = () => unknown;

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** How many times a second each of these runs, one after the other in turn, so that a busy machine slows all of them. */
async function ratesOf(...runs: Run[]): Promise<number[]> {
  const rates = runs.map((): number[] => []);
  for (const run of runs) for (let i = 0; i < 20; i++) await run();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, run] of runs.entries()) {
      const began = performance.now();
      let count = 0;
      while (performance.now() - began < STRETCH) {
        await run();
        count++;
      }
      rates[index]!.push((count * 1000) / (performance.now() - began));
    }
  }
  return rates.map(median);
}

const us = (rate: number) => `${(1e6 / rate).toFixed(0)} µs`;

interface Jwt {
  sign: (claims: object, secret: string, options?: object) => string;
}
interface LivekitSdk {
  AccessToken: new (key: string, secret: string, options: object) => {addGrant(grant: object): void; toJwt(): unknown};
}
interface TwilioSdk {
  jwt: {
    AccessToken: {
      new (account: string, key: string, secret: string, options: object): {addGrant(grant: unknown): void; toJwt: Run};
      VideoGrant: new (options: object) => unknown;
    };
  };
}
interface VonageSdk {
  Video: new (credentials: object, options: object) => {generateClientToken(session: string, options: object): string};
}

/** How each vendor's own library signs the same token. */
function theirs(): Record<string, Run> {
  const sdk = <T>(name: string) => createRequire(join(ENGINE_SDKS!, 'package.json'))(name) as T;
  const {AccessToken} = sdk<LivekitSdk>('livekit-server-sdk');
  const Twilio = sdk<TwilioSdk>('twilio').jwt.AccessToken;
  const video = new (sdk<VonageSdk>('@vonage/video').Video)({applicationId: 'app', privateKey}, {});
  const {sign} = sdk<Jwt>('jsonwebtoken');
  const user = {id: 'ann', name: 'Ann', moderator: 'false'};
  return {
    'LiveKit (livekit-server-sdk)': () => {
      const token = new AccessToken('key', SECRET, {identity: `ann-${crypto.randomUUID()}`, name: 'Ann', ttl: 60});
      token.addGrant({roomJoin: true, room: 'lobby', canPublish: true, canSubscribe: true, canPublishData: true});
      return token.toJwt();
    },
    'Twilio (twilio)': () => {
      const token = new Twilio('AC1', 'SK1', SECRET, {identity: `Ann #${crypto.randomUUID()}`, ttl: 60});
      token.addGrant(new Twilio.VideoGrant({room: 'lobby'}));
      return token.toJwt();
    },
    'Vonage (@vonage/video)': () => video.generateClientToken('2_session', {role: 'publisher', data: 'Ann'}),
    'Zoom (jsonwebtoken)': () =>
      sign({app_key: 'sdk', tpc: 'lobby', role_type: 0, version: 1, user_identity: 'ann'}, SECRET, {expiresIn: 1800}),
    'Jitsi (jsonwebtoken)': () =>
      sign({room: 'lobby', iss: 'shop', aud: 'jitsi', sub: 'meet.example', context: {user}}, SECRET, {expiresIn: 60}),
    'JaaS (jsonwebtoken)': () =>
      sign({room: 'lobby', iss: 'chat', aud: 'jitsi', sub: 'app', context: {user}}, privateKey, {
        algorithm: 'RS256',
        keyid: 'app/key',
        expiresIn: 60,
      }),
  };
}

async function signing() {
  const engines = [
    livekit({url: 'wss://live.example', key: 'key', secret: SECRET}),
    twilio({account: 'AC1', key: 'SK1', secret: SECRET}),
    vonage({applicationId: 'app', privateKey}),
    zoom({sdkKey: 'sdk', sdkSecret: SECRET, apiKey: 'api', apiSecret: SECRET}),
    jitsi({domain: 'meet.example', appId: 'shop', secret: SECRET}),
    jaas({appId: 'app', keyId: 'app/key', privateKey}),
  ];
  const others = Object.entries(ENGINE_SDKS ? theirs() : {});
  console.log('A token of each engine that signs its own:');
  for (const [index, engine] of engines.entries()) {
    const ours = () => engine.token(ROOM, ANN);
    const [name, other] = others[index] ?? [engine.provider, undefined];
    const [rate, theirRate] = await ratesOf(...(other ? [ours, other] : [ours]));
    const ratio = theirRate ? `, theirs ${us(theirRate)}: time × ${(theirRate / rate!).toFixed(2)}` : '';
    console.log(`  ${name.padEnd(30)} ours ${us(rate!)}${ratio}`);
  }
  if (!ENGINE_SDKS)
    console.log('  Set ENGINE_SDKS to the folder of the vendors’ SDKs to compare them: `.ci/run` has the list.');
}

/** A LiveKit server that answers at once, and counts how often it was asked. */
function instant() {
  let calls = 0;
  const exchange: Exchange = async () => {
    calls++;
    return {status: 200, headers: new Headers(), text: '{"rooms": [], "participants": []}'};
  };
  return {engine: livekit({url: 'wss://live.example', key: 'key', secret: SECRET, exchange}), calls: () => calls};
}

async function proxying(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-'));
  const database = await openDatabase(join(folder, 'rooms.db'));
  const platform = createPlatform({database});
  try {
    const {id} = await platform.createApplication();
    const local = platform.rooms(id);
    const {room_id} = await local.create({name: 'Lobby', owner_ref: 'bench', settings: {participants: 200}});
    const atEngine = engineRooms({directory: localDirectory(database, {application: id}), engine: instant().engine});
    const headers = {origin: 'https://shop.example', 'x-rooms-client': 'bench', 'content-type': 'application/json'};
    const body = JSON.stringify({name: 'Ann', role: 'participant'});
    const pressing = (rooms: Rooms): Run => {
      const guests = {roles: ['participant' as const]};
      const proxy = tokenProxy({rooms, guests, origins: ['https://shop.example'], limits: false, log: () => {}});
      const press = async () => {
        const url = `https://api.shop.example/rooms/${room_id}/tokens`;
        const {status} = await proxy(new Request(url, {method: 'POST', headers, body}));
        if (status !== 200) throw new Error(`Answered ${status}.`);
      };
      // As many as may come at the same moment.
      return () => Promise.all(Array.from({length: 20}, press));
    };
    const [without, with_] = await ratesOf(pressing(local), pressing(atEngine));
    const ratio = with_! / without!;
    console.log('A token through the proxy, with rooms in a database:');
    console.log(
      `  local platform ${us(20 * without!)}, LiveKit’s engine ${us(20 * with_!)}: rate × ${ratio.toFixed(2)}`,
    );
    return ratio >= GOAL;
  } finally {
    await platform.close();
    await database.close();
    await rm(folder, {recursive: true});
  }
}

async function listing(): Promise<boolean> {
  const list = Array.from({length: 1000}, (_, n) => ({room_id: `room-${n}`, name: `Room ${n}`}));
  const directory = jsonDirectory(list);
  const first = instant();
  await engineRooms({directory, engine: first.engine}).list();
  const {engine} = instant();
  const [alone, counted] = await ratesOf(
    () => directory.list(),
    () => engineRooms({directory, engine}).list(),
  );
  console.log('A list of 1,000 rooms with who is inside:');
  console.log(`  ${us(counted!)}, the list alone ${us(alone!)}; calls of the vendor: ${first.calls()}`);
  return first.calls() === 1;
}

await signing();
const met = [await proxying(), await listing()];
const goals = `rate × ${GOAL} through the proxy, one call of the vendor for a list.`;
console.log(met.every(Boolean) ? `Met: ${goals}` : `Missed: ${goals}`);
process.exitCode = met.every(Boolean) ? 0 : 1;
