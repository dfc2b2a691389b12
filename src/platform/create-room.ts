import {readFile} from 'node:fs/promises';
import {parseArgs} from 'node:util';
import {basicAuth} from '../http/client.js';
import type {RoomDefinition} from '../rooms/definition.js';
import {RoomsError} from '../rooms/errors.js';
import {SETTINGS, type Setting} from '../rooms/settings.js';
import {webAddress} from '../rooms/web-address.js';
import {platformRooms} from '../upstream/upstream.js';
import type {Credentials} from './applications.js';
import {credentialsFile, credentialsIn} from './credentials.js';
import {misconfigured} from './misconfigured.js';

const DEFAULT_URL = 'http://127.0.0.1:4000/video/v2';

/** The settings that fit in an option. A room is scheduled when it has a time; objects are for a program. */
const ROWS = Object.entries(SETTINGS as Record<string, Setting>).filter(
  ([name, {kind}]) => kind !== 'object' && name !== 'scheduled',
);

/** The option of a setting. A switch that is on by default has one that turns it off. */
const optionOf = (name: string, row?: Setting) =>
  `${row?.kind === 'boolean' && row.default === true ? 'no-' : ''}${name.replaceAll('_', '-')}`;

const OPTIONS: Record<string, {type: 'string' | 'boolean'; short?: string}> = {
  name: {type: 'string'},
  owner: {type: 'string'},
  url: {type: 'string'},
  credentials: {type: 'string'},
  ...Object.fromEntries(
    ROWS.map(([name, row]) => [optionOf(name, row), {type: row.kind === 'boolean' ? 'boolean' : 'string'} as const]),
  ),
  help: {type: 'boolean', short: 'h'},
};

/** What a value looks like, by the kind of its setting. */
const SHOWN: Record<Setting['kind'], string> = {
  text: ' <text>',
  time: ' <time>',
  url: ' <url>',
  boolean: '',
  number: ' <number>',
  reference: ' <text>',
  word: '',
  object: '',
};
const usageOf = ([name, row]: [string, Setting]) =>
  `  --${optionOf(name, row)}${row.words ? ` <${row.words.join('|')}>` : SHOWN[row.kind]}`;

const HELP = `Usage: greenroom platform create-room --name <name> [options]

Makes a room on a platform that is running, and prints its id and the line for your page.

  --name <name>         The room's name, 1 to 200 characters
  --owner <reference>   Your own reference for its owner. Default: owner
  --scheduled-time <time>
                        When it starts, in UTC: "YYYY-MM-DD HH:MM:SS". Needs --duration. Without both the room is always
                        open
  --duration <number>   How long it lasts, in minutes
  --url <url>           Where the platform is. Default: PLATFORM_URL, else ${DEFAULT_URL}
  --credentials <file>  The file with id and key that greenroom platform has written. Default: APP_ID with APP_KEY or
                        APP_KEY_FILE, else the file beside the database: DATABASE_URL, else ./greenroom.db

Other settings, which GET /openapi.json of the platform explains:

${ROWS.filter(([name]) => !['scheduled_time', 'duration'].includes(name))
  .map(usageOf)
  .join('\n')}
`;

type Values = Record<string, string | boolean | undefined>;

/** `greenroom platform create-room`. Rejects with a `RoomsError` that says what was wrong with the options or the platform. */
export async function main(args: string[]): Promise<void> {
  const values = parseArgs({args, options: OPTIONS}).values as Values;
  if (values.help) return void process.stdout.write(HELP);
  const definition = readDefinition(values);
  const url = String(values.url || process.env.PLATFORM_URL || DEFAULT_URL);
  checkUrl(url);
  const {id, key} = await readCredentials(values.credentials as string | undefined, process.env);
  const rooms = platformRooms({endpoint: url, headers: {authorization: basicAuth(id, key)}});
  const room = await rooms.create(definition).catch((error: unknown) => {
    throw explained(error, url);
  });
  process.stdout.write(`The room has the id ${room.room_id}

Paste this into your page. The endpoint is the address of your token proxy:

  <join-button endpoint="/api" room-id="${room.room_id}"></join-button>

`);
}

function readDefinition(values: Values): RoomDefinition {
  const {name, owner = 'owner'} = values as Record<string, string | undefined>;
  if (!name?.trim()) throw misconfigured('--name is missing.', 'Give the room one, such as --name Lobby.');
  const settings: Record<string, unknown> = {};
  for (const [setting, row] of ROWS) {
    const value = values[optionOf(setting, row)];
    if (value === undefined) continue;
    settings[setting] = valueOf(value, row);
  }
  const [time, duration] = [settings.scheduled_time, settings.duration];
  if ((time === undefined) !== (duration === undefined)) {
    throw misconfigured('A room has --scheduled-time and --duration, or neither.', 'Give both for a scheduled room.');
  }
  if (time !== undefined && settings.adhoc) {
    throw misconfigured('A room is --adhoc or has a --scheduled-time, but not both.', 'Leave one of them out.');
  }
  return {name, owner_ref: owner, settings: {...settings, ...(time !== undefined && {scheduled: true})}};
}

function valueOf(value: string | boolean, {kind, default: usual}: Setting): unknown {
  if (kind === 'boolean') return usual !== true;
  // The platform says what is wrong with a text that is no number.
  return kind === 'number' && /^\d{1,15}$/.test(String(value)) ? Number(value) : value;
}

function checkUrl(url: string) {
  if (webAddress(url)) return;
  throw misconfigured(
    'The platform’s address is not an http(s) address without credentials.',
    `Give one such as --url ${DEFAULT_URL}.`,
  );
}

/** The file that was named, else the environment, else the file that the platform has written. */
async function readCredentials(file: string | undefined, env: NodeJS.ProcessEnv): Promise<Credentials> {
  const {APP_ID, APP_KEY, APP_KEY_FILE} = env;
  if (file) return kept(file);
  if (APP_ID && APP_KEY) return usable({id: APP_ID, key: APP_KEY});
  if (APP_KEY_FILE) {
    const text = (await read(APP_KEY_FILE)).trim();
    const found = credentialsIn(text);
    if (found && (!APP_ID || APP_ID === found.id)) return usable(found);
    if (found) throw misconfigured('APP_KEY_FILE has the key of another application.', 'Leave out APP_ID.');
    if (APP_ID && text) return usable({id: APP_ID, key: text});
  }
  if (APP_ID || APP_KEY || APP_KEY_FILE) {
    throw misconfigured('An application has an id and a key.', 'Set both APP_ID and APP_KEY or APP_KEY_FILE.');
  }
  return kept(credentialsFile(env.DATABASE_URL || 'greenroom.db'));
}

async function kept(file: string): Promise<Credentials> {
  const found = credentialsIn(await read(file));
  if (found) return usable(found);
  throw misconfigured(`${file} does not hold an id and a key.`, 'Name the file that greenroom platform has written.');
}

/** The credentials, if a header can carry them. */
function usable(credentials: Credentials): Credentials {
  const {id, key} = credentials;
  if (/^[!-9;-~]+$/.test(id) && /^[!-~]+$/.test(key)) return credentials;
  throw misconfigured(
    'The id or the key is not plain text.',
    'Use printable ASCII, without spaces, and no colon in the id.',
  );
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const {code} = cause as NodeJS.ErrnoException;
    const message = code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read (${code}).`;
    const desc = 'Name the file that greenroom platform has written with --credentials, or set APP_ID and APP_KEY.';
    throw misconfigured(message, desc, cause);
  }
}

/** The error for whoever typed the command: in terms of its options. */
function explained(error: unknown, url: string): unknown {
  if (!(error instanceof RoomsError)) return error;
  const {code, message, desc, key} = error;
  const at = new URL(url);
  const place = at.origin + at.pathname;
  const wrong = (sentence: string, advice: string) => new RoomsError(code, sentence, {desc: advice, cause: error});
  switch (code) {
    case 'invalid':
      return key ? wrong(inOptions(key, desc || message), 'See greenroom platform create-room --help.') : error;
    case 'unauthorized':
    case 'denied':
      return wrong(
        `The platform at ${place} does not take this id and key.`,
        'Name the file that this platform has written with --credentials, or set APP_ID and APP_KEY.',
      );
    case 'offline':
      return wrong(`Nothing answers at ${place}.`, 'Start greenroom platform, or name another address with --url.');
    case 'timeout':
      return wrong(`The platform at ${place} does not answer in time.`, 'Try again, or look into its log.');
    case 'bad_reply':
    case 'misconfigured': // It knows no such path.
      return wrong(
        `What answers at ${place} is no platform.`,
        `Give its address with the path of the Rooms API, such as --url ${DEFAULT_URL}.`,
      );
    default:
      return wrong(`The platform at ${place} made no room: ${message.replace(/\.$/, '')}.`, desc);
  }
}

/** What the platform says of a key, with the options' names in place of the keys'. */
function inOptions(key: string, sentence: string): string {
  const named = sentence.replace(/\b(settings\.[a-z_]+|owner_ref)\b|^name\b/g, named => optionOfKey(named));
  return named.includes('--') ? named : `${optionOfKey(key)}: ${named}`;
}

function optionOfKey(key: string): string {
  const name = key.replace(/^settings\./, '');
  if (name === 'scheduled') return '--scheduled-time';
  return `--${name === 'owner_ref' ? 'owner' : optionOf(name, (SETTINGS as Record<string, Setting>)[name])}`;
}
