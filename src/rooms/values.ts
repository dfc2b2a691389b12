import type {Setting, ValueOf} from './listed-settings.js';
import {define, optional, Struct, validate} from 'superstruct';

// The values that the shapes in schema.ts and definition.ts are made of. `@__NO_SIDE_EFFECTS__` lets bundlers drop the
// structs that a page does not use.

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
/** Whether a value is a number and finite: JSON's `1e999` reads as `Infinity`. */
export const isNumber = (value: unknown): value is number => Number.isFinite(value);
export const isReference = (value: unknown): value is string | number => isText(value) || isNumber(value);
/** Whether a value counts as not sent. */
export const isMissing = (value: unknown): value is undefined => value === undefined || value === null || value === '';
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Makes a struct from one check, with a name for messages. superstruct's own `string`, `enums` and so on quote the value
 * that they refuse. This one does not: the value may be a token, or an object that cannot be printed
 * (`{"toString": 1}`).
 */
/* @__NO_SIDE_EFFECTS__ */
export const checked = <T>(name: string, check: (value: unknown) => boolean) =>
  define<T>(name, value => check(value) || `Expected ${name}.`);

export const Text = checked<string>('text', isText);
export const Flag = checked<boolean>('boolean', isFlag);
export const Finite = checked<number>('number', isNumber);
export const Reference = checked<string | number>('reference', isReference);
export const Data = checked<Record<string, unknown>>('object', isObject);
/* @__NO_SIDE_EFFECTS__ */
export const oneOf = <T extends string>(...words: readonly T[]) =>
  checked<T>(words.join(', '), value => words.includes(value as T));
/* @__NO_SIDE_EFFECTS__ */
export const matching = (name: string, form: RegExp) =>
  checked<string>(name, value => isText(value) && form.test(value));

type StructParts<T, S> = ConstructorParameters<typeof Struct<T, S>>[0];

/** A struct that passes each value through `change` before it checks it. */
/* @__NO_SIDE_EFFECTS__ */
export const reading = <T, S>(struct: Struct<T, S>, change: (value: unknown) => unknown): Struct<T, S> =>
  new Struct({...(struct as StructParts<T, S>), coercer: (value, context) => struct.coercer(change(value), context)});

/** A key of what we receive that we can do without: a malformed value reads as absent. */
/* @__NO_SIDE_EFFECTS__ */
export const lenient = <T, S>(struct: Struct<T, S>) =>
  reading(optional(struct), value => {
    if (value === undefined) return undefined;
    try {
      return validate(value, struct, {coerce: true})[1];
    } catch {
      return undefined; // superstruct quotes an array that it refuses, and not every array can be printed.
    }
  });

/**
 * Writes JSON as the platform reads it. Old libraries, such as Prototype.js, give arrays, texts and numbers a `toJSON` that
 * changes them; only that of other objects, such as dates, is used.
 */
export const jsonOf = (value: unknown, indent?: number): string | undefined =>
  JSON.stringify(
    value,
    function (this: Record<string, unknown>, key, json: unknown) {
      const own = this[key];
      return own !== Object(own) || Array.isArray(own) ? own : json;
    },
    indent,
  );

/** A number, or a numeric string, which reads as a number. */
export const Numeric = reading(Finite, value => (isText(value) && value.trim() ? Number(value) : value));

const RECEIVED = {
  text: Text,
  time: Text,
  url: Text,
  boolean: Flag,
  number: Numeric,
  reference: Reference,
  object: Data,
};

/** The structs of settings that we receive. */
/* @__NO_SIDE_EFFECTS__ */
export function received<T extends Record<string, Setting>>(table: T) {
  const entries = Object.entries(table).map(([name, {kind, words}]) => [
    name,
    lenient((words ? oneOf(...words) : RECEIVED[kind as keyof typeof RECEIVED]) as Struct<unknown>),
  ]);
  return Object.fromEntries(entries) as {[K in keyof T]: Struct<ValueOf<T[K]> | undefined, null>};
}

/** A name of a room or a person. */
export const Name = matching('name', /^.{1,200}$/s);

/** True if a JSON value nests at most `levels` deep. A value with thousands of levels overflows the stack of its reader. */
export function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every(inner => isShallow(inner, levels - 1));
}
