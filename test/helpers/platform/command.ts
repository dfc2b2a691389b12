import type {TestContext} from 'node:test';
import {basicAuth} from '../../../src/http/client.js';
import {command} from '../proxy/command.js';

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
