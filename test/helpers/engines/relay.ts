// Stands between pages and Janus: delays all that passes, and can break it. Media passes, too: the relay writes its own
// ports into Janus's candidates, and hides those of the page.
import {createSocket, type Socket} from 'node:dgram';
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {WebSocket, WebSocketServer} from 'ws';
import {ADDRESS} from './namespace.js';

export interface Relay {
  /** Where pages connect to. */
  url: string;
  /** Lets nothing pass, and closes the sockets. */
  cut(): void;
  /** Lets everything pass again. */
  mend(): void;
  /** Lets no media pass, and leaves the sockets alone. */
  muffle(): void;
  close(): Promise<void>;
}

/** @param delay - How long everything takes to pass, in ms, there and back together. */
export async function relay(janus: string, delay = 0): Promise<Relay> {
  const server = new WebSocketServer({host: '127.0.0.1', port: 0, handleProtocols: () => 'janus-protocol'});
  await once(server, 'listening');
  const ports = new Map<number, Promise<number>>();
  const sockets = new Set<Socket>();
  let isCut = false;
  let isMuffled = false;
  const later = (pass: () => void) => void setTimeout(pass, delay / 2);

  /** A port of ours for one of Janus's. */
  async function portFor(janusPort: number): Promise<number> {
    const front = await bound();
    const backs = new Map<string, Socket>();
    front.on('message', (data, {address, port}) => {
      const key = `${address}:${port}`;
      const back = backs.get(key) ?? createSocket('udp4');
      if (!backs.has(key)) {
        sockets.add(back);
        backs.set(key, back);
        back.on('message', answer => later(() => !isCut && !isMuffled && send(front, answer, port, address)));
      }
      later(() => !isCut && !isMuffled && send(back, data, janusPort, ADDRESS));
    });
    return front.address().port;
  }
  async function bound(): Promise<Socket> {
    const socket = createSocket('udp4').bind(0, ADDRESS);
    sockets.add(socket);
    await once(socket, 'listening');
    return socket;
  }
  const send = (socket: Socket, data: Buffer, port: number, address: string) => {
    if (sockets.has(socket)) socket.send(data, port, address);
  };

  const CANDIDATE = new RegExp(`(${ADDRESS.replaceAll('.', '\\.')}) (\\d+) typ host`, 'g');
  /** What Janus says, with our ports. */
  async function throughUs(text: string): Promise<string> {
    for (const [, , port] of text.matchAll(CANDIDATE)) {
      const at = Number(port);
      if (!ports.has(at)) ports.set(at, portFor(at));
      await ports.get(at);
    }
    const known = new Map(
      await Promise.all([...ports].map(async ([from, to]) => [String(from), String(await to)] as const)),
    );
    return text.replaceAll(CANDIDATE, (_, address, port) => `${address} ${known.get(port as string)} typ host`);
  }

  server.on('connection', page => {
    if (isCut) return page.terminate();
    const upstream = new WebSocket(janus, 'janus-protocol');
    const early: string[] = [];
    page.on('message', data => {
      const text = (data as Buffer).toString();
      if (text.includes('"trickle"') && !text.includes('"completed"')) return;
      const hidden = text.replaceAll(/a=candidate:.*?\\r\\n/g, '');
      later(() => {
        if (upstream.readyState === WebSocket.CONNECTING) early.push(hidden);
        else if (upstream.readyState === WebSocket.OPEN) upstream.send(hidden);
      });
    });
    upstream.on('open', () => early.forEach(text => upstream.send(text)));
    let order = Promise.resolve();
    upstream.on('message', data => {
      const changed = throughUs((data as Buffer).toString());
      later(() => (order = order.then(async () => page.send(await changed))));
    });
    page.on('close', () => upstream.terminate());
    upstream.on('close', () => page.terminate());
    upstream.on('error', () => page.terminate());
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    cut() {
      isCut = true;
      for (const page of server.clients) page.terminate();
    },
    muffle: () => void (isMuffled = true),
    mend() {
      isCut = false;
      isMuffled = false;
    },
    async close() {
      for (const page of server.clients) page.terminate();
      for (const socket of sockets) socket.close();
      sockets.clear();
      server.close();
    },
  };
}
