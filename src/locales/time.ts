// Every row needs a formatter, and making one is slow, so each is made once.
const formats = new Map<string, Intl.DateTimeFormat>();

// Western digits in every language, as in the countdown and in number fields.
export const withDigits = (language: string) => `${language}-u-nu-latn`;

/**
 * Writes a time (epoch ms or Date) in the visitor's own time zone: without the date if it is on the same day as `now`, and
 * without the year if it is within the next six months.
 */
export function sayTime(language: string, time: Date | number, now: number): string {
  const today = new Date(time).toDateString() === new Date(now).toDateString();
  const isNear = Math.ceil((+time - now) / HALF_A_YEAR) === 1;
  const key = `${language} ${today} ${isNear}`;
  const known = formats.get(key);
  if (known) return known.format(time);
  let style: Intl.DateTimeFormatOptions = {timeStyle: 'short', dateStyle: today ? undefined : 'medium'};
  if (isNear && !today) {
    // No `dateStyle` omits the year, so the parts are named. The hour is padded where `timeStyle` pads it.
    const nine = +new Date(0, 0, 1, 9);
    const hour = /09/.test(sayTime(language, nine, nine)) ? '2-digit' : 'numeric';
    style = {month: 'short', day: 'numeric', hour, minute: '2-digit'};
  }
  const format = new Intl.DateTimeFormat(withDigits(language), style);
  formats.set(key, format);
  return format.format(time);
}

/** Writes a number of minutes: “30 min”. */
export const sayMinutes = (language: string, minutes: number) =>
  new Intl.NumberFormat(withDigits(language), {style: 'unit', unit: 'minute'}).format(minutes);

/** Six months, in ms. */
const HALF_A_YEAR = 182 * 86_400_000;
