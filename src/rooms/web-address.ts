import {isText} from './values.js';

/** An http(s) address as a URL; undefined if the text is something else, or holds credentials. */
export const webAddress = (text: string | URL) => addressOf(String(text), /^https?:$/);

/** Whether a video client can connect to it: `ws`, `wss`, `http` or `https`, without credentials. */
export const isServerUrl = (value: unknown): value is string =>
  isText(value) && addressOf(value, /^(ws|http)s?:$/) !== undefined;

function addressOf(text: string, protocols: RegExp): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && protocols.test(url.protocol) && !url.username && !url.password ? url : undefined;
}
