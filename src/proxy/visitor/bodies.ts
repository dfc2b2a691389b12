import {define} from 'superstruct';
import type {RoomChanges, RoomDefinition} from '../../rooms/definition.js';
import {errorOf, invalidValue} from '../../rooms/results.js';
import {tokenData} from '../../rooms/admission.js';
import {nameFault, tidyName} from '../../rooms/person-name.js';
import {unknownSetting} from '../../rooms/rules.js';
import {Consent, Role} from '../../rooms/schema.js';
import {OTHER_SETTINGS, SETTINGS} from '../../rooms/settings.js';
import {isObject, isText} from '../../rooms/values.js';

// Nothing that a visitor sent is passed on. It is read field by field, own properties only, and copied. So a prototype,
// an unknown key or a value with a second meaning never reaches the platform.

type Values = Record<string, unknown>;

/** Most levels of nested data. Real settings and data are shallower; this bounds the work that a small body can cause. */
const MAX_DEPTH = 8;

/** An own property of what was sent. Inherited ones do not count. */
export const own = (from: object, key: string): unknown =>
  Object.hasOwn(from, key) ? (from as Values)[key] : undefined;

function plain(value: unknown, key: string, depth = 0): unknown {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value;
  if (typeof value !== 'object' || depth === MAX_DEPTH)
    throw invalidValue(key, `Send plain JSON, ${MAX_DEPTH} deep at most.`);
  if (Array.isArray(value)) return value.map(each => plain(each, key, depth + 1));
  const copy: Values = {};
  for (const name of Object.keys(value)) {
    const member = own(value, name);
    if (name !== '__proto__' && member !== undefined) copy[name] = plain(member, key, depth + 1);
  }
  return copy;
}

/** A person's name: 1 to 200 characters, without characters that control the line it is shown in. */
export const PersonName = define<string>('name', value => isText(value) && !nameFault(value));

/**
 * The requested name, trimmed and in NFC; `fallback` if there is none, or none that one can see. Throws `invalid` for
 * anything that is not a name.
 */
export function nameOf(body: object, fallback: string | undefined): string {
  const sent = own(body, 'name') ?? '';
  const name = isText(sent) ? tidyName(sent) : undefined;
  const fault = name === undefined ? 'invalid' : nameFault(name);
  if (fault === 'missing') {
    if (fallback !== undefined) return fallback;
    throw errorOf(10101);
  }
  if (name === undefined || fault)
    throw invalidValue('name', 'name must be at most 200 characters, without control characters.');
  return name;
}

/** The requested role. There is no default. Throws `role_invalid`. */
export function roleOf(body: object): Role {
  const role = own(body, 'role');
  if (!Role.is(role)) throw errorOf(10104, {desc: 'role must be moderator, participant, viewer or audience.'});
  return role;
}

/** The data that a token carries for the application; undefined if none was sent. */
export function dataOf(body: object): Values | undefined {
  const sent = own(body, 'data') ?? undefined;
  if (sent === undefined) return undefined;
  return plain(tokenData(sent), 'data') as Values;
}

/** What the visitor agreed to, each name once. Throws `invalid` for anything else than at most 16 names. */
export function consentOf(body: object): string[] {
  const sent = own(body, 'consent') ?? [];
  if (Consent.is(sent)) return [...new Set(sent)];
  throw invalidValue('consent', 'consent must be a list of at most 16 names of 1 to 64 letters, digits, - and _.');
}

/** Changes of a room for the platform. The owner of a room cannot be changed. */
export function changesOf(body: object): RoomChanges {
  const changes: Values = {};
  for (const key of ['name', 'settings', 'sip', 'data']) {
    const value = own(body, key);
    if (value !== undefined)
      changes[key] =
        key === 'settings' ? settingsOf(value) : plain(isText(value) ? value.normalize('NFC') : value, key);
  }
  return changes;
}

/** The definition of a room for the platform. `owner_ref` is the visitor's, whatever the body says. The directory checks `engine`. */
export function definitionOf(body: object, owner_ref: string): RoomDefinition {
  const engine = own(body, 'engine');
  return {...changesOf(body), owner_ref, ...(isText(engine) && {engine})} as RoomDefinition;
}

function settingsOf(sent: unknown): Values {
  if (!isObject(sent)) throw invalidValue('settings', 'settings must be an object.');
  const settings: Values = {};
  for (const key of Object.keys(sent)) {
    if (key === '__proto__') continue;
    const path = `settings.${key.slice(0, 64)}`;
    if (!Object.hasOwn(SETTINGS, key) && !Object.hasOwn(OTHER_SETTINGS, key)) throw unknownSetting(key);
    settings[key] = plain(own(sent, key), path);
  }
  return settings;
}
