import {RoomsError} from '../../rooms/errors.js';
import {checked, Role, SettingsDefinition, type RoomChanges, type RoomDefinition} from '../../rooms/schema.js';

// What a visitor sent is never handed on: it is read field by field, own properties only, and made anew. A prototype
// that came along, a key nobody asked for and a second meaning of a value stay behind.

type Values = Record<string, unknown>;

/** Deeper than anybody's settings or data; a bound on what one small body can make us walk. */
const MAX_DEPTH = 8;

const own = (from: object, key: string): unknown => (Object.hasOwn(from, key) ? (from as Values)[key] : undefined);

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const invalid = (key: string, desc: string, result?: number) =>
  new RoomsError('invalid', `Invalid value: ${key}`, {key, desc, result});

function plain(value: unknown, key: string, depth = 0): unknown {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value;
  if (typeof value !== 'object' || depth === MAX_DEPTH)
    throw invalid(key, `Send plain JSON, ${MAX_DEPTH} deep at most.`);
  if (Array.isArray(value)) return value.map(each => plain(each, key, depth + 1));
  const copy: Values = {};
  for (const name of Object.keys(value)) {
    const member = own(value, name);
    if (name !== '__proto__' && member !== undefined) copy[name] = plain(member, key, depth + 1);
  }
  return copy;
}

// A line break, a lone surrogate or a turned direction in a name can dress up as somebody else's line.
const UNSPEAKABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;
const isName = (text: string) => text.trim() !== '' && text.length <= 200 && !UNSPEAKABLE.test(text);

/** What somebody is called: 1 to 200 characters, none that controls the line it is shown in. */
export const Name = checked<string>(value => typeof value === 'string' && isName(value));

/** The name asked for, trimmed; `fallback` when none is given. Throws `invalid` for what is no name. */
export function nameOf(body: object, fallback: string | undefined): string {
  const sent = own(body, 'name') ?? '';
  const name = typeof sent === 'string' ? sent.trim() : undefined;
  if (name === '') {
    if (fallback !== undefined) return fallback;
    throw new RoomsError('invalid', 'Required Data Missing: name (User Name)', {key: 'name', result: 10101});
  }
  if (name === undefined || !isName(name))
    throw invalid('name', 'name must be at most 200 characters, without control characters.');
  return name;
}

/** The role asked for. It is asked for in so many words, and given as asked or not at all. */
export function roleOf(body: object, allowed: Role[]): Role {
  const role = own(body, 'role');
  // Asked of text only: superstruct prints what it refuses, and an object can bring a `toString` that is none.
  if (typeof role !== 'string' || !Role.is(role)) {
    throw new RoomsError('role_invalid', role === undefined ? 'Required Data Missing: role' : 'Invalid value: role', {
      key: 'role',
      result: role === undefined ? 10206 : undefined,
      desc: 'role must be moderator, participant, viewer or audience.',
    });
  }
  if (!allowed.includes(role)) throw new RoomsError('denied', 'This role is not yours.', {key: 'role'});
  return role;
}

/** What a token is to carry for the application; undefined when nothing was sent. */
export function dataOf(body: object): Values | undefined {
  const sent = own(body, 'data') ?? undefined;
  if (sent === undefined) return undefined;
  const data = isObject(sent) ? (plain(sent, 'data') as Values) : undefined;
  if (!data || Object.keys(data).length > 5) throw invalid('data', 'data must be an object of at most 5 keys.', 10209);
  return data;
}

/** Changes as they may go upstream; who owns a room is not among them. */
export function changesOf(body: object): RoomChanges {
  const changes: Values = {};
  for (const key of ['name', 'settings', 'sip', 'data']) {
    const value = own(body, key);
    if (value !== undefined) changes[key] = key === 'settings' ? settingsOf(value) : plain(value, key);
  }
  return changes;
}

/** A definition as it may go upstream; the owner is who asks, whatever the body says. */
export function definitionOf(body: object, owner_ref: string): RoomDefinition {
  return {...changesOf(body), owner_ref} as RoomDefinition;
}

function settingsOf(sent: unknown): Values {
  if (!isObject(sent)) throw invalid('settings', 'settings must be an object.');
  const settings: Values = {};
  for (const key of Object.keys(sent)) {
    if (key === '__proto__') continue;
    const path = `settings.${key.slice(0, 64)}`;
    if (!Object.hasOwn(SettingsDefinition.schema, key)) throw invalid(path, 'No such setting.', 10009);
    settings[key] = plain(own(sent, key), path);
  }
  return settings;
}
