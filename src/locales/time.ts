// Formatters are costly to make and asked for in every row, so each is made once.
const formats = new Map<string, Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function cached<T extends Intl.DateTimeFormat | Intl.RelativeTimeFormat>(key: string, make: () => T): T {
  if (!formats.has(key)) formats.set(key, make());
  return formats.get(key) as T;
}

// The digits of the countdown and of every number that is typed, whatever the region.
const withDigits = (language: string) => `${language}-u-nu-latn`;

/**
 * A moment (epoch ms or Date) in the visitor's own time zone: the time alone when it is on the day of `now`, without its
 * year when it is in the next half of one.
 */
export function sayTime(language: string, time: Date | number, now: number): string {
  const today = new Date(time).toDateString() === new Date(now).toDateString();
  const isNear = Math.ceil((+time - now) / HALF_A_YEAR) === 1;
  const make = () => {
    let style: Intl.DateTimeFormatOptions = {timeStyle: 'short', dateStyle: today ? undefined : 'medium'};
    if (isNear && !today) {
      // No style leaves the year out; the hour is as it is where it stands alone.
      const nine = +new Date(0, 0, 1, 9);
      const hour = /09/.test(sayTime(language, nine, nine)) ? '2-digit' : 'numeric';
      style = {month: 'short', day: 'numeric', hour, minute: '2-digit'};
    }
    return new Intl.DateTimeFormat(withDigits(language), style);
  };
  return cached(`${language} ${today} ${isNear}`, make).format(time);
}

/** How long it is until then, in its largest unit and rounded up: “in 5 minutes”, “in 2 days”. */
export function sayWait(language: string, ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? ['second', 1];
  const format = cached(language, () => new Intl.RelativeTimeFormat(withDigits(language)));
  return format.format(Math.ceil(seconds / size), unit);
}

/** In ms. */
const HALF_A_YEAR = 182 * 86_400_000;

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;
