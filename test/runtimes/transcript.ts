import {readFileSync} from 'node:fs';
import {request as send} from 'node:http';
import type {World} from './world.js';

/** One request and its answer. `{name}` in a path, a header or a body stands for the value of that name in the world. */
export interface Step {
  title: string;
  request: {method: string; path: string; headers: Record<string, string>; body?: unknown};
  answer: {status: number; headers: Record<string, string>; body?: unknown};
}

/** The sixty requests. Their order matters: each finds what the ones before it changed. */
export const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as Step[];

/** A proxy that takes requests. A host, such as Cloudflare, would add `headers` to each of them. */
export interface Running {
  url: string;
  headers?: Record<string, string>;
}

/** Sends every request again, and returns the transcript of the answers. */
export async function play(steps: Step[], {names}: World, {url, headers: around}: Running): Promise<Step[]> {
  const known = new Map(Object.entries(names).map(([name, value]) => [value, `{${name}}`]));
  const counts: Record<string, number> = {};
  /** Names a value that is new each time. The same value gets the same name, so that a repeated one shows. */
  const named = (kind: string, value: string) => {
    if (!known.has(value)) known.set(value, `${kind}-${(counts[kind] = (counts[kind] ?? 0) + 1)}`);
    return known.get(value)!;
  };
  const filled = (text: string) => text.replace(/\{([a-zA-Z0-9 ]+)\}/g, (whole, name: string) => names[name] ?? whole);
  const played: Step[] = [];
  for (const {title, request} of steps) {
    const {method, path, headers, body} = request;
    const sent = Object.entries({...headers, ...around}).map(([name, value]) => [name, filled(value)]);
    const text = body === undefined ? undefined : filled(typeof body === 'string' ? body : JSON.stringify(body));
    const answer = await ask(url, method, filled(path), Object.fromEntries(sent) as Record<string, string>, text);
    if (answer.headers.etag) names.etag = answer.headers.etag;
    played.push({title, request, answer: normalised(answer, named)});
  }
  return played;
}

interface Raw {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** Sends a path as it is: `fetch` would resolve `..` first. */
function ask(base: string, method: string, path: string, headers: Record<string, string>, body?: string): Promise<Raw> {
  const {hostname, port} = new URL(base);
  return new Promise((resolve, reject) => {
    const outgoing = send({hostname, port, method, path, headers, agent: false}, incoming => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', piece => (text += piece));
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({status: incoming.statusCode!, headers: incoming.headers as Record<string, string>, text});
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Headers that belong to the connection or to the server, not to the proxy. */
const NOT_OURS = ['connection', 'keep-alive', 'date', 'content-length', 'transfer-encoding', 'x-powered-by'];

function normalised({status, headers, text}: Raw, named: (kind: string, value: string) => string): Step['answer'] {
  const shown: Record<string, string> = {};
  for (const name of Object.keys(headers).sort()) {
    if (!NOT_OURS.includes(name)) shown[name] = headers[name]!;
  }
  if (shown.etag) shown.etag = named('ETAG', shown.etag);
  const id = shown['x-request-id'];
  if (id) shown['x-request-id'] = 'ID';
  if (text === '') return {status, headers: shown};
  const body: unknown = JSON.parse(text, function (key, value: unknown) {
    if (typeof value !== 'string') return value;
    if (key === 'request_id') return value === id ? 'ID' : `${value} is not ${id}`;
    if (key === 'room_id') return named('ROOM', value);
    if (key === 'token' || key === 'participant_token') return named('TOKEN', value);
    if (key === 'server_now') return isTime(value) ? 'TIME' : value;
    return value.replace(/^guest_[0-9a-f-]{36}$/, 'guest_ID');
  });
  return {status, headers: shown, body};
}

const isTime = (text: string) => new Date(text).toISOString() === text;
