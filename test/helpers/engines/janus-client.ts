// A person at Janus, as its protocol has them, without a browser and without media.
import {once} from 'node:events';
import {setTimeout as pause} from 'node:timers/promises';
import {WebSocket} from 'ws';
import type {IssuedToken} from '../../../src/rooms/schema.js';

interface Message {
  janus: string;
  transaction?: string;
  error?: {code: number};
  data?: {id: number};
  plugindata?: {data: Plugin};
}
interface Plugin extends Record<string, unknown> {
  videoroom: string;
  error_code?: number;
}

/** What somebody says who does not say what their token says. */
export interface Lies {
  room?: string;
  id?: string;
  display?: string;
  pass?: string;
  token?: string;
}

/** A visit to a room: what Janus answered to the request to join, and what it told later. */
export interface Visit {
  /** The code of the refusal; undefined if it let them in. */
  refused: number | undefined;
  /** Everything that the VideoRoom told, in order. */
  told: Plugin[];
  /** Waits until Janus told that they were put out. */
  kicked(): Promise<void>;
  leave(): Promise<void>;
}

/** Joins a room by a token, as the client in a page does. */
export async function visit(issued: IssuedToken, display: string, lies: Lies = {}): Promise<Visit> {
  const {room, id, pass} = {...(issued.connection as Record<string, string>), ...lies};
  const socket = new WebSocket(issued.server_url!, 'janus-protocol');
  const waiting = new Map<string, (message: Message) => void>();
  const told: Plugin[] = [];
  socket.on('message', data => {
    const message = JSON.parse((data as Buffer).toString()) as Message;
    if (message.janus === 'ack') return;
    if (message.plugindata) told.push(message.plugindata.data);
    waiting.get(message.transaction!)?.(message);
  });
  await once(socket, 'open');
  const ask = (body: object) =>
    new Promise<Message>(resolve => {
      const transaction = crypto.randomUUID();
      waiting.set(transaction, resolve);
      socket.send(JSON.stringify({transaction, token: pass, ...body}));
    });
  let session_id: number | undefined;
  const leave = async () => {
    if (socket.readyState !== WebSocket.OPEN) return;
    // Else Janus keeps the seat for a while.
    if (session_id) await ask({janus: 'destroy', session_id});
    const closed = once(socket, 'close');
    socket.close();
    await closed;
  };
  const kicked = async () => {
    const deadline = Date.now() + 5_000;
    while (!told.some(each => each.kicked !== undefined || each.reason === 'kicked')) {
      if (Date.now() > deadline) throw new Error(`Nobody was put out: ${JSON.stringify(told)}`);
      await pause(10);
    }
  };
  const answer = async (): Promise<number | undefined> => {
    const session = await ask({janus: 'create'});
    if (session.error) return session.error.code;
    session_id = session.data!.id;
    const handle_id = (await ask({janus: 'attach', session_id, plugin: 'janus.plugin.videoroom'})).data!.id;
    const body = {request: 'join', ptype: 'publisher', room, id, display, token: issued.token, ...lies};
    const joined = await ask({janus: 'message', session_id, handle_id, body});
    return joined.error?.code ?? joined.plugindata!.data.error_code;
  };
  const refused = await answer();
  if (refused !== undefined) await leave();
  return {refused, told, kicked, leave};
}
