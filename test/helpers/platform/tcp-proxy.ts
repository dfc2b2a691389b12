import {once} from 'node:events';
import {connect, createServer, type AddressInfo, type Socket} from 'node:net';

interface Wire {
  client: Socket;
  server: Socket;
  /** The beginning of what the client has sent, as text. */
  sent: string;
  /** Whether nothing passes any more, in either direction. */
  swallowed: boolean;
  /** Whether what the server says no longer reaches the client. */
  deaf: boolean;
}

/** How much of what a client sends is kept. A connection says early what it is for. */
const KEPT = 64 * 1024;

/** Whether this text is the first of those that are waited for. Then that is waited for no more. */
function isNext(awaited: RegExp[], text: string): boolean {
  if (!awaited[0]?.test(text)) return false;
  awaited.shift();
  return true;
}

/** A TCP proxy in front of a server, which can break what passes through it. It ends with `t`. */
export async function tcpProxy(t: {after(end: () => void): void}, target: {host: string; port: number}) {
  const wires = new Set<Wire>();
  let refusing = false;
  const unanswered: RegExp[] = [];
  const unsent: RegExp[] = [];
  const server = createServer(client => {
    if (refusing) return void client.destroy();
    const wire: Wire = {client, server: connect(target.port, target.host), sent: '', swallowed: false, deaf: false};
    wires.add(wire);
    client.on('data', (data: Buffer) => {
      const text = data.toString('latin1');
      if (wire.sent.length < KEPT) wire.sent += text;
      wire.deaf ||= isNext(unanswered, text);
      wire.swallowed ||= isNext(unsent, text);
      if (!wire.swallowed) wire.server.write(data);
    });
    wire.server.on('data', (data: Buffer) => {
      if (!wire.swallowed && !wire.deaf) client.write(data);
    });
    for (const [end, other] of [
      [client, wire.server],
      [wire.server, client],
    ] as const) {
      end
        .on('error', () => {})
        .on('close', () => {
          wires.delete(wire);
          // A swallowed connection tells nobody that it has ended.
          if (!wire.swallowed || end === client) other.destroy();
        });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  const cutAll = () => wires.forEach(({client, server}) => [client, server].forEach(each => each.destroy()));
  t.after(() => {
    server.close();
    cutAll();
  });
  return {
    port,
    /** The ports that the server knows the connections of now by. */
    ports: () => [...wires].map(({server}) => server.localPort),
    /** Swallows what passes through the connections of now that match, without closing them. Returns how many these are. */
    swallow(which: (wire: Wire) => boolean = () => true): number {
      const found = [...wires].filter(which);
      for (const wire of found) wire.swallowed = true;
      return found.length;
    },
    /** Loses the answer to the next thing that any client sends that matches, and all later ones on the same connection. */
    loseAnswerTo: (...sent: RegExp[]) => void unanswered.push(...sent),
    /** Loses the next thing that any client sends that matches, and all that follows on the same connection. */
    lose: (...sent: RegExp[]) => void unsent.push(...sent),
    /** Cuts all connections, and takes no new ones until `mend`. */
    cut() {
      refusing = true;
      cutAll();
    },
    mend: () => void (refusing = false),
  };
}
