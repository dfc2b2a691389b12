import {create, is, type Struct} from 'superstruct';
import {isObject} from './values.js';

/**
 * Makes a reader of values that come over the wire. It returns what superstruct's `create(value, struct)` returns, and
 * throws what that throws; but a value that is well formed already is returned itself, and not a copy.
 *
 * FIGURE
 */
export function reader<T, S>(struct: Struct<T, S>): (value: unknown) => T {
  const isWellFormed = checkOf(struct as Struct<unknown>);
  return value => (isWellFormed(value) ? (value as T) : create(value, struct));
}

/** What `is(value, struct)` returns, without a look at keys that are absent and may be. */
function checkOf(struct: Struct<unknown>): (value: unknown) => boolean {
  if (struct.type !== 'type') return value => is(value, struct);
  const keys = Object.entries(struct.schema as Record<string, Struct<unknown>>).map(([key, each]) => ({
    key,
    isRight: checkOf(each),
    isOptional: is(undefined, each),
  }));
  return value =>
    isObject(value) &&
    keys.every(({key, isRight, isOptional}) => (value[key] === undefined ? isOptional : isRight(value[key])));
}
