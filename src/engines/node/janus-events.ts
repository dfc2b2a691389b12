import {timingSafeEqual} from 'node:crypto';
import {once} from 'node:events';
import {literal, optional, string, type, type Infer} from 'superstruct';
import {WebSocketServer, type WebSocket} from 'ws';
import {bareHost, isLoopback} from '../../http/host.js';
import {RoomsError} from '../../rooms/errors.js';
import type {JanusEvents, JanusListener} from '../janus-guard.js';

/** Fewest characters of the path, if others on the network can reach the address. */
const SECRET = 32;
/** How often Janus must show that it is there, in ms. */
const BEAT = 10_000;

const OfRoom = type({
  type: literal(64),
  event: type({
    plugin: literal('janus.plugin.videoroom'),
    data: type({
      event: string(),
      room: optional(string()),
      id: optional(string()),
      display: optional(string()),
      token: optional(string()),
    }),
  }),
});
type OfRoom = Infer<typeof OfRoom>;

/**
 * Listens to the events of a Janus, which its handler `wsevh` sends over a WebSocket.
 *
 * @param address - The `backend` in `janus.eventhandler.wsevh.jcfg`. Unless it is on this machine, it ends with a path
 *   of at least 32 characters that nobody can guess.
 * @throws RoomsError `misconfigured` for an address that is none, or that others could use.
 * @example
 * const events = janusEvents('ws://127.0.0.1:8190/');
 */
export function janusEvents(address: string): JanusEvents {
  const {host, port, path} = checkAddress(address);
  const connections = new Set<WebSocket>();
  let server: WebSocketServer | undefined;

  function accept(socket: WebSocket, {heard, connected, report}: JanusListener) {
    connections.add(socket);
    let isAlive = true;
    const beats = setInterval(() => {
      if (!isAlive) return socket.terminate();
      isAlive = false;
      socket.ping();
    }, BEAT);
    socket.on('pong', () => (isAlive = true));
    socket.on('error', report);
    socket.on('close', () => {
      clearInterval(beats);
      connections.delete(socket);
    });
    socket.on('message', data => {
      try {
        for (const {event} of eventsIn((data as Buffer).toString())) heard(event.data).catch(report);
      } catch (error) {
        report(error);
      }
    });
    connected().catch(report);
  }

  return {
    get connected() {
      return connections.size > 0;
    },
    async start(listener) {
      server = new WebSocketServer({
        host,
        port,
        maxPayload: 1_000_000,
        handleProtocols: protocols => [...protocols][0] ?? false,
        verifyClient: ({req}: {req: {url?: string}}) => isSame(req.url ?? '', path),
      });
      server.on('connection', socket => accept(socket, listener));
      try {
        await once(server, 'listening');
      } catch (error) {
        const {code} = error as NodeJS.ErrnoException;
        const sentence = `The address for Janus's events cannot be listened on (${code}).`;
        throw new RoomsError('misconfigured', sentence, {key: 'events'});
      }
      server.on('error', listener.report);
    },
    async stop() {
      for (const socket of connections) socket.terminate();
      if (!server) return;
      server.close();
      await once(server, 'close');
    },
  };
}

/** The events of the VideoRoom in a message, which holds one event or several, also of other plugins. */
function eventsIn(text: string): OfRoom[] {
  let sent: unknown;
  try {
    sent = JSON.parse(text);
  } catch {
    sent = undefined;
  }
  if (typeof sent !== 'object' || sent === null) {
    throw new RoomsError('bad_reply', 'It sent something that is not an event of Janus.');
  }
  return [sent].flat().filter(each => OfRoom.is(each)) as OfRoom[];
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function checkAddress(address: string) {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const wrong = (sentence: string) => new RoomsError('misconfigured', sentence, {key: 'events'});
  if (url?.protocol !== 'ws:' || !url.port || url.username || url.password || url.search) {
    throw wrong("The address for Janus's events must be like ws://127.0.0.1:8190/.");
  }
  if (!isLoopback(url.hostname) && url.pathname.length <= SECRET) {
    throw wrong(
      `Unless Janus is on this machine, the address for its events ends with a path of ${SECRET} characters.`,
    );
  }
  return {host: bareHost(url.hostname), port: Number(url.port), path: url.pathname};
}
