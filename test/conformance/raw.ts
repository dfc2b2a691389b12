import assert from 'node:assert/strict';
import {connect as connectTcp} from 'node:net';
import {connect as connectTls} from 'node:tls';
import {basic, objectIn, PATIENCE, type Json, type Reply} from './client.js';
import {target} from './target.js';

/** Sends bytes and returns the first whole reply, and in how many pieces it came. A reply to HEAD has no body. */
export async function raw(text: string): Promise<Reply & {pieces: number}> {
  const {hostname, port, protocol} = new URL((await target()).url);
  const at = {host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80)};
  const socket = protocol === 'https:' ? connectTls({...at, servername: hostname}) : connectTcp(at);
  socket.setTimeout(PATIENCE, () => socket.destroy(new Error('No reply came.')));
  socket.write(text);
  let bytes = Buffer.alloc(0);
  let pieces = 0;
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      bytes = Buffer.concat([bytes, chunk]);
      pieces += 1;
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) continue;
      const [line, ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
      const headers = new Headers();
      for (const each of lines) headers.append(each.slice(0, each.indexOf(':')), each.slice(each.indexOf(':') + 1));
      const declared = Number(headers.get('content-length') ?? NaN);
      assert.ok(Number.isInteger(declared), `A reply without Content-Length: ${line}`);
      const length = text.startsWith('HEAD ') ? 0 : declared;
      const body = bytes.subarray(end + 4);
      if (body.length < length) continue;
      assert.equal(body.length, length, `More than one reply: ${bytes.toString('latin1').slice(0, 500)}`);
      const answer = body.subarray(0, length).toString();
      return {status: Number(line!.split(' ')[1]), headers, text: answer, body: objectIn(answer) ?? {}, pieces};
    }
  } finally {
    socket.destroy();
  }
  throw new Error(`Hung up without a whole reply: ${bytes.toString('latin1').slice(0, 200)}`);
}

/** A request with credentials as raw text, to a path below the base URL or to a full URL. `rest` follows the headers. */
export async function bytesOf(method: string, path: string, headers: Json = {}, rest = ''): Promise<string> {
  const {url, app} = await target();
  const {host, pathname} = new URL(path.startsWith('/') ? url + path : path);
  const all = Object.entries({Host: host, Authorization: basic(app), ...headers});
  return `${method} ${pathname} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${String(value)}\r\n`).join('')}\r\n${rest}`;
}
