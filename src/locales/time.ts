// Formatters are costly to make and asked for in every row, so each is made once.
const formats = new Map<string, Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function cached<T extends Intl.DateTimeFormat | Intl.RelativeTimeFormat>(key: string, make: () => T): T {
  if (!formats.has(key)) formats.set(key, make());
  return formats.get(key) as T;
}

// The digits of the countdown and of every number that is typed, whatever the region.
const withDigits = (language: string) => `${language}-u-nu-latn`;

/** A moment (epoch ms or Date) in the visitor's own time zone: the time alone when it is on the day of `now`. */
export function sayTime(language: string, time: Date | number, now: number): string {
  const today = new Date(time).toDateString() === new Date(now).toDateString();
  const style: Intl.DateTimeFormatOptions = {timeStyle: 'short', dateStyle: today ? undefined : 'medium'};
  return cached(`${language} ${today}`, () => new Intl.DateTimeFormat(withDigits(language), style)).format(time);
}

/** How long it is until then, in its largest unit and rounded up: “in 5 minutes”, “in 2 days”. */
export function sayWait(language: string, ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? ['second', 1];
  const format = cached(language, () => new Intl.RelativeTimeFormat(withDigits(language)));
  return format.format(Math.ceil(seconds / size), unit);
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;
