import type {Exchange} from '../../http/client.js';
import {lackingRole, type Enforces} from '../../rooms/enforces.js';
import type {Rooms} from '../../rooms/rooms.js';
import type {Role} from '../../rooms/schema.js';
import type {Log} from '../proxy.js';
import type {Reader, Variable} from './environment.js';

/** Rooms at video engines. Some listen to events between `start` and `stop`. */
export interface EngineRooms extends Rooms {
  enforces(): Enforces;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Asks whether the vendor of an engine is there, if no other operation asks it. */
  check(engine: string): Promise<void>;
}

/** The rooms at the engines that ENGINE names. */
export interface MakeRooms {
  /** What each engine enforces, by its name in ENGINE. */
  readonly enforces: Readonly<Record<string, Enforces>>;
  /** What to do besides taking a role away from people, if an engine does not enforce it. */
  hint: (engine: string, role: Role) => string | undefined;
  /** Opens the directory and makes the rooms. Rejects with `misconfigured` if that cannot be done. */
  open(options: {exchange?: Exchange; log?: Log}): Promise<EngineRooms>;
  /**
   * Tries what the directory needs, and changes nothing; rejects as `open` does. `ready` says whether `open` would change
   * nothing, either. Undefined if there is nothing to try.
   */
  examine(): Promise<{subject: string; sentence: string; ready: boolean} | undefined>;
}

/** The video engines of the command. `cli.ts` brings them, because the proxy imports no engine. */
export interface Engines {
  /** Their variables, and what the help says of each. */
  readonly VARIABLES: Readonly<Record<string, string>>;
  /** Variables that can be a file instead. */
  readonly SECRETS: readonly string[];
  /** The rooms that ENGINE names; undefined without ENGINE, and if there was an error. */
  readEngines: (read: {
    text: (variable: string) => string | undefined;
    secret: (variable: string) => Promise<string | undefined>;
    wrong: (variable: string, sentence: string, value: string) => undefined;
  }) => Promise<MakeRooms | undefined>;
}

/** Reads ENGINE and its variables. */
export async function readEngine(engines: Engines, {text, secret, wrong}: Reader): Promise<MakeRooms | undefined> {
  return engines.readEngines({
    text: variable => text(variable as Variable),
    secret: variable => secret(variable as 'APP_KEY'),
    wrong,
  });
}

/** Reports the roles that people may be given by this variable, but that an engine does not enforce. */
export function checkHeld(
  read: Reader,
  {enforces, hint}: MakeRooms,
  roles: readonly Role[],
  variable: Variable,
  /** The line without this role. */
  without: (role: Role) => string,
) {
  for (const [engine, each] of Object.entries(enforces)) {
    const role = lackingRole(each, roles);
    if (!role) continue;
    const other = hint(engine, role);
    const sentence = `${engine} cannot enforce the role ${role}: take it out of ${variable}${other ? `, or ${other}` : ''}.`;
    return read.wrong(variable, sentence, without(role));
  }
}
