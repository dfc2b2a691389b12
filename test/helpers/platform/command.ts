import {once} from 'node:events';
import type {TestContext} from 'node:test';
import {WebSocket} from 'ws';
import {basicAuth} from '../../../src/http/client.js';
import {command} from '../proxy/command.js';
import {freshPlace} from './place.js';
import {Client, ROOM, type Json} from './start.js';

export const APP = {APP_ID: 'shop', APP_KEY: 'CANARY-KEY-0123456789'};
export const AUTHORIZED = {authorization: basicAuth(APP.APP_ID, APP.APP_KEY), 'content-type': 'application/json'};

/** Starts `greenroom platform` in a process of its own, and waits until it takes requests. */
export async function start(t: TestContext, place: string, args: string[] = [], env: Record<string, string> = APP) {
  const process = command(t, ['platform', '--port', '0', '--database', place, '--drain', '0', ...args], env);
  const [, origin] = await process.until(/platform is at (http:\S+:\d+)\/video\/v2\n[^]*Try it/);
  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${origin}${path}`, {method, headers: AUTHORIZED, body: JSON.stringify(body)});
    return {status: response.status, body: (await response.json()) as Record<string, unknown>};
  };
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
    process.child.kill(signal);
    return process.ended;
  };
  return {...process, origin: origin!, port: Number(new URL(origin!).port), call, stop};
}

export type Running = Awaited<ReturnType<typeof start>>;
type Told = Json & {you: Json; resume: string; users: Json[]};

/** Starts platforms on one place, which is deleted when all have ended. */
export async function deploying(t: TestContext) {
  const running: Running[] = [];
  const place = await freshPlace(t, () => Promise.all(running.map(each => each.stop('SIGKILL'))));
  return async (args: string[] = [], env: Record<string, string> = {}) => {
    const platform = await start(t, place, args, {...APP, ...env});
    running.push(platform);
    return platform;
  };
}

/** Connects to a platform's sessions and says one thing: the client, and the first answer. */
export async function said({origin}: Running, message: object): Promise<[Client, Told]> {
  const socket = new WebSocket(`${origin}/video/v2/session`);
  const client = new Client(socket);
  await once(socket, 'open');
  client.send(message);
  return [client, (await client.next()) as Told];
}

/** The id of a new room. */
export async function makeRoom({call}: Running, settings: Json) {
  const {body} = await call('POST', '/v2/rooms', {...ROOM, settings});
  return (body.room as {room_id: string}).room_id;
}

/** Makes a token, and joins with it. */
export async function joined(platform: Running, room: string, role: string) {
  const {body} = await platform.call('POST', `/v2/rooms/${room}/tokens`, {name: 'Ann', role, user_ref: 'u'});
  return said(platform, {type: 'join', token: body.token});
}
