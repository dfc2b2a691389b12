import {once} from 'node:events';
import type {TestContext} from 'node:test';
import {SignJWT} from 'jose';
import {WebSocket} from 'ws';
import {serve} from '../../src/http/server.js';
import {createPlatform, openDatabase} from '../../src/platform/platform.js';
import {issueGrant, type Grants, type GrantWish} from '../../src/proxy/proxy.js';

export const SHOP = 'https://shop.example';
const MORNING = Date.UTC(2030, 0, 7, 10);
const NOON = Date.UTC(2030, 0, 7, 12);
const HOUR = 3600;

/** The configuration of the proxy on every runtime: the same proxy in front of the same rooms. */
export interface World {
  /** The environment of the servers in demo/servers. That of `greenroom proxy` is derived from it. */
  env: Record<string, string>;
  grants: Grants;
  /** Names that a transcript uses for values that are new in every world: ids of rooms, and signed grants. */
  names: Record<string, string>;
}

const ROOMS = {
  over: {settings: {scheduled: true, scheduled_time: '2030-01-07 10:30:00', duration: 30}},
  lobby: {settings: {description: 'Come in', participants: 5, billing_code: 'CANARY-BILLING'}, data: {floor: 'CANARY'}},
  vault: {settings: {participants: 5}},
  early: {settings: {scheduled: true, scheduled_time: '2030-01-07 16:00:00', duration: 60}},
  full: {settings: {participants: 1}},
};

/** Opens a new platform with five rooms, at noon. One person is in the lobby, and one in the room that is full. */
export async function openWorld(t: TestContext): Promise<World> {
  let now = MORNING;
  const database = await openDatabase(':memory:');
  const platform = createPlatform({database, clock: () => now});
  const served = await serve({fetch: platform.fetch, upgrade: platform.upgrade, port: 0});
  t.after(async () => {
    await Promise.all([served.close(), platform.close()]);
    await database.close();
  });
  const {id, key} = await platform.createApplication();
  const rooms = platform.rooms(id);
  const ids: Record<string, string> = {};
  for (const [name, definition] of Object.entries(ROOMS)) {
    ids[name] = (await rooms.create({name, owner_ref: 'shop', ...definition})).room_id;
    now += 1000;
  }
  now = NOON;
  for (const name of ['lobby', 'full']) {
    const {token} = await rooms.token(ids[name]!, {name: 'Bob', role: 'participant', user_ref: 'bob'});
    const socket = new WebSocket(`${served.url.replace('http', 'ws')}/video/v2/session`);
    await once(socket, 'open');
    socket.send(JSON.stringify({type: 'join', token}));
    await once(socket, 'message');
  }
  const env = {
    PLATFORM_URL: `${served.url}/video/v2`,
    APP_ID: id,
    APP_KEY: key,
    ORIGINS: `${SHOP},https://www.shop.example`,
    GRANT_KEYS: JSON.stringify(GRANTS),
    USER_REF_SECRET: 'golden-golden-golden-golden-golden',
    GUEST_ROOMS: ['over', 'lobby', 'early', 'full'].map(name => ids[name]).join(','),
    SERVER_URL: 'wss://live.example',
    LIMITS: JSON.stringify({tokens: {visitor: {capacity: 3, per: 86_400_000}}}),
  };
  return {env, grants: GRANTS, names: {...ids, ...(await grantsFor(ids)), '17 KB': 'x'.repeat(17 * 1024)}};
}

const GRANTS: Grants = {
  audience: 'golden',
  keys: [
    {
      kid: 'page',
      secret: 'page-page-page-page-page-page-page',
      roles: ['participant', 'viewer'],
      rooms: '*',
      origins: [SHOP],
      maxLifetime: 24 * HOUR,
    },
    {
      kid: 'staff',
      secret: 'staff-staff-staff-staff-staff-staff',
      roles: ['moderator', 'participant', 'viewer', 'audience'],
      rooms: '*',
      can: ['manage', 'users'],
      origins: [SHOP],
      maxLifetime: 24 * HOUR,
    },
  ],
};

/** Four good grants and five bad ones. */
async function grantsFor({lobby, vault}: Record<string, string>): Promise<Record<string, string>> {
  const sign = (wish: Partial<GrantWish>, now?: number) =>
    issueGrant(
      GRANTS,
      {roles: ['participant'], rooms: '*', origins: [SHOP], lifetime: HOUR, ...wish} as GrantWish,
      now,
    );
  const forged = (claims: object, secret = GRANTS.keys[0]!.secret!) =>
    new SignJWT({aud: 'golden', roles: ['participant'], rooms: '*', origins: [SHOP], ...claims})
      .setProtectedHeader({alg: 'HS256', typ: 'room-grant+jwt', kid: 'page'})
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(secret));
  return {
    page: await sign({rooms: [vault!]}),
    ann: await sign({user_ref: 'ann', name: 'Ann'}),
    users: await sign({kid: 'staff', rooms: [lobby!], can: ['users'], user_ref: 'host'}),
    staff: await sign({
      kid: 'staff',
      roles: ['moderator', 'participant', 'viewer', 'audience'],
      can: ['manage', 'users'],
      user_ref: 'max',
      name: 'Max',
    }),
    expired: await sign({}, Date.now() - 3 * HOUR * 1000),
    'other key': await forged({}, 'other-other-other-other-other-other'),
    'other audience': await forged({aud: 'silver'}),
    'above its key': await forged({roles: ['moderator']}),
    'other page': await forged({origins: ['https://www.shop.example']}),
  };
}
