// What the sockets of both kinds of session have in common: how they reconnect, and how they read a message.

/** The longest time between two tries to connect, in ms. */
const LONGEST_PAUSE = 5000;

/** The time to wait after so many tries, in ms. It is random, so that not all clients reconnect at once if the server failed. */
export const pauseAfter = (tries: number): number =>
  Math.min(250 * 2 ** tries, LONGEST_PAUSE) * (0.5 + Math.random() / 2);

/** The content of a message; undefined if it is not JSON. The visit goes on without such a message. */
export function contentOf(message: unknown): unknown {
  try {
    return JSON.parse(message as string);
  } catch {
    return undefined;
  }
}
