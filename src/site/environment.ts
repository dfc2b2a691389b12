import {reader, type Environment, type Problem} from '../proxy/node/environment.js';
import {readServer, type ServerSettings} from '../proxy/node/server-settings.js';
import {COLORS, faultsOf, type Color, type RoomSiteOptions} from './options.js';

/** Every environment variable of `greenroom site`: its meaning and its default. */
export const VARIABLES = {
  SITE_ENDPOINT:
    'Address of the token proxy, as visitors’ browsers reach it: https://api.example/rooms, or a path at the same origin. A proxy at another origin has this site in its ORIGINS. Required.',
  SITE_URL: 'Public address of this site, such as https://meet.example. Default: the address that was asked for.',
  SITE_NAME: 'Name of the site. Default: Greenroom.',
  SITE_WELCOME: 'A sentence about the site, on its first page and in previews of links. Default: none.',
  SITE_LANG: 'Language: ar, de, en, es, fr, he, hi, ja, pt, zh. Default: en.',
  SITE_TIME_ZONE: 'Time zone of times on pages without JavaScript. Default: UTC.',
  SITE_LOGO: 'Address of a picture beside the name. Default: none.',
  SITE_ACCENT:
    'Colour of buttons, in CSS; also SITE_ON_ACCENT, SITE_TEXT and SITE_SURFACE. Default: green on white or black.',
  SITE_ON_ACCENT: 'Colour of text on buttons.',
  SITE_TEXT: 'Colour of text.',
  SITE_SURFACE: 'Colour of the background.',
  SITE_HOME: '0 shows no list of rooms at /; only links lead to rooms. Default: 1.',
  SITE_INDEX: '1 lets search engines list the pages. Default: 0.',
  SITE_REMEMBER: '1 remembers a visitor’s name and devices in the browser. Default: 0.',
  SITE_PARENTS: 'Origins of the pages that may show this site in a frame, with commas. Default: none.',
  SITE_PROVIDER:
    'Kind of video client that the proxy’s tokens are for; it decides what the pages may load. Default: rooms.',
  SITE_SERVER_URL: 'Address that clients connect to, such as wss://live.example. Default: none.',
  SITE_CLIENT_ORIGINS: 'Origins that may serve a video client’s script, with commas. Default: the vendor’s own.',
  HOST: 'Address to listen on; 0.0.0.0 for all. Default: 127.0.0.1.',
  PORT: 'Port to listen on. Default: 8080.',
  HOSTS:
    'Names of the hosts that are answered, with commas. Default: that of SITE_URL and this machine if HOST is 127.0.0.1, else any.',
  KEEP_ALIVE_MS: 'How long a connection waits for its next request, in ms. Default: 65000.',
  HEADERS_TIMEOUT_MS: 'How long a request’s headers may take, in ms. Default: 10000.',
  REQUEST_TIMEOUT_MS: 'How long a whole request may take to arrive, in ms. Default: 30000.',
  IDLE_TIMEOUT_MS: 'How long a connection may carry no byte during a request or an answer, in ms. Default: 60000.',
  MAX_PER_ADDRESS: 'Most connections of one address; 0 for no limit. Default: 256.',
} as const;

/** The variable of each option, for those that differ from its name. */
const variableOf = (option: string) =>
  `SITE_${option
    .replace(/[A-Z]/g, letter => `_${letter}`)
    .replace('-', '_')
    .toUpperCase()}`;

export type SiteSettings = Pick<ServerSettings, 'host' | 'port' | 'hosts' | 'limits'> & {site: RoomSiteOptions};

/** Reads the settings from the environment. Returns all errors, if there are any. */
export function readSiteSettings(env: Environment): {settings: SiteSettings} | {problems: Problem[]} {
  const read = reader<keyof typeof VARIABLES>(env);
  const {text, flag, list} = read;
  const colors = Object.fromEntries(
    COLORS.flatMap(color => {
      const value = text(variableOf(color) as keyof typeof VARIABLES);
      return value === undefined ? [] : [[color, value]];
    }),
  ) as Partial<Record<Color, string>>;
  const site: RoomSiteOptions = {
    endpoint: text('SITE_ENDPOINT') ?? '',
    url: text('SITE_URL'),
    name: text('SITE_NAME'),
    welcome: text('SITE_WELCOME'),
    lang: text('SITE_LANG'),
    timeZone: text('SITE_TIME_ZONE'),
    logo: text('SITE_LOGO'),
    colors,
    home: flag('SITE_HOME', true),
    index: flag('SITE_INDEX'),
    remember: flag('SITE_REMEMBER'),
    parents: list('SITE_PARENTS'),
    provider: text('SITE_PROVIDER'),
    serverUrl: text('SITE_SERVER_URL'),
    clientOrigins: list('SITE_CLIENT_ORIGINS'),
  };
  for (const [option, sentence] of faultsOf(site)) {
    const isMissing = option === 'endpoint' && !site.endpoint;
    read.wrong(variableOf(option), isMissing ? 'It is not set.' : sentence, '…');
  }
  const {host, port, hosts, limits} = readServer(read, site.url ? [site.url] : [], 8080);
  return read.problems.length > 0 ? {problems: read.problems} : {settings: {site, host, port, hosts, limits}};
}
