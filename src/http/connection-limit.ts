import {networksOf} from './network.js';

/**
 * Counts connections by address, so that one stranger cannot take them all. An IPv6 address counts as its first 64 bits,
 * because everybody who has one address has all of those. All of its first 56 bits, which one customer may have, may hold
 * twice as many.
 */
export class ConnectionLimit {
  #most: number;
  #counts = new Map<string, number>();

  /** @param most Most connections of one address; 0 for no limit. */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Counts a connection. Returns a function that stops counting it, which may be called twice. Returns undefined if the
   * address has too many connections already.
   */
  take(ip: string): (() => void) | undefined {
    // The /64 and the /56 of an IPv6 address; the wider /48 has no limit here.
    const names = this.#most > 0 ? (networksOf(ip) ?? [ip]).slice(0, 2) : [];
    const count = (name: string) => this.#counts.get(name) ?? 0;
    if (names.some((name, index) => count(name) >= this.#most * (index + 1))) return undefined;
    for (const name of names) this.#counts.set(name, count(name) + 1);
    return () => {
      for (const name of names.splice(0)) {
        if (count(name) > 1) this.#counts.set(name, count(name) - 1);
        else this.#counts.delete(name);
      }
    };
  }
}
