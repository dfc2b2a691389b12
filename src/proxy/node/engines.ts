import type {Exchange} from '../../http/client.js';
import {checkRoles, type Enforces} from '../../rooms/enforces.js';
import {RoomsError} from '../../rooms/errors.js';
import type {Rooms} from '../../rooms/rooms.js';
import type {Role} from '../../rooms/schema.js';
import type {Log} from '../proxy.js';
import type {Reader, Variable} from './environment.js';

/** Rooms at video engines. Some listen to events between `start` and `stop`. */
export interface EngineRooms extends Rooms {
  enforces(): Enforces;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Makes rooms at video engines. */
export type MakeRooms = (options: {exchange?: Exchange; log?: Log}) => EngineRooms;

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

/** Reads ENGINE and its variables. Reports roles that the engine does not enforce. */
export async function readEngine(engines: Engines, {text, secret, wrong}: Reader): Promise<MakeRooms | undefined> {
  return engines.readEngines({
    text: variable => text(variable as Variable),
    secret: variable => secret(variable as 'APP_KEY'),
    wrong,
  });
}

/** Reports a role that people may be given by this variable, but that the engine does not enforce. */
export function checkHeld(read: Reader, engine: MakeRooms, roles: readonly Role[], variable: Variable, line: string) {
  try {
    checkRoles(engine({log: () => {}}).enforces(), roles, variable);
  } catch (error) {
    if (!(error instanceof RoomsError)) throw error;
    read.wrong(variable, error.message, line);
  }
}
