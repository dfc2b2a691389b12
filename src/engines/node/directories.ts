import {readFile} from 'node:fs/promises';
import type {Directory} from '../../rooms/directory.js';
import {RoomsError} from '../../rooms/errors.js';
import {neverThrowing, type Log} from '../../upstream/upstream.js';
import {jsonDirectory, type ListedDefinition} from '../json-directory.js';

// Where the rooms of `greenroom proxy` with ENGINE are: in a file, or in a database.

/** Reads variables, and collects their errors. The command's own reader is one. */
export interface VariableReader {
  text: (variable: string) => string | undefined;
  /** The value of a variable that can be a file instead. */
  secret: (variable: string) => Promise<string | undefined>;
  /** `value` is one that is right. */
  wrong: (variable: string, sentence: string, value: string) => undefined;
}

/** A directory that is open. */
export type OpenDirectory = Directory & {close?: () => Promise<void>};

/** Rooms in databases. `cli.ts` brings them, because engines do not import the platform. */
export interface Databases {
  /** Opens the rooms of an application. */
  open(place: string, options: {application: string; log: (error: unknown) => void}): Promise<OpenDirectory>;
  /** Tries what `open` needs, and changes nothing. Says how far the tables are. */
  examine(place: string): Promise<'none' | 'older' | 'ready'>;
}

/** The result of an examination: a sentence, and whether the directory can be opened without a change to its tables. */
export interface Examined {
  subject: string;
  sentence: string;
  ready: boolean;
}

/** The directory that the environment names. */
export interface ReadDirectory {
  /** The directory, if it never changes: what is wrong with it is found at start. */
  fixed?: Directory;
  /** Rejects with `misconfigured` if it cannot be opened. */
  open(log: Log | undefined): Promise<OpenDirectory>;
  /** Tries what `open` needs, and changes nothing; rejects in the same way. Absent where there is nothing to try. */
  examine?(): Promise<Examined>;
}

/** What the help says of each variable. */
export const VARIABLES = {
  ROOMS_FILE:
    'File with the rooms of ENGINE, in JSON: [{"room_id": "lobby", "name": "Lobby", "settings": {"participants": 20}}]. A room with "engine" is at that one. This or DATABASE_URL is required.',
  DATABASE_URL:
    'Database with the rooms of ENGINE, which belong to APP_ID: an SQLite file, or postgres://user@host/name. Visitors with the right to manage make and change them.',
};

/** Reads ROOMS_FILE, or DATABASE_URL and APP_ID. Undefined if there was an error. */
export async function readDirectory(read: VariableReader, databases?: Databases): Promise<ReadDirectory | undefined> {
  const {text, secret, wrong} = read;
  const place = databases && (await secret('DATABASE_URL'));
  const path = text('ROOMS_FILE');
  if (place && path) return wrong('ROOMS_FILE', 'DATABASE_URL is set, too. Remove one of them.', '');
  if (place) return inDatabase(read, place, databases);
  if (!path) return wrong('ROOMS_FILE', 'ENGINE needs it, or DATABASE_URL: the rooms and their names.', 'rooms.json');
  try {
    const fixed = jsonDirectory(JSON.parse(await readFile(path, 'utf8')) as ListedDefinition[]);
    return {fixed, open: async () => fixed};
  } catch (error) {
    return wrong('ROOMS_FILE', sentenceOf(error), path);
  }
}

/** What is said of a database that is as it should be. */
const TABLES = {
  none: 'It can be used. It has no tables yet: the proxy makes them when it starts.',
  older: 'It can be used. Its tables are of an older release: the proxy adds what is missing when it starts.',
  ready: 'It can be used, and has its tables.',
};

function inDatabase({text, wrong}: VariableReader, place: string, databases: Databases): ReadDirectory | undefined {
  const application = text('APP_ID');
  if (!application) return wrong('APP_ID', 'DATABASE_URL needs it: the application whose rooms these are.', 'shop');
  return {
    async open(log) {
      const say = neverThrowing(log);
      try {
        return await databases.open(place, {
          application,
          // The error itself may quote what was stored.
          log: error => say({level: 'error', code: 'internal', message: `The database: ${ownSentence(error)}`}),
        });
      } catch (error) {
        throw withVariable(error);
      }
    },
    async examine() {
      try {
        const tables = await databases.examine(place);
        return {subject: 'DATABASE_URL', sentence: TABLES[tables], ready: tables === 'ready'};
      } catch (error) {
        throw withVariable(error);
      }
    },
  };
}

/** Names the variable that the operator has to change, in front of what is wrong with the database. */
function withVariable(error: unknown): unknown {
  if (!(error instanceof RoomsError)) return error;
  const {message, desc, cause} = error;
  const key = error.key === 'id' ? 'APP_ID' : 'DATABASE_URL';
  return new RoomsError('misconfigured', `${key}: ${message}`, {key, desc, cause});
}

const ownSentence = (error: unknown) => (error instanceof RoomsError ? error.message : 'It failed.');

/** Only our own sentences are shown: others may quote a file or a secret. */
export function sentenceOf(error: unknown): string {
  if (error instanceof RoomsError) return error.message;
  if (error instanceof SyntaxError) return 'The file is not JSON.';
  const {code} = error as NodeJS.ErrnoException;
  if (code) return `The file cannot be read (${code}).`;
  throw error;
}
