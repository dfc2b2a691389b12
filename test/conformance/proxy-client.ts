import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {connect as connectTcp} from 'node:net';
import {connect as connectTls} from 'node:tls';
import {objectIn, type Json} from './client.js';
import {proxy} from './proxy-target.js';

/** How long to wait for an answer, in ms. Far longer than any server needs, because test machines stall. */
const PATIENCE = 30_000;

/** How often a request that got 429 is sent again. */
const RETRIES = 5;

export interface Answer {
  /** Method and path of the request, for messages. */
  asked: string;
  status: number;
  headers: Headers;
  text: string;
  /** The answer as a JSON object; undefined if it is not one. */
  body: Json | undefined;
}

export interface Asked {
  /** Who sends the request. @default 'visitor' */
  as?: 'visitor' | 'moderator' | 'manager' | 'nobody';
  /** Headers that replace those of the elements; undefined removes one. */
  headers?: Record<string, string | undefined>;
  /** Sent as JSON; a string or bytes are sent unchanged. */
  body?: unknown;
  /** Returns a 429 at once, instead of waiting as long as it says and trying again. */
  impatient?: boolean;
}

/** All answers in this run. */
export const answers: Answer[] = [];

let secrets: string[] = [];

/** Sends a request as the elements do, over a connection of its own, to a path below the mount or to a full URL. */
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

/** Sends bytes and reads one answer. Status 0 means that the connection closed without one. */
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
    // A server may close the connection while the request is still being sent.
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

/** Asks for a token as one click does, with an Idempotency-Key of its own. */
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

/** The body with which the elements ask for a token. */
export const wish = async () => ({name: 'Ann', role: (await proxy()).role});

/** The request and its answer in one line, without tokens and keys. */
function summary({asked, status, text}: Answer): string {
  if (!status) return `${asked} was not answered.`;
  const shown = secrets.reduce((all, secret) => all.replaceAll(secret, '<the key>'), text);
  const said = shown.replace(/(token"\s*:\s*")[^"]+/g, '$1…').slice(0, 200);
  return `${asked} was answered ${status}: ${said || 'nothing'}`;
}

/** Fails unless `so`, and says what is wrong, what to do, and which answer shows it. */
export function must(so: unknown, wrong: string, todo: string, answer?: Answer): asserts so {
  assert.ok(so, [wrong, todo, ...(answer ? [summary(answer)] : [])].join('\n  '));
}

/** Checks that an answer is a success, and returns its body. */
export function good(answer: Answer): Json {
  const {status, body} = answer;
  must(body, 'The answer is not a JSON object.', 'Print json_encode’d JSON and nothing before or after it.', answer);
  must(
    status === 200 && Number(body.result) === 0,
    'This should have succeeded.',
    'Answer 200 and {"result":0,…} if the visitor may do this. Or correct PROXY_HEADERS, PROXY_ROOM or PROXY_ROLE.',
    answer,
  );
  return body;
}

/** The token of a success. It must be a string: the elements accept nothing else. */
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

/** Checks that an answer is a refusal and gives nothing away. `todo` says how to refuse. */
export function refused(answer: Answer, todo: string) {
  const {status, body} = answer;
  const gave = ['token', 'participant_token', 'room', 'rooms', 'users'].find(key => body && key in body);
  must(!gave, `This should have been refused, and the answer has a member “${gave}”.`, todo, answer);
  must(
    status < 500,
    'This should have been refused, and the proxy failed.',
    'Catch it before it reaches your code.',
    answer,
  );
  must(status >= 400, 'This should have been refused with a status from 400 to 499.', todo, answer);
}

/** Checks that an answer is a refusal that the elements can read, and returns its code. */
export function refusal(answer: Answer, todo: string): string {
  refused(answer, todo);
  const {body} = answer;
  const form = 'Answer errors as JSON too: {"result":<a number but 0>,"error":"…","desc":"…","code":"…"}.';
  must(body, 'This refusal is not JSON.', form, answer);
  must(Number(body.result), 'This refusal has no result, or result 0.', form, answer);
  must(typeof body.error === 'string' && body.error, 'This refusal has no text in error.', form, answer);
  must(
    CODES.includes(String(body.code)),
    'This refusal has no code that the elements know, so the visitor reads the wrong words or none.',
    `Send a code: ${CODES.join(', ')}.`,
    answer,
  );
  return String(body.code);
}

/** The codes for which the elements have words. */
const CODES = [
  'invalid',
  'role_invalid',
  'unauthorized',
  'denied',
  'consent_missing',
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

/** The claims in a token: those of a JWT, or JSON in base64. Empty if the token is neither. */
export function claimsIn(token: string): Json {
  const [, claims] = token.split('.');
  return objectIn(Buffer.from(claims ?? token, 'base64').toString()) ?? {};
}
