import {RoomsError} from '../../rooms/errors.js';
import type {Environment, Problem} from './environment.js';

/** The proxies that calls to other servers go through. */
export interface EgressProxies {
  httpProxy?: string | undefined;
  httpsProxy?: string | undefined;
}

/**
 * Reads `HTTP_PROXY` and `HTTPS_PROXY`. Small letters come first, and an address without a scheme is http, as for curl.
 *
 * @throws RoomsError `misconfigured` for what is no address of a proxy. It does not quote it, because it may hold a password.
 */
export function egressProxies(env: Environment): EgressProxies {
  const read = (...names: string[]) => {
    const name = names.find(each => env[each]?.trim());
    if (name === undefined) return undefined;
    const value = env[name]!.trim();
    const address = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
    if (!isProxy(address)) throw new RoomsError('misconfigured', 'It is not the address of a proxy.', {key: name});
    return address;
  };
  return {httpProxy: read('http_proxy', 'HTTP_PROXY'), httpsProxy: read('https_proxy', 'HTTPS_PROXY')};
}

/** What is wrong with these variables; undefined if nothing is. */
export function egressProblem(env: Environment): Problem | undefined {
  try {
    egressProxies(env);
    return undefined;
  } catch (error) {
    const {key = '', message} = error as RoomsError;
    return {variable: key, sentence: message, line: `${key}=http://proxy.example:3128`};
  }
}

function isProxy(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const {protocol, hostname, username, password} = new URL(address);
  return /^(https?|socks5?):$/.test(protocol) && hostname !== '' && isDecodable(username) && isDecodable(password);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
