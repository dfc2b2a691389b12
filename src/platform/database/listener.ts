import {randomUUID} from 'node:crypto';
import type {Socket} from 'node:net';
import type {Client, Notification} from 'pg';
import {RoomsError} from '../../rooms/errors.js';
import type {LineListener} from './queries.js';

/** Most bytes of text in one notification. Postgres takes fewer than 8000, with the id and number that we add. */
const PIECE = 7000;

/** How long a listener that lost its connection waits before it connects again, in ms: first and longest wait. */
const RECONNECT = [100, 5000] as const;

interface Ears extends LineListener {
  hear: (text: string) => void;
}

/** Keeps one connection open that hears what is published. */
export class Listener {
  #connect: () => {client: Client; socket: Socket};
  #channel: string;
  #ears: Ears;
  #socket?: Socket;
  /** The texts of which only some pieces have arrived, by id. */
  #pieces = new Map<string, string>();
  /** What waits for a note of its own, by the note. */
  #echoes = new Map<string, () => void>();
  #closed = false;
  #reconnect?: ReturnType<typeof setTimeout>;

  constructor(connect: () => {client: Client; socket: Socket}, channel: string, ears: Ears) {
    this.#connect = connect;
    this.#channel = channel;
    this.#ears = ears;
  }

  async listen() {
    const {client, socket} = this.#connect();
    this.#socket = socket;
    client.on('notification', notification => this.#hear(notification));
    // An `error` event without a listener would end the process. The `end` event follows and is handled below.
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query(`listen ${this.#channel}`);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    client.on('end', () => {
      if (this.#closed) return;
      this.#ears.broken();
      this.#listenAgain(RECONNECT[0]);
    });
    if (this.#closed) socket.destroy();
  }

  /**
   * Has `notify` send a note to this connection, and waits for it. Silence is no health: a network may swallow a
   * connection and tell nobody. Rejects after `deadline` ms, and then makes the connection anew.
   */
  async echo(notify: (channel: string, note: string) => Promise<unknown>, deadline: number) {
    const socket = this.#socket;
    if (!socket?.readable) throw new RoomsError('offline', 'The connection that hears notifications is broken.');
    const note = randomUUID();
    let late: ReturnType<typeof setTimeout>;
    const heard = new Promise<boolean>(resolve => {
      this.#echoes.set(note, () => resolve(true));
      late = setTimeout(() => resolve(false), deadline);
    });
    try {
      await notify(this.#channel, note);
      if (await heard) return;
      // Its `end` event starts the next connection, unless it was replaced meanwhile.
      socket.destroy();
      throw new RoomsError('timeout', 'Postgres delivered no notification in time.');
    } finally {
      clearTimeout(late!);
      this.#echoes.delete(note);
    }
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#reconnect);
    this.#socket?.destroy();
  }

  #listenAgain(wait: number) {
    if (this.#closed) return;
    // The rest of these texts was missed.
    this.#pieces.clear();
    this.#reconnect = setTimeout(() => {
      this.listen().then(
        () => this.#ears.back(),
        () => this.#listenAgain(Math.min(wait * 2, RECONNECT[1])),
      );
    }, wait).unref();
  }

  #hear({payload = ''}: Notification) {
    this.#echoes.get(payload)?.();
    const [, id, place, piece] = /^(\S+) (\S+) (.*)$/s.exec(payload) ?? [];
    if (id === undefined) return; // Not ours: any client of the server may notify any channel.
    const text = (this.#pieces.get(id) ?? '') + piece!;
    if (place !== '.') return void this.#pieces.set(id, text);
    this.#pieces.delete(id);
    this.#ears.hear(text);
  }
}

/** The notes that carry a text. They must be sent in one statement, so that they arrive together or not at all. */
export function notesOf(text: string): string[] {
  const id = randomUUID();
  const pieces = cut(text);
  return pieces.map((piece, index) => `${id} ${index === pieces.length - 1 ? '.' : index} ${piece}`);
}

/** Cuts a text into pieces of at most `PIECE` bytes of UTF-8, never within a character. */
function cut(text: string): string[] {
  const bytes = Buffer.from(text);
  const pieces: string[] = [];
  let start = 0;
  do {
    let end = Math.min(start + PIECE, bytes.length);
    while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end--;
    pieces.push(bytes.toString('utf8', start, end));
    start = end;
  } while (start < bytes.length);
  return pieces;
}
