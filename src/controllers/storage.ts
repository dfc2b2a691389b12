// What a page remembers of its visitor, in the browser. Browsers may forbid storage altogether, and reading it then throws.
import {jsonOf} from '../rooms/values.js';

const KEY = 'greenroom';

/** What is remembered under a name; undefined if there is nothing, or if the browser forbids it. */
export function recall(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(`${KEY}.${name}`) ?? 'null') ?? undefined;
  } catch {
    return undefined; // The browser forbids storage, or something else has written there.
  }
}

/** Remembers a value that JSON can hold. Without storage nothing happens: the page works, and asks again next time. */
export function remember(name: string, value: unknown) {
  try {
    localStorage.setItem(`${KEY}.${name}`, jsonOf(value)!);
  } catch {
    // The browser forbids storage, or it is full.
  }
}
