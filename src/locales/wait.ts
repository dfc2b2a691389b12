import {withDigits} from './time.js';

/** Units with their length in seconds. */
const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** Writes a duration in its largest unit, rounded up: “in 5 minutes”, “in 2 days”. */
export function sayWait(language: string, ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(withDigits(language)).format(Math.ceil(seconds / size), unit);
}
