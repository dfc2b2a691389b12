import {randomBytes} from 'node:crypto';
import {readFile, stat, writeFile} from 'node:fs/promises';
import {parseArgs} from 'node:util';
import {decodeJwt, decodeProtectedHeader, type JWTPayload} from 'jose';
import {RoomsError} from '../../rooms/errors.js';
import type {Role} from '../../rooms/schema.js';
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

Grants are signed permissions for pages that have no sign-in. A key is made once and given to the proxy, as the file of
GRANT_KEYS_FILE; what the key may give is decided there. Lists are written with commas.

greenroom grant key --file grants.json --audience NAME --roles participant,viewer --rooms lobby --origins URL
  Makes a key, in a new file that only you can read.
    --audience   what this proxy is called in its grants, such as its address
    --roles, --rooms, --origins, --can   the most that its grants may give; rooms may be '*'
    --longest    how long a grant may live at most; 30d unless told
    --kid        name of the key; a random one unless told

greenroom grant issue --key-file grants.json --rooms lobby --roles participant --expires 30d
  Prints a grant, and what to paste into the page.
    --origins    pages it may stand in; all that the key allows unless told
    --can        rights: manage, users; none unless told
    --name, --user-ref   the one person it is for; whoever opens the page unless told
    --expires    such as 90m, 12h or 30d
    --kid        which key signs, where there are several
    --endpoint   address of the proxy, for what is to be pasted

greenroom grant inspect <grant> [--key-file grants.json]
  Says what a grant allows, and what is wrong with it. Ends with 1 when something is.

Instead of --key-file, GREENROOM_GRANT_KEY may hold the text of the file.
`;

/** `greenroom grant`: makes keys, signs grants, and explains them. The secret is never an argument, nor printed. */
export async function main([what = '--help', ...args]: string[]): Promise<void> {
  if (what === 'key') return makeKey(args);
  if (what === 'issue') return issue(args);
  if (what === 'inspect') return inspect(args);
  if (what === '--help' || what === '-h') return print(HELP.trimEnd());
  throw new RoomsError('invalid', 'Say what to do: key, issue or inspect.', {desc: 'greenroom grant --help explains.'});
}

const print = (text: string) => void process.stdout.write(`${text}\n`);
/** For who reads along, not for who takes the output. */
const tell = (text: string) => void process.stderr.write(`${text}\n`);

const text = {type: 'string'} as const;

/** An option that has no sensible value of its own. */
function needed(name: string, value: string | undefined): string {
  if (value) return value;
  throw new RoomsError('invalid', `--${name} is missing.`, {key: name, desc: 'greenroom grant --help explains it.'});
}

const listed = (value = '') =>
  value
    .split(',')
    .map(each => each.trim())
    .filter(Boolean);

const roomsOf = (value: string): '*' | string[] => (value === '*' ? value : listed(value));
const rolesOf = (value: string) => listed(value) as Role[];
const rightsOf = (value?: string) => (value === undefined ? {} : {can: listed(value) as ('manage' | 'users')[]});

const SECONDS: Record<string, number> = {m: 60, h: 3600, d: 86_400};

/** `90m`, `12h` or `30d`, in seconds. */
function secondsOf(name: string, value: string): number {
  const [, count, unit = ''] = /^([1-9]\d{0,6})([mhd])$/.exec(value) ?? [];
  if (count) return Number(count) * SECONDS[unit]!;
  throw new RoomsError('invalid', `--${name} must be such as 90m, 12h or 30d.`, {key: name});
}

async function makeKey(args: string[]): Promise<void> {
  const {values} = parseArgs({
    args,
    options: {file: text, audience: text, roles: text, rooms: text, origins: text, can: text, longest: text, kid: text},
  });
  const file = needed('file', values.file);
  const key: GrantKey = {
    kid: values.kid ?? randomBytes(6).toString('hex'),
    secret: randomBytes(32).toString('base64url'),
    roles: rolesOf(needed('roles', values.roles)),
    rooms: roomsOf(needed('rooms', values.rooms)),
    ...rightsOf(values.can),
    origins: listed(needed('origins', values.origins)),
    maxLifetime: secondsOf('longest', values.longest ?? '30d'),
  };
  const grants: Grants = {audience: needed('audience', values.audience), keys: [key]};
  checkGrants(grants);
  try {
    await writeFile(file, `${JSON.stringify(grants, null, 2)}\n`, {flag: 'wx', mode: 0o600});
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    const taken = 'There is a file of this name, and a key that is overwritten takes all its grants with it.';
    throw new RoomsError('invalid', code === 'EEXIST' ? taken : `The file cannot be written (${code}).`, {key: 'file'});
  }
  print(`Made the key ${key.kid}. Give the proxy its file: GRANT_KEYS_FILE=${file}`);
}

/** The keys this command works with, out of a file or the environment; undefined where neither is given. */
async function keysFrom(file: string | undefined): Promise<Grants | undefined> {
  const json = file === undefined ? process.env.GREENROOM_GRANT_KEY : await readKeys(file);
  if (!json) return undefined;
  let grants: unknown;
  try {
    grants = JSON.parse(json);
  } catch {
    // The parser's own words quote the file, and the file holds secrets.
    throw new RoomsError('misconfigured', 'The keys are not JSON.', {desc: 'greenroom grant key makes such a file.'});
  }
  checkGrants(grants);
  return grants as Grants;
}

async function readKeys(file: string): Promise<string> {
  try {
    const {mode} = await stat(file);
    if (process.platform !== 'win32' && mode & 0o077) tell(`Others can read ${file}: chmod 600 ${file}`);
    return await readFile(file, 'utf8');
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    throw new RoomsError('misconfigured', `The key file cannot be read (${code}).`, {key: 'key-file'});
  }
}

async function issue(args: string[]): Promise<void> {
  const options = {rooms: text, roles: text, origins: text, can: text, name: text, expires: text};
  const {values} = parseArgs({
    args,
    options: {...options, 'key-file': text, 'user-ref': text, kid: text, endpoint: text},
  });
  const grants = await keysFrom(values['key-file']);
  if (!grants) throw new RoomsError('invalid', 'Give --key-file, or set GREENROOM_GRANT_KEY.', {key: 'key-file'});
  const {kid, name} = values;
  const signer = grants.keys.find(key => (kid === undefined ? key.secret !== undefined : key.kid === kid));
  const rooms = roomsOf(needed('rooms', values.rooms));
  const grant = await issueGrant(grants, {
    rooms,
    roles: rolesOf(needed('roles', values.roles)),
    origins: values.origins === undefined ? (signer?.origins ?? []) : listed(values.origins),
    ...rightsOf(values.can),
    ...(name !== undefined && {name}),
    ...(values['user-ref'] !== undefined && {user_ref: values['user-ref']}),
    lifetime: secondsOf('expires', needed('expires', values.expires)),
    kid,
  });
  print(grant);
  tell(`\nPaste this into the page:\n\n${snippet(grant, rooms, values.endpoint)}`);
}

/** One room has a button of its own; among several, people choose first. */
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
  const {values, positionals} = parseArgs({args, options: {'key-file': text}, allowPositionals: true});
  const [grant] = positionals;
  if (!grant || positionals.length > 1) throw new RoomsError('invalid', 'Give one grant to inspect.');
  const grants = await keysFrom(values['key-file']);
  const found = decoded(grant);
  if (!found) return bad(['This is no grant: it cannot be decoded.']);
  for (const line of described(found.claims)) print(line);
  const {kid} = found;
  if (!grants) {
    print(`Not verified: no key was given. It says that it was signed with the key ${shown(kid)}.`);
    return bad(visible(found.claims));
  }
  try {
    await grantReader(grants)(grant);
    print(`Verified with the key ${shown(kid)}.`);
  } catch (error) {
    if (!(error instanceof GrantRefused)) throw new RoomsError('misconfigured', 'A key in the file cannot be used.');
    bad(sentences(error, grants, found.claims));
  }
}

function bad(problems: string[]) {
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

/** What came from outside, so that nothing in it can move the cursor or turn the line. */
const shown = (value: unknown): string =>
  (JSON.stringify(value) ?? 'nothing').replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    character => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );

const several = (value: unknown) => (Array.isArray(value) ? value.map(shown).join(', ') : shown(value));

/** A day in the calendar and the time, in UTC. */
const instant = (seconds: unknown) => {
  const date = new Date(typeof seconds === 'number' ? seconds * 1000 : NaN);
  return Number.isFinite(date.getTime()) ? `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC` : 'at no time';
};

function described(claims: JWTPayload): string[] {
  const {rooms, roles, origins, can, name, user_ref, aud, iat, exp} = claims;
  const reach = rooms === '*' ? 'all rooms' : several(rooms);
  return [
    `Lets people join ${reach} as ${several(roles)}.`,
    can === undefined ? 'Gives no right beyond joining.' : `Gives the rights ${several(can)}.`,
    `Stands in pages of ${several(origins)}.`,
    user_ref === undefined ? 'Is for whoever opens the page.' : `Is for one person, ${shown(user_ref)}.`,
    ...(name === undefined ? [] : [`Calls them ${shown(name)}.`]),
    `Is meant for the proxy ${several(aud)}.`,
    `Was issued ${instant(iat)}, ends ${instant(exp)}.`,
  ];
}

/** What can be seen without the key. */
function visible({exp}: JWTPayload): string[] {
  if (typeof exp !== 'number') return ['It does not say when it ends.'];
  return exp * 1000 < Date.now() ? [FAULTS.expired] : [];
}

function sentences({fault, kid}: GrantRefused, {keys}: Grants, claims: JWTPayload): string[] {
  const key = keys.find(each => each.kid === kid);
  if (!key || !CEILINGS.includes(fault)) return [FAULTS[fault]];
  // Only a grant whose claims were read as good gets as far as its key's ceiling.
  const excess = beyond(claims as Parameters<typeof beyond>[0], key);
  return excess.map(({claim, values}) => `${FAULTS[claim]} ${values.map(shown).join(', ')}`);
}

const CEILINGS: GrantFault[] = ['roles', 'rooms', 'can', 'origins', 'lifetime'];

const FAULTS: Record<GrantFault, string> = {
  length: 'It is longer than any grant.',
  form: 'It is no signed token.',
  typ: 'It is a token of another kind.',
  kid: 'None of the keys has signed it.',
  alg: 'It is not signed with the algorithm of its key.',
  signature: 'Its signature is not that of its key: it was altered, or signed with another.',
  audience: 'It is meant for another proxy.',
  expired: 'It is over: issue a new one.',
  early: 'It is not valid yet: check the clock of whoever signed it.',
  claims: 'What it says is not complete, or not well-formed.',
  origin: 'It is for other pages.',
  roles: 'Its key does not give these roles:',
  rooms: 'Its key does not open these rooms:',
  can: 'Its key does not give these rights:',
  origins: 'Its key does not allow these pages:',
  lifetime: 'It lives longer than its key allows:',
};
