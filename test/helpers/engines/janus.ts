import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {janus, type JanusOptions} from '../../../src/engines/janus.js';
import {ADDRESS} from './namespace.js';

/** Where everything is in the test's own network. */
export const JANUS = {
  url: 'ws://127.0.0.1:8188/',
  adminUrl: 'http://127.0.0.1:7088/admin',
  adminSecret: 'canary-admin-secret',
  adminKey: 'canary-admin-key',
  tokenSecret: 'canary-token-secret',
  events: 'ws://127.0.0.1:8190/',
};

/** The same, as `greenroom proxy` reads it. */
export const JANUS_VARIABLES = {
  ENGINE: 'janus',
  JANUS_URL: JANUS.url,
  JANUS_ADMIN_URL: JANUS.adminUrl,
  JANUS_ADMIN_SECRET: JANUS.adminSecret,
  JANUS_ADMIN_KEY: JANUS.adminKey,
  JANUS_TOKEN_SECRET: JANUS.tokenSecret,
  JANUS_EVENTS: JANUS.events,
};

/** The port range of Janus's media. */
export const MEDIA = [20_000, 20_100] as const;

const plugins = 'audiobridge duktape echotest lua nosip recordplay sip streaming textroom videocall voicemail';
const off = (kind: string, names: string) =>
  names
    .split(' ')
    .map(name => `libjanus_${name}${kind}.so`)
    .join(',');

/** The configuration that the README asks for, and as little else as possible. */
const CONFIGURATION = {
  'janus.jcfg': `
    general: {
      admin_secret = "${JANUS.adminSecret}"
      token_auth = true
      token_auth_secret = "${JANUS.tokenSecret}"
      reclaim_session_timeout = 50
      interface = "${ADDRESS}"
      debug_level = 4
    }
    events: { broadcast = true disable = "${off('evh', 'sample mqtt gelf nanomsg rabbitmq')}" }
    media: { rtp_port_range = "${MEDIA.join('-')}" }
    plugins: { disable = "${off('', plugins)}" }
    transports: { disable = "${off('', 'mqtt nanomsg pfunix rabbitmq')}" }`,
  'janus.plugin.videoroom.jcfg': `general: { admin_key = "${JANUS.adminKey}" string_ids = true }`,
  'janus.transport.http.jcfg': `
    general: { http = false }
    admin: { admin_http = true admin_port = 7088 admin_ip = "127.0.0.1" admin_base_path = "/admin" }`,
  'janus.transport.websockets.jcfg': `general: { ws = true ws_port = 8188 ws_ip = "127.0.0.1" }`,
  'janus.eventhandler.wsevh.jcfg': `
    general: { enabled = true events = "plugins" backend = "${JANUS.events}" subprotocol = "janus-events" }`,
};

export interface JanusServer {
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends it, and removes its files. */
  end(): Promise<void>;
  /** Asks the VideoRoom through the Admin API, past our engine. */
  ask<T = Record<string, unknown>>(request: object): Promise<T>;
}

/** A real Janus, which `JANUS` names by path. */
export async function startJanus(): Promise<JanusServer> {
  const configuration = await mkdtemp(join(tmpdir(), 'janus-'));
  for (const [name, text] of Object.entries(CONFIGURATION)) await writeFile(join(configuration, name), text);
  let child: ChildProcess | undefined;
  let said = '';

  async function ask<T>(request: object): Promise<T> {
    const sent = {janus: 'message_plugin', transaction: 'test', plugin: 'janus.plugin.videoroom', request};
    const body = JSON.stringify({...sent, admin_secret: JANUS.adminSecret});
    const answer = await fetch(JANUS.adminUrl, {method: 'POST', body});
    return ((await answer.json()) as {response: T}).response;
  }
  async function start() {
    child = spawn(process.env.JANUS!, ['-F', configuration, '-C', join(configuration, 'janus.jcfg')]);
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', text => (said += text));
    const deadline = Date.now() + 20_000;
    while (!(await ask({request: 'list'}).catch(() => undefined))) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`Janus does not start: ${said}`);
      await pause(50);
    }
  }
  async function kill() {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    // Told to end nicely it may hang with a client connected.
    child.kill('SIGKILL');
    await ended;
  }
  async function end() {
    await kill();
    await rm(configuration, {recursive: true});
  }
  await start();
  return {start, kill, end, ask};
}

/** Our engine at that Janus, which answers at once who is inside. */
export const janusAt = (but: Partial<JanusOptions> = {}) => ({...janus({...JANUS, events: undefined, ...but}), lag: 0});
