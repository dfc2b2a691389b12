import type {JanusAdmin, JanusGuest} from './janus-admin.js';
import {personIn, type JanusPeople, type JanusPerson} from './janus-people.js';

/** An event of Janus's VideoRoom. */
export interface JanusEvent {
  /** What happened, such as `joined`. */
  event: string;
  room?: string | undefined;
  id?: string | undefined;
  display?: string | undefined;
  token?: string | undefined;
}

/** Where Janus sends its events. */
export interface JanusEvents {
  /** Whether Janus is connected. */
  readonly connected: boolean;
  /** Begins to listen. */
  start(listener: JanusListener): Promise<void>;
  stop(): Promise<void>;
}

export interface JanusListener {
  /** Called with each event. */
  heard: (event: JanusEvent) => Promise<void>;
  /** Called when Janus has connected: what happened before is not known. */
  connected: () => Promise<void>;
  /** Called with what goes wrong. */
  report: (error: unknown) => void;
}

interface Guard {
  people: JanusPeople;
  admin: JanusAdmin;
  /** How long a token can be used, in seconds. */
  lifetime: number;
  /** Returns the time in epoch seconds. */
  now: () => number;
}

/** How late an event may come, in seconds. */
const LATE = 10;

const maySend = (person?: JanusPerson) => person?.role === 'participant';

/** Holds people to their tokens by what Janus tells: each is for one visit, under one name, and no viewer sends. */
export function janusGuard({people, admin, lifetime, now}: Guard): Pick<JanusListener, 'heard' | 'connected'> {
  /** Tokens that were used, and until when that is remembered. */
  const used = new Map<string, number>();

  async function joined(room: string, id: string, {display = '', token = ''}: JanusEvent) {
    // Before anything is awaited, so that the second of two events finds it.
    const isFirst = !used.has(token);
    used.set(token, now() + lifetime + LATE);
    for (const [each, until] of used) if (until < now()) used.delete(each);
    const person = await people.personAt(room, id, display);
    const isTheirs = person && person.exp + LATE > now() && token === (await people.tokenOf(room, id, person.exp));
    await Promise.all([isFirst && isTheirs ? undefined : admin.kick(room, id), admin.forget(room, [token])]);
  }

  async function found(room: string, {id, display = '', publisher}: JanusGuest) {
    const person = await people.personAt(room, id, display);
    if (!person || (publisher && !maySend(person))) await admin.kick(room, id);
    if (person) await admin.forget(room, [await people.tokenOf(room, id, person.exp)]);
  }

  return {
    async heard(event) {
      const {room = '', id = ''} = event;
      if (!['joined', 'published'].includes(event.event) || !(await people.isOurs(room))) return;
      if (event.event === 'joined') await joined(room, id, event);
      else if (!maySend(personIn(id))) await admin.kick(room, id);
    },
    async connected() {
      for (const {room, num_participants} of await admin.list()) {
        if (num_participants === 0 || !(await people.isOurs(room))) continue;
        for (const guest of await admin.guests(room)) await found(room, guest);
      }
    },
  };
}
