import {CallEnded, withDeadline} from '../rooms/deadline.js';
import {RoomsError} from '../rooms/errors.js';
import type {Given} from './call.js';

// Vendors' scripts come from origins that the owner of the page named, or that are the vendor's own. An answer of the token
// proxy alone names none.

/** How long a script may take, in ms. */
const PATIENCE = 20_000;

const misconfigured = (message: string) => new RoomsError('misconfigured', message, {key: 'client-origins'});

/** Whether an address is https, or on this machine. */
const isSafe = ({protocol, hostname}: URL) =>
  protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1'].includes(hostname));

/**
 * The address, if the owner named its origin in `client-origins`, or if it is the vendor's own.
 *
 * @param vendor - The vendor's own hosts: `8x8.vc`, or with a dot in front all hosts below.
 * @throws RoomsError `misconfigured` with the origin to name.
 */
export function trusted(address: string, {origins}: Given, ...vendor: string[]): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !isSafe(url)) throw misconfigured('The client of this room has no https address.');
  const isVendors = vendor.some(host => (host.startsWith('.') ? url.hostname.endsWith(host) : url.hostname === host));
  const isNamed = origins.some(each => URL.canParse(each) && new URL(each).origin === url.origin);
  if (isNamed || (isVendors && url.protocol === 'https:')) return url.href;
  throw misconfigured(`This room is at ${url.origin}. Add that to client-origins of the stage.`);
}

/**
 * The address of a script that the owner gave as a whole in `client-origins`.
 *
 * @param name - What its path has in it.
 * @throws RoomsError `misconfigured` with what to do.
 */
export function given(name: RegExp, {origins}: Given, what: string): string {
  const found = origins.find(each => URL.canParse(each) && name.test(new URL(each).pathname));
  if (found && isSafe(new URL(found))) return found;
  throw misconfigured(`Give the stage ${what}: as its property client, or its https address in client-origins.`);
}

/** Waits for something, for 20 seconds at most and while the visitor stays. `what` names it in the error. */
export async function within<T>(work: Promise<T>, signal: AbortSignal, what: string): Promise<T> {
  // If the visitor has left, nobody else handles its error.
  work.catch(() => {});
  try {
    return await withDeadline({timeout: PATIENCE, signal}, () => work);
  } catch (cause) {
    if (!(cause instanceof CallEnded)) throw cause;
    const message = cause.code === 'timeout' ? `${what} does not answer.` : 'You left before you were in.';
    throw new RoomsError(cause.code, message, {cause});
  }
}

const notThere = (address: string) => (cause: unknown) => {
  throw new RoomsError('offline', `The client of this room cannot be loaded from ${new URL(address).origin}.`, {cause});
};

/** What a module exports. */
export const moduleAt = (address: string, signal: AbortSignal): Promise<unknown> =>
  within(import(/* @vite-ignore */ address).catch(notThere(address)), signal, 'The client’s server');

/** A page with Trusted Types lists this name in its policy. */
const POLICY = 'greenroom';
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: {createScriptURL(address: string): string},
  ): {
    createScriptURL(address: string): unknown;
  };
}
let policy: ReturnType<TrustedTypes['createPolicy']> | undefined;

/** What a classic script defines under a name. It is loaded once. */
export async function globalOf(name: string, address: () => string, signal: AbortSignal): Promise<unknown> {
  const there = () => (globalThis as Record<string, unknown>)[name];
  if (there()) return there();
  const from = address();
  const {trustedTypes} = globalThis as {trustedTypes?: TrustedTypes};
  policy ??= trustedTypes?.createPolicy(POLICY, {createScriptURL: url => url});
  const script = document.createElement('script');
  script.src = (policy?.createScriptURL(from) ?? from) as string;
  script.referrerPolicy = 'no-referrer';
  const loaded = new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = reject;
  }).catch(notThere(from));
  document.head.append(script);
  try {
    await within(loaded, signal, 'The client’s server');
  } finally {
    script.remove();
  }
  if (there()) return there();
  throw new RoomsError('bad_reply', `The script from ${new URL(from).origin} does not define ${name}.`);
}
