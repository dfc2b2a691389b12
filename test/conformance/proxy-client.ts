import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {connect as connectTcp} from 'node:net';
import {connect as connectTls} from 'node:tls';
import type {Json} from './client.js';
import {proxy} from './proxy-target.js';

/** How long an answer may take, in ms; far more than any server needs, since machines stall. */
const PATIENCE = 30_000;

/** Most times that one request waits until the proxy takes it again, when its limits are low. */
const RETRIES = 5;

export interface Answer {
  /** What was asked, for who reads about it. */
  asked: string;
  status: number;
  headers: Headers;
  text: string;
  /** The answer as JSON; undefined when it is no JSON object. */
  body: Json | undefined;
}

export interface Asked {
  /** Who asks; the visitor unless told. */
  as?: 'visitor' | 'moderator' | 'manager' | 'nobody';
  /** In the place of those the elements send; undefined leaves one out. */
  headers?: Record<string, string | undefined>;
  /** JSON, or text and bytes as they are. */
  body?: unknown;
  /** Takes 429 for an answer, instead of waiting as long as it says. */
  impatient?: boolean;
}

/** All that was answered in this run. */
export const answers: Answer[] = [];

let secrets: string[] = [];

/** A request as the elements send it, to a path below the mount or a whole target, as bytes on a connection of its own. */
export async function ask(method: string, path: string, asked: Asked = {}): Promise<Answer> {
  const {url, origin, ...people} = await proxy();
  secrets = people.secrets;
  const {host, pathname} = new URL(url);
  const {as = 'visitor', body, impatient} = asked;
  const json = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const bytes = Buffer.from(json ?? '');
  const headers: Asked['headers'] = {
    host,
    connection: 'close',
    origin,
    'x-rooms-client': 'greenroom',
    ...(as !== 'nobody' && people[as]),
    ...(json !== undefined && {'content-type': 'application/json'}),
    ...((json !== undefined || !/^(GET|HEAD|OPTIONS)$/.test(method)) && {'content-length': String(bytes.length)}),
    ...asked.headers,
  };
  const lines = Object.entries(headers).filter(([, value]) => value !== undefined);
  const at = /^[a-z]+:/.test(path) ? path : `${pathname.replace(/\/$/, '')}${path}`;
  const head = `${method} ${at} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  for (let tries = 0; ; tries++) {
    const answer = await exchange(url, Buffer.concat([Buffer.from(head, 'latin1'), bytes]), `${method} ${path}`);
    answers.push(answer);
    if (answer.status !== 429 || impatient || tries === RETRIES) return answer;
    const seconds = Math.min(Number(answer.headers.get('retry-after')) || 1, 61);
    await new Promise(resolve => setTimeout(resolve, seconds * 1000));
  }
}

/** Sends bytes and reads one answer, however its end is told. Status 0 is a connection that ended without one. */
async function exchange(url: string, sent: Buffer, asked: string): Promise<Answer> {
  const {hostname, port, protocol} = new URL(url);
  const at = {host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'https:' ? 443 : 80)};
  const socket = protocol === 'https:' ? connectTls({...at, servername: hostname}) : connectTcp(at);
  const impatience = setTimeout(() => socket.destroy(new Error(`${asked}: no answer came.`)), PATIENCE);
  socket.write(sent);
  let bytes = Buffer.alloc(0);
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      bytes = Buffer.concat([bytes, chunk]);
      const answer = answerIn(bytes, asked);
      if (answer) return answer;
    }
  } catch (error) {
    // A server may hang up on what is still being sent.
    if (!/ECONNRESET|EPIPE/.test(String((error as {code?: string}).code))) throw error;
  } finally {
    clearTimeout(impatience);
    socket.destroy();
  }
  return answerIn(bytes, asked, true) ?? {asked, status: 0, headers: new Headers(), text: '', body: undefined};
}

function answerIn(bytes: Buffer, asked: string, ended = false): Answer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [line = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = Number(line.split(' ')[1]);
  if (status === 100) return answerIn(bytes.subarray(end + 4), asked, ended);
  const headers = new Headers();
  for (const each of lines) headers.append(each.slice(0, each.indexOf(':')), each.slice(each.indexOf(':') + 1));
  const rest = bytes.subarray(end + 4);
  const length = headers.get('content-length');
  const whole = /chunked/i.test(headers.get('transfer-encoding') ?? '')
    ? unchunked(rest)
    : length !== null && rest.length >= Number(length)
      ? rest.subarray(0, Number(length))
      : undefined;
  const bodiless = status === 204 || status === 304;
  const body = bodiless ? Buffer.alloc(0) : (whole ?? (ended ? rest : undefined));
  return body && {asked, status, headers, text: body.toString(), body: objectIn(body.toString())};
}

function unchunked(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const end = bytes.indexOf('\r\n', at);
    const length = end < 0 ? NaN : parseInt(bytes.subarray(at, end).toString('latin1'), 16);
    if (length === 0) return Buffer.concat(parts);
    if (!(bytes.length >= end + 4 + length)) return undefined;
    parts.push(bytes.subarray(end + 2, end + 2 + length));
    at = end + 4 + length;
  }
}

function objectIn(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** Asks for a token, as one gesture of a person does. */
export async function askToken(
  body: unknown = {},
  {path, headers, ...more}: Asked & {path?: string} = {},
): Promise<Answer> {
  const {room} = await proxy();
  return ask('POST', path ?? `/rooms/${room}/tokens`, {
    body: typeof body === 'string' ? body : {...(await wish()), ...(body as Json)},
    headers: {'idempotency-key': randomUUID(), ...headers},
    ...more,
  });
}

/** What the elements ask for a token with. */
export const wish = async () => ({name: 'Ann', role: (await proxy()).role});

/** What was asked and what came, short enough to read, and nothing in it that opens a door. */
export function told({asked, status, text}: Answer): string {
  if (!status) return `${asked} was not answered.`;
  const shown = secrets.reduce((all, secret) => all.replaceAll(secret, '<the key>'), text);
  const said = shown.replace(/(token"\s*:\s*")[^"]+/g, '$1…').slice(0, 200);
  return `${asked} was answered ${status}: ${said || 'nothing'}`;
}

/** Fails with what is wrong, what to do about it, and the answer that shows it. */
export function must(so: unknown, wrong: string, todo: string, answer?: Answer): asserts so {
  assert.ok(so, [wrong, todo, ...(answer ? [told(answer)] : [])].join('\n  '));
}

/** A success and its members. */
export function good(answer: Answer): Json {
  const {status, body} = answer;
  must(body, 'The answer is not a JSON object.', 'Print json_encode’d JSON and nothing before or after it.', answer);
  must(
    status === 200 && Number(body.result) === 0,
    'This should have succeeded.',
    'Answer 200 and {"result":0,…} to what the visitor may do; check PROXY_HEADERS, PROXY_ROOM and PROXY_ROLE.',
    answer,
  );
  return body;
}

/** The token of a success; text, since the elements hand on nothing else. */
export function tokenOf(answer: Answer): string {
  const {token} = good(answer);
  must(
    typeof token === 'string' && token,
    'There is no token in the answer.',
    'Answer {"result":0,"token":"…"}.',
    answer,
  );
  return token;
}

/** A refusal, whatever its words, which hands out nothing. `todo` says what to do where there is none. */
export function refused(answer: Answer, todo: string) {
  const {status, body} = answer;
  const gave = ['token', 'participant_token', 'room', 'rooms', 'users'].find(key => body && key in body);
  must(!gave, `This should have been refused, and the answer has a member “${gave}”.`, todo, answer);
  must(
    status < 500,
    'This should have been refused, and broke the proxy.',
    'Catch it before it reaches your code.',
    answer,
  );
  must(status >= 400, 'This should have been refused with a status from 400 to 499.', todo, answer);
}

/** The same as the elements can read it; answers its code. */
export function refusal(answer: Answer, todo: string): string {
  refused(answer, todo);
  const {body} = answer;
  const form = 'Answer errors as JSON too: {"result":<a number but 0>,"error":"…","desc":"…","code":"…"}.';
  must(body, 'This refusal is not JSON.', form, answer);
  must(Number(body.result), 'This refusal has no result, or result 0.', form, answer);
  must(typeof body.error === 'string' && body.error, 'This refusal has no sentence in error.', form, answer);
  must(
    CODES.includes(String(body.code)),
    'This refusal has no code that the elements know, so the visitor reads the wrong words or none.',
    `Send a code: ${CODES.join(', ')}.`,
    answer,
  );
  return String(body.code);
}

/** What the elements have words for. */
const CODES = [
  'invalid',
  'role_invalid',
  'unauthorized',
  'denied',
  'not_found',
  'room_active',
  'not_editable',
  'too_late',
  'room_full',
  'not_open_yet',
  'over',
  'rate_limited',
  'aborted',
  'internal',
  'misconfigured',
  'bad_reply',
  'platform_down',
  'offline',
  'timeout',
];

/** What a token says itself, where it can be read: of a JWT its claims, else base64 of JSON. Empty where it cannot. */
export function claimsIn(token: string): Json {
  const [, claims] = token.split('.');
  return objectIn(Buffer.from(claims ?? token, 'base64').toString()) ?? {};
}
