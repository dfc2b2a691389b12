import {Struct} from 'superstruct';
import {Flag, isObject} from './values.js';

/**
 * A boolean or an object. Unlike superstruct's `union` it quotes nothing, and names the key at fault in the object. It does
 * what superstruct's `dynamic` would; that one would be in the script of every page, for the few that make rooms.
 */
export function flagOr<T, S>(struct: Struct<T, S>): Struct<boolean | T> {
  const of = (value: unknown) => (isObject(value) ? struct : Flag) as Struct<boolean | T>;
  return new Struct<boolean | T>({
    type: 'dynamic',
    schema: null,
    entries: (value, context) => of(value).entries(value, context),
    validator: (value, context) => of(value).validator(value, context),
    coercer: (value, context) => of(value).coercer(value, context),
    refiner: (value, context) => of(value).refiner(value, context),
  });
}
