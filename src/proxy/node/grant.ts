import {randomBytes} from 'node:crypto';
import {readFile, stat, writeFile} from 'node:fs/promises';
import {parseArgs} from 'node:util';
import {decodeJwt, decodeProtectedHeader, type JWTPayload} from 'jose';
import {RoomsError} from '../../rooms/errors.js';
import type {Role} from '../../rooms/schema.js';
import {commaList, errorName, parseGrantKeys} from './environment.js';
import {
  beyond,
  checkGrants,
  grantReader,
  GrantRefused,
  issueGrant,
  type GrantFault,
  type GrantKey,
  type Grants,
} from '../visitor/visitor.js';

const HELP = `Usage: greenroom grant <key | issue | inspect>

Grants are signed permissions for pages without a sign-in. Make a key once, and give its file to the proxy as
GRANT_KEYS_FILE. The key decides the most that its grants may allow. Write lists with commas.

greenroom grant key --file grants.json --audience NAME --roles participant,viewer --rooms lobby --origins URL
  Makes a key, in a new file that only you can read.
    --audience   name of this proxy in its grants, such as its address
    --roles, --rooms, --origins, --can   the most that its grants may allow; rooms may be '*'
    --longest    longest lifetime of a grant; default: 30d
    --kid        name of the key; default: a random one

greenroom grant issue --key-file grants.json --rooms lobby --roles participant --expires 30d
  Prints a grant, and what to paste into the page.
    --origins    origins of the pages that may use it; default: all that the key allows
    --can        rights: manage, users; default: none
    --name, --user-ref   the person it is for; default: everybody who opens the page
    --expires    lifetime, such as 90m, 12h or 30d
    --kid        the key to sign with; default: the first
    --endpoint   address of the proxy, for the text to paste

greenroom grant inspect <grant> [--key-file grants.json] [--origin https://shop.example]
  Prints what a grant allows, and which claim is wrong and what it must be. The exit code is 1 if something is wrong.
    --origin     also checks whether pages of this origin may use it

Instead of --key-file, GREENROOM_GRANT_KEY may hold the text of the file.
`;

/** `greenroom grant`: makes keys, signs grants and explains them. A secret is neither an argument nor printed. */
export async function main([what = '--help', ...args]: string[]): Promise<void> {
  if (what === 'key') return makeKey(args);
  if (what === 'issue') return issue(args);
  if (what === 'inspect') return inspect(args);
  if (what === '--help' || what === '-h') return print(HELP.trimEnd());
  throw new RoomsError('invalid', 'Name a command: key, issue or inspect.', {desc: 'See `greenroom grant --help`.'});
}

const print = (text: string) => void process.stdout.write(`${text}\n`);
/** Prints for a person, apart from the output that a script reads. */
const printNote = (text: string) => void process.stderr.write(`${text}\n`);

const text = {type: 'string'} as const;

/** The value of an option that must be given. */
function requiredOption(name: string, value: string | undefined): string {
  if (value) return value;
  throw new RoomsError('invalid', `--${name} is missing.`, {key: name, desc: 'See `greenroom grant --help`.'});
}

const parseRooms = (value: string): '*' | string[] => (value === '*' ? value : commaList(value));
const parseRoles = (value: string) => commaList(value) as Role[];
const parseRights = (value?: string) => (value === undefined ? {} : {can: commaList(value) as ('manage' | 'users')[]});

const SECONDS: Record<string, number> = {m: 60, h: 3600, d: 86_400};

/** `90m`, `12h` or `30d`, in seconds. */
function parseLifetime(name: string, value: string): number {
  const [, count, unit = ''] = /^([1-9]\d{0,6})([mhd])$/.exec(value) ?? [];
  if (count) return Number(count) * SECONDS[unit]!;
  throw new RoomsError('invalid', `--${name} must be such as 90m, 12h or 30d.`, {key: name});
}

async function makeKey(args: string[]): Promise<void> {
  const {values} = parseArgs({
    args,
    options: {file: text, audience: text, roles: text, rooms: text, origins: text, can: text, longest: text, kid: text},
  });
  const file = requiredOption('file', values.file);
  const key: GrantKey = {
    kid: values.kid ?? randomBytes(6).toString('hex'),
    secret: randomBytes(32).toString('base64url'),
    roles: parseRoles(requiredOption('roles', values.roles)),
    rooms: parseRooms(requiredOption('rooms', values.rooms)),
    ...parseRights(values.can),
    origins: commaList(requiredOption('origins', values.origins)),
    maxLifetime: parseLifetime('longest', values.longest ?? '30d'),
  };
  const grants: Grants = {audience: requiredOption('audience', values.audience), keys: [key]};
  checkGrants(grants);
  try {
    await writeFile(file, `${JSON.stringify(grants, null, 2)}\n`, {flag: 'wx', mode: 0o600});
  } catch (error) {
    const code = errorName(error);
    const exists = 'The file exists already. Overwriting its key would make all its grants invalid.';
    throw new RoomsError('invalid', code === 'EEXIST' ? exists : `The file cannot be written (${code}).`, {
      key: 'file',
    });
  }
  print(`Made the key ${key.kid}. Give the proxy its file: GRANT_KEYS_FILE=${file}`);
}

/** The keys in a file or in the environment; undefined if neither is given. */
async function loadKeys(file: string | undefined): Promise<Grants | undefined> {
  const json = file === undefined ? process.env.GREENROOM_GRANT_KEY : await readKeyFile(file);
  return json ? parseGrantKeys(json) : undefined;
}

async function readKeyFile(file: string): Promise<string> {
  try {
    const {mode} = await stat(file);
    if (process.platform !== 'win32' && mode & 0o077) printNote(`Others can read ${file}: chmod 600 ${file}`);
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new RoomsError('misconfigured', `The key file cannot be read (${errorName(error)}).`, {key: 'key-file'});
  }
}

async function issue(args: string[]): Promise<void> {
  const options = {rooms: text, roles: text, origins: text, can: text, name: text, expires: text};
  const {values} = parseArgs({
    args,
    options: {...options, 'key-file': text, 'user-ref': text, kid: text, endpoint: text},
  });
  const grants = await loadKeys(values['key-file']);
  if (!grants) throw new RoomsError('invalid', 'Give --key-file, or set GREENROOM_GRANT_KEY.', {key: 'key-file'});
  const {kid, name} = values;
  const signer = grants.keys.find(key => (kid === undefined ? key.secret !== undefined : key.kid === kid));
  const rooms = parseRooms(requiredOption('rooms', values.rooms));
  const grant = await issueGrant(grants, {
    rooms,
    roles: parseRoles(requiredOption('roles', values.roles)),
    origins: values.origins === undefined ? (signer?.origins ?? []) : commaList(values.origins),
    ...parseRights(values.can),
    ...(name !== undefined && {name}),
    ...(values['user-ref'] !== undefined && {user_ref: values['user-ref']}),
    lifetime: parseLifetime('expires', requiredOption('expires', values.expires)),
    kid,
  });
  print(grant);
  printNote(`\nPaste this into the page:\n\n${snippet(grant, rooms, values.endpoint)}`);
}

/** The HTML to paste: a button for one room, else a picker and a button. */
function snippet(grant: string, rooms: '*' | string[], endpoint = 'https://YOUR-PROXY.example/api'): string {
  const at = `endpoint="${attribute(endpoint)}" grant="${grant}"`;
  const script = '<script src="greenroom.min.js" defer></script>';
  if (rooms !== '*' && rooms.length === 1) {
    return `${script}\n<join-button ${at} room-id="${rooms[0]}"></join-button>`;
  }
  return `${script}\n<room-picker id="rooms" ${at}></room-picker> <join-button for="rooms"></join-button>`;
}

const attribute = (value: string) => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

async function inspect(args: string[]): Promise<void> {
  const {values, positionals} = parseArgs({
    args,
    options: {'key-file': text, origin: text},
    allowPositionals: true,
  });
  const [grant] = positionals;
  const origin = values.origin === undefined ? undefined : parseOrigin(values.origin);
  if (!grant || positionals.length > 1) throw new RoomsError('invalid', 'Give one grant to inspect.');
  const grants = await loadKeys(values['key-file']);
  const found = decoded(grant);
  if (!found) return printProblems(['This is not a grant: it cannot be decoded.']);
  for (const line of described(found.claims)) print(line);
  const {kid} = found;
  if (!grants) {
    print(`Not verified: no key was given. It names the key ${shown(kid)}.`);
    return printProblems(problemsWithoutKey(found.claims, origin));
  }
  try {
    const page = origin && new Request('http://proxy.invalid', {method: 'POST', headers: {origin}});
    await grantReader(grants)(grant, page || undefined);
    print(`Verified with the key ${shown(kid)}${origin ? `, for pages of ${origin}` : ''}.`);
  } catch (error) {
    if (!(error instanceof GrantRefused)) throw new RoomsError('misconfigured', 'A key in the file cannot be used.');
    printProblems(explained(error, grants, found.claims));
  }
}

function parseOrigin(value: string): string {
  const origin = URL.canParse(value) ? new URL(value).origin : 'null';
  if (origin !== 'null') return origin;
  throw new RoomsError('invalid', '--origin must be such as https://shop.example.', {key: 'origin'});
}

function printProblems(problems: string[]) {
  for (const problem of problems) print(`Wrong: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}

function decoded(grant: string): {kid: unknown; claims: JWTPayload} | undefined {
  try {
    return {kid: decodeProtectedHeader(grant).kid, claims: decodeJwt(grant)};
  } catch {
    return undefined;
  }
}

/** A value of a grant, with characters escaped that could move the cursor or turn the line. */
const shown = (value: unknown): string =>
  (JSON.stringify(value) ?? 'nothing').replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    character => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );

const shownList = (value: unknown) => (Array.isArray(value) ? value.map(shown).join(', ') : shown(value));

/** Date and time, in UTC. */
const shownTime = (seconds: unknown) => {
  const date = new Date(typeof seconds === 'number' ? seconds * 1000 : NaN);
  return Number.isFinite(date.getTime()) ? `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC` : 'at no time';
};

function described(claims: JWTPayload): string[] {
  const {rooms, roles, origins, can, name, user_ref, aud, iat, exp} = claims;
  const reach = rooms === '*' ? 'all rooms' : shownList(rooms);
  return [
    `Lets people join ${reach} as ${shownList(roles)}.`,
    can === undefined ? 'Gives no rights besides joining.' : `Gives the rights ${shownList(can)}.`,
    `Works in pages of ${shownList(origins)}.`,
    user_ref === undefined ? 'Is for everybody who opens the page.' : `Is for one person, ${shown(user_ref)}.`,
    ...(name === undefined ? [] : [`Calls them ${shown(name)}.`]),
    `Is meant for the proxy ${shownList(aud)}.`,
    `Was issued ${shownTime(iat)}, ends ${shownTime(exp)}.`,
  ];
}

/** The problems that can be found without the key. */
function problemsWithoutKey({exp, origins}: JWTPayload, origin: string | undefined): string[] {
  if (typeof exp !== 'number') return ['exp must say when it ends, as a number of seconds since 1970.'];
  if (exp * 1000 < Date.now()) return [EXPIRED];
  const isElsewhere = origin !== undefined && !(Array.isArray(origins) && origins.includes(origin));
  return isElsewhere ? [`It does not work in pages of ${origin}.`] : [];
}

/** Says what is wrong with a grant that was refused. */
function explained({fault, kid, rule}: GrantRefused, {keys}: Grants, claims: JWTPayload): string[] {
  if (fault === 'expired') return [EXPIRED];
  const key = keys.find(each => each.kid === kid);
  if (!key || !CEILINGS.includes(fault)) return [rule];
  // The claims are well-formed: otherwise the grant was refused before it was compared with its key.
  const excess = beyond(claims as Parameters<typeof beyond>[0], key);
  return excess.map(each => `${each.rule} It has ${each.values.map(shown).join(', ')}.`);
}

const EXPIRED = 'It has expired. Issue a new one.';

const CEILINGS: GrantFault[] = ['roles', 'rooms', 'can', 'origins', 'lifetime'];
