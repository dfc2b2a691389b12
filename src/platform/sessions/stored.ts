// What is stored as JSON of a room and of the people in it. Somebody may have damaged it, and that must cost nothing else.
import type {Holder} from '../../rooms/admission.js';
import {RoomsError} from '../../rooms/errors.js';
import type {CheckedDefinition} from '../../rooms/rules.js';
import {Role} from '../../rooms/schema.js';
import {isObject, isReference, isText} from '../../rooms/values.js';

/** Reads a definition. Returns undefined if it is damaged. */
export function tryDefinition(text: string): CheckedDefinition | undefined {
  const read = parsed(text);
  const whole = isObject(read) && isText(read.name) && isObject(read.settings) && isObject(read.sip);
  return whole ? (read as unknown as CheckedDefinition) : undefined;
}

/** The same, but throws `internal`. A damaged room can still be deleted, and changed by a whole definition. */
export function readDefinition(text: string): CheckedDefinition {
  const definition = tryDefinition(text);
  if (definition) return definition;
  throw new RoomsError('internal', 'The stored room cannot be read.', {
    desc: 'Change it with a whole definition, or delete it.',
  });
}

/** The definition that a running session began with. Without a session, or if its own is damaged, that of the room. */
export const definitionOf = (
  session: {definition: string} | null | undefined,
  room: {definition: string},
): CheckedDefinition => (session && tryDefinition(session.definition)) ?? readDefinition(room.definition);

/** Reads who a visit or a token is of. Returns undefined if that is damaged. `Mender` repairs such visits. */
export function tryHolder({holder}: {holder: string}): Holder | undefined {
  const read = parsed(holder);
  if (!isObject(read) || !isText(read.name) || !Role.is(read.role) || !isReference(read.user_ref)) return undefined;
  return read.data === undefined || isObject(read.data) ? (read as unknown as Holder) : undefined;
}

/** The same, but throws `internal`. */
export function readHolder(stored: {holder: string}): Holder {
  const holder = tryHolder(stored);
  if (holder) return holder;
  throw new RoomsError('internal', 'The stored visitor cannot be read.', {desc: 'Try again in a moment.'});
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The same as what is no object.
  }
}
