import {checked} from '../rooms/values.js';

// What messages of a call are made of, beside the values of `rooms/values.ts`. superstruct's own `array`, `union` and so on
// would be in the script of every page, since the script has the whole module: 350 bytes (br), for the few pages with a call.

/** A struct, as far as it tells whether a value has its shape. */
interface Shape<T> {
  is(value: unknown): value is T;
}

/** A list of values of one shape. */
/* @__NO_SIDE_EFFECTS__ */
export const listOf = <T>(shape: Shape<T>) =>
  checked<T[]>('list', value => Array.isArray(value) && value.every(each => shape.is(each)));

/** A value of one of several shapes. */
/* @__NO_SIDE_EFFECTS__ */
export const anyOf = <T extends unknown[]>(...shapes: {[Each in keyof T]: Shape<T[Each]>}) =>
  checked<T[number]>('one of several shapes', value => shapes.some(shape => shape.is(value)));

/** Any value. Whoever uses it checks it. */
export const Anything = checked<unknown>('anything', () => true);
