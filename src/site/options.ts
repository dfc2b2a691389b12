import {RoomsError} from '../rooms/errors.js';
import {isServerUrl, webAddress} from '../rooms/web-address.js';

export interface RoomSiteOptions {
  /**
   * The address of the token proxy, as visitors' browsers reach it: `https://api.example/rooms`, or a path at the same
   * origin, such as `/api`. A proxy at another origin must list this site's origin in its `origins`.
   */
  endpoint: string;
  /**
   * The public address of this site, such as `https://meet.example`. Links in previews begin with it, and with it a path as
   * `endpoint` is enough to find the names of rooms.
   *
   * @default the address that was asked for, and no names of rooms if `endpoint` is a path
   */
  url?: string | undefined;
  /** The name of the site. @default 'Greenroom' */
  name?: string | undefined;
  /** A sentence about the site, for `/` and for previews of links. @default none */
  welcome?: string | undefined;
  /** The language, as a BCP 47 tag. @default 'en' */
  lang?: string | undefined;
  /** The time zone of times on pages without JavaScript, such as `Europe/Berlin`. @default 'UTC' */
  timeZone?: string | undefined;
  /** The address of a picture, shown beside the name; https, or a path at the same origin. @default none */
  logo?: string | undefined;
  /** CSS colours. @default those of the elements */
  colors?: Partial<Record<Color, string>> | undefined;
  /** Whether `/` shows the list of rooms. Otherwise it is 404, and only links lead to rooms. @default true */
  home?: boolean | undefined;
  /** Whether search engines may list the pages. @default false */
  index?: boolean | undefined;
  /** Whether the name and the devices of a visitor are remembered in the browser. @default false */
  remember?: boolean | undefined;
  /** Origins of the pages that may show this site in a frame. @default none */
  parents?: readonly string[] | undefined;
  /** The kind of video client, as the token proxy sends it. It decides what the pages may load. @default 'rooms' */
  provider?: string | undefined;
  /** The address that the client connects to: `wss://live.example`. */
  serverUrl?: string | undefined;
  /** Hosts that may serve a client's script, besides the vendor's own. */
  clientOrigins?: readonly string[] | undefined;
  /** The address of the script `greenroom.min.js`: https, or a path at the same origin. @default '/greenroom.min.js' */
  script?: string | undefined;
  /** The hash of the script, from `greenroom.integrity.json`. @default none */
  integrity?: string | undefined;
}

export const COLORS = ['accent', 'on-accent', 'text', 'surface'] as const;
export type Color = (typeof COLORS)[number];

/** A colour that can stand in a style sheet and ends nothing there. */
const COLOR =
  /^(#[0-9a-f]{3,8}|[a-z]{3,30}|(rgb|hsl|hwb|lab|lch|oklab|oklch|color|light-dark|color-mix)\([\w\s#.,%/()+-]{1,120}\))$/i;

const balanced = (text: string) => text.split('(').length === text.split(')').length;
const isColor = (text: string) => COLOR.test(text) && balanced(text);

/** Whether a text is an address or a path that a page may load from. */
const isPlace = (text: string) =>
  (/^\/(?![/\\])[^\s"'<>\\]*$/.test(text) && URL.canParse(text, 'https://x')) || webAddress(text) !== undefined;

const isOrigin = (text: string) => webAddress(text)?.origin === text;

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

function isTimeZone(timeZone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', {timeZone}));
  } catch {
    return false;
  }
}

/** What each option must be, in words, if it is there. */
const RULES: {[K in keyof RoomSiteOptions]?: [test: (value: never) => boolean, rule: string]} = {
  endpoint: [isPlace, 'an http(s) address without credentials, or a path such as /api'],
  url: [isOrigin, 'an origin such as https://meet.example'],
  name: [isLine, 'text on one line, at most 200 characters'],
  welcome: [isLine, 'text on one line, at most 200 characters'],
  lang: [isLanguage, 'a language tag such as en or pt-BR'],
  timeZone: [isTimeZone, 'a time zone such as Europe/Berlin'],
  logo: [isPlace, 'an http(s) address, or a path such as /logo.svg'],
  parents: [areOrigins, 'origins such as https://shop.example'],
  clientOrigins: [areOrigins, 'origins such as https://cdn.example'],
  provider: [(text: string) => /^[a-z][\w-]{0,40}$/.test(text), 'a word such as rooms or livekit'],
  serverUrl: [isServerUrl, 'an address such as wss://live.example'],
  script: [isPlace, 'an http(s) address, or a path such as /greenroom.min.js'],
  integrity: [(text: string) => /^sha(256|384|512)-[\w+/]+={0,2}$/.test(text), 'a hash such as sha384-…'],
};

function isLine(text: string) {
  return /^[^\p{Cc}\p{Zl}\p{Zp}]{1,200}$/u.test(text);
}

function areOrigins(all: readonly string[]) {
  return all.every(isOrigin);
}

/** What is wrong with the options, by their names. */
export function faultsOf(options: RoomSiteOptions): [option: string, sentence: string][] {
  const faults = Object.entries(RULES).flatMap(([option, [test, rule]]): [string, string][] => {
    const value = options[option as keyof RoomSiteOptions];
    const isRight = value === undefined ? option !== 'endpoint' : (test as (value: unknown) => boolean)(value);
    return isRight ? [] : [[option, `It must be ${rule}.`]];
  });
  const colors = COLORS.filter(color => !isColor(options.colors?.[color] ?? 'red'));
  return [...faults, ...colors.map((color): [string, string] => [color, 'It must be a colour such as #0a6b4b.'])];
}

/** Throws `misconfigured` with one line for each wrong option. */
export function checkOptions(options: RoomSiteOptions) {
  const faults = faultsOf(options);
  if (faults.length === 0) return;
  throw new RoomsError('misconfigured', faults.map(([option, sentence]) => `${option}: ${sentence}`).join('\n'), {
    key: faults[0]![0],
  });
}
