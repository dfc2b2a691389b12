import {coerce, define, dynamic, optional, unknown, validate, type Struct} from 'superstruct';

// The values that the shapes in schema.ts are made of.

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
/** Whether a value is a number and finite: JSON's `1e999` reads as `Infinity`. */
export const isNumber = (value: unknown): value is number => Number.isFinite(value);
export const isReference = (value: unknown): value is string | number => isText(value) || isNumber(value);
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A struct of one check; `what` says what passes it. superstruct's own `string`, `enums` and so on quote the value that
 * they refuse. This one does not: the value may be a token, or an object that cannot be printed (`{"toString": 1}`).
 */
export const checked = <T>(what: string, check: (value: unknown) => boolean) =>
  define<T>(what, value => check(value) || `Expected ${what}.`);

export const Text = checked<string>('text', isText);
export const Flag = checked<boolean>('true or false', isFlag);
export const Finite = checked<number>('a number', isNumber);
export const Reference = checked<string | number>('text or a number', isReference);
export const Data = checked<Record<string, unknown>>('an object', isObject);
export const oneOf = <T extends string>(...words: readonly T[]) =>
  checked<T>(words.join(', '), value => words.includes(value as T));
export const matching = (what: string, form: RegExp) =>
  checked<string>(what, value => isText(value) && form.test(value));

/** `true`, `false` or an object. Unlike superstruct's `union`, it names the key inside that is at fault and quotes nothing. */
export const flagOr = <T, S>(struct: Struct<T, S>) =>
  dynamic<boolean | T>(value => (isObject(value) ? struct : Flag) as Struct<boolean | T>);

/** A struct that passes each value through `change` before it checks it. */
export const reading = <T, S>(struct: Struct<T, S>, change: (value: unknown) => unknown) =>
  coerce(struct, unknown(), change);

/** A key of what we receive that we can do without: a malformed value reads as absent. */
export const lenient = <T, S>(struct: Struct<T, S>) =>
  reading(optional(struct), value => {
    if (value === undefined) return undefined;
    try {
      return validate(value, struct, {coerce: true})[1];
    } catch {
      return undefined; // superstruct quotes an array that it refuses, and not every array can be printed.
    }
  });

/** A key of what we send that may be left out. An empty string means the same; in a change it restores the default. */
export const settable = <T, S>(struct: Struct<T, S>) =>
  reading(optional(struct), value => (value === '' ? undefined : value));

/** An object without some keys, for keys that the API ignores; anything else as it is. */
export const without = (keys: readonly string[]) => (value: unknown) =>
  isObject(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key))) : value;
