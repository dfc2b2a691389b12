// Values that somebody may have damaged in the database. One of them must not end a loop over all rows.

/** The last time that a `Date` can hold, in epoch ms. */
export const LAST_TIME = 8_640_000_000_000_000;

/** A stored time in epoch ms as ISO 8601. A time out of range becomes the nearest one, and NaN becomes 1970. */
export const isoTime = (time: number) => new Date(Math.min(Math.max(time, 0), LAST_TIME) || 0).toISOString();

/** Parses stored JSON. Returns `instead` for null, and for what cannot be parsed, which is logged. */
export function storedJson<T>(text: string | null, instead: T, log: (error: unknown) => void): T {
  if (text === null) return instead;
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    log(error);
    return instead;
  }
}
