import type {Exchange} from '../../http/client.js';
import type {Enforces} from '../../rooms/enforces.js';
import {RoomsError} from '../../rooms/errors.js';
import {Role} from '../../rooms/schema.js';
import type {Log} from '../../upstream/upstream.js';
import {bigbluebutton} from '../bigbluebutton.js';
import {daily} from '../daily.js';
import type {Engine} from '../engine.js';
import {engineRooms, type EngineRooms} from '../engine-rooms.js';
import {jaas, jitsi} from '../jitsi.js';
import {janus} from '../janus.js';
import {livekit} from '../livekit.js';
import {realtimekit} from '../realtimekit.js';
import {twilio} from '../twilio.js';
import {vonage} from '../vonage.js';
import {zoom} from '../zoom.js';
import {
  VARIABLES as DIRECTORIES,
  readDirectory,
  sentenceOf,
  type Databases,
  type Examined,
  type VariableReader,
} from './directories.js';
import {janusEvents} from './janus-events.js';

// The engines of `greenroom proxy`, from environment variables.

/** Values of options, and how the engine reaches its vendor. */
type Values<Key extends string> = Record<Key, string> & {lifetime?: number; exchange?: Exchange};

/** The variable of an option, and an example of it. */
type Named = [variable: string, example: string, isOptional?: 'optional'];

/** An engine: the variable of each option, and how the engine is made of their values. */
interface Kind {
  variables: Record<string, Named>;
  make: (values: Values<string>, flag: (variable: string) => boolean) => Engine;
}

const kind = <Key extends string>(
  variables: Record<Key, Named>,
  make: (values: Values<Key>, flag: (variable: string) => boolean) => Engine,
): Kind => ({variables, make});

const KINDS: Record<string, Kind> = {
  livekit: kind(
    {
      url: ['LIVEKIT_URL', 'wss://live.example'],
      key: ['LIVEKIT_API_KEY', 'the-key-of-your-server'],
      secret: ['LIVEKIT_API_SECRET', 'the-secret-of-your-server'],
    },
    livekit,
  ),
  jitsi: kind(
    {
      domain: ['JITSI_DOMAIN', 'meet.example'],
      appId: ['JITSI_APP_ID', 'the-app_id-of-your-server'],
      secret: ['JITSI_APP_SECRET', 'the-app_secret-of-your-server'],
    },
    (values, flag) => jitsi({...values, moderators: flag('JITSI_MODERATORS')}),
  ),
  jaas: kind(
    {
      appId: ['JAAS_APP_ID', 'vpaas-magic-cookie-1'],
      keyId: ['JAAS_KEY_ID', 'vpaas-magic-cookie-1/abc'],
      privateKey: ['JAAS_PRIVATE_KEY', '-----BEGIN PRIVATE KEY-----…'],
    },
    jaas,
  ),
  daily: kind({key: ['DAILY_API_KEY', 'the-key-of-your-domain']}, daily),
  twilio: kind(
    {
      account: ['TWILIO_ACCOUNT_SID', 'AC…'],
      key: ['TWILIO_API_KEY', 'SK…'],
      secret: ['TWILIO_API_SECRET', 'the-secret-of-the-key'],
    },
    twilio,
  ),
  realtimekit: kind(
    {
      account: ['CLOUDFLARE_ACCOUNT_ID', 'the-id-of-your-account'],
      app: ['REALTIMEKIT_APP_ID', 'the-id-of-your-app'],
      key: ['CLOUDFLARE_API_TOKEN', 'the-token-of-your-account'],
      presets: ['REALTIMEKIT_PRESETS', 'participant=group_call_participant,moderator=group_call_host', 'optional'],
    },
    ({presets, ...values}) => realtimekit({...values, presets: presetsIn(presets)}),
  ),
  bigbluebutton: kind(
    {
      url: ['BIGBLUEBUTTON_URL', 'https://bbb.example/bigbluebutton/api'],
      secret: ['BIGBLUEBUTTON_SECRET', 'what-bbb-conf---secret-prints'],
    },
    bigbluebutton,
  ),
  janus: kind(
    {
      url: ['JANUS_URL', 'wss://janus.example'],
      adminUrl: ['JANUS_ADMIN_URL', 'http://127.0.0.1:7088/admin'],
      adminSecret: ['JANUS_ADMIN_SECRET', 'the-admin_secret-of-janus.jcfg'],
      adminKey: ['JANUS_ADMIN_KEY', 'the-admin_key-of-its-videoroom'],
      tokenSecret: ['JANUS_TOKEN_SECRET', 'the-token_auth_secret-of-janus.jcfg'],
      events: ['JANUS_EVENTS', 'ws://127.0.0.1:8190/', 'optional'],
    },
    ({events, ...values}) => janus({...values, ...(events && {events: janusEvents(events)})}),
  ),
  vonage: kind(
    {
      applicationId: ['VONAGE_APPLICATION_ID', 'the-id-of-your-application'],
      privateKey: ['VONAGE_PRIVATE_KEY', '-----BEGIN PRIVATE KEY-----…'],
    },
    vonage,
  ),
  zoom: kind(
    {
      sdkKey: ['ZOOM_SDK_KEY', 'the-key-of-the-sdk'],
      sdkSecret: ['ZOOM_SDK_SECRET', 'the-secret-of-the-sdk'],
      apiKey: ['ZOOM_API_KEY', 'the-key-of-the-api'],
      apiSecret: ['ZOOM_API_SECRET', 'the-secret-of-the-api'],
    },
    zoom,
  ),
};

/** What else can be done about a role that an engine does not enforce. */
const HINTS: Record<string, Partial<Record<Role, string>>> = {
  jitsi: {moderator: 'set JITSI_MODERATORS=1 if your server takes moderators from tokens'},
  janus: {viewer: 'set JANUS_EVENTS'},
};

/** The presets of roles in `participant=group_call_participant,moderator=group_call_host`. */
function presetsIn(text = ''): Partial<Record<Role, string>> {
  const presets: Partial<Record<Role, string>> = {};
  for (const entry of text.split(',').filter(Boolean)) {
    const [role, preset = ''] = entry.split('=').map(part => part.trim());
    if (!Role.is(role) || preset === '') {
      throw new RoomsError('misconfigured', 'It must be roles with their presets.', {key: 'presets'});
    }
    presets[role] = preset;
  }
  return presets;
}

const NAMES = Object.keys(KINDS).join(', ');
const isSecret = (variable: string) => /(SECRET|PRIVATE_KEY|DAILY_API_KEY|API_TOKEN|ADMIN_KEY|EVENTS)$/.test(variable);
const ALL = Object.values(KINDS).flatMap(({variables}) => Object.values(variables).map(([variable]) => variable));

/** What the help says of each variable. */
export const VARIABLES: Record<string, string> = {
  ENGINE: `A video engine instead of PLATFORM_URL: ${NAMES}. Several with commas; the first has the rooms that name none.`,
  ...DIRECTORIES,
  ...Object.fromEntries(
    Object.entries(KINDS).map(([name, {variables}]) => [
      Object.values(variables)
        .filter(([, , isOptional]) => !isOptional)
        .map(([variable]) => variable)
        .join(' '),
      `For ENGINE=${name}. Required with it.`,
    ]),
  ),
  JITSI_MODERATORS: '1 if your Jitsi server takes moderators from tokens, by a plugin. Default: 0.',
  REALTIMEKIT_PRESETS:
    'The preset of each role at RealtimeKit: participant=group_call_participant,moderator=group_call_host. Roles without one are refused. Required with ENGINE=realtimekit.',
  JANUS_EVENTS:
    'Address where Janus sends its events, as in its janus.eventhandler.wsevh.jcfg: ws://127.0.0.1:8190/. Without it a token can be used again until it expires, and there are no viewers. Unless Janus is on this machine, it ends with a path of 32 characters.',
  TOKEN_LIFETIME: 'How long a token of ENGINE can be used to join, in seconds. Default: 60, with Zoom 1800.',
};

/** Variables that can be a file instead. */
export const SECRETS = [...ALL.filter(isSecret), 'DATABASE_URL'];

/** The rooms at the engines that ENGINE names. */
export interface MakeRooms {
  /** What each engine enforces, by its name in ENGINE. */
  readonly enforces: Readonly<Record<string, Enforces>>;
  /** What to do besides taking a role away from people, if an engine does not enforce it: “set JITSI_MODERATORS=1 …”. */
  hint(engine: string, role: Role): string | undefined;
  /**
   * Opens the directory and makes the rooms, with the transport and the log of the command. Rejects with `misconfigured` if
   * the directory cannot be opened. `stop` closes it.
   */
  open(options: {exchange?: Exchange; log?: Log}): Promise<EngineRooms>;
  /** Tries what the directory needs, and changes nothing; rejects as `open` does. Undefined if there is nothing to try. */
  examine(): Promise<Examined | undefined>;
}

/** The rooms that ENGINE names. Undefined without ENGINE, and if there was an error. */
export async function readEngines(read: VariableReader, databases?: Databases): Promise<MakeRooms | undefined> {
  const names = (read.text('ENGINE') ?? '')
    .split(',')
    .map(name => name.trim())
    .filter(Boolean);
  if (names.length === 0) return undefined;
  if (read.text('PLATFORM_URL')) {
    return read.wrong('ENGINE', 'PLATFORM_URL is set, too. Remove one of them.', '');
  }
  const unknown = names.find(name => !Object.hasOwn(KINDS, name));
  if (unknown) return read.wrong('ENGINE', `“${unknown.slice(0, 40)}” is not one of ${NAMES}.`, 'livekit');
  const place = await readDirectory(read, databases);
  const makers = await Promise.all(names.map(name => readEngine(read, KINDS[name]!)));
  if (!place || !makers.every(make => make !== undefined)) return undefined;
  const enginesWith = (exchange?: Exchange) =>
    Object.fromEntries(names.map((name, index) => [name, makers[index]!(exchange)]));
  const engines = enginesWith();
  try {
    if (place.fixed) engineRooms({directory: place.fixed, engine: engines, log: () => {}});
  } catch (error) {
    return read.wrong('ROOMS_FILE', sentenceOf(error), read.text('ROOMS_FILE')!);
  }
  return {
    enforces: Object.fromEntries(Object.entries(engines).map(([name, {enforces}]) => [name, enforces])),
    hint: (engine, role) => HINTS[engine]?.[role],
    examine: async () => place.examine?.(),
    async open({exchange, log}) {
      const directory = await place.open(log);
      const rooms = engineRooms({directory, engine: enginesWith(exchange), log});
      const stop = async () => {
        await rooms.stop();
        await directory.close?.();
      };
      return {...rooms, stop};
    },
  };
}

async function readEngine({text, secret, wrong}: VariableReader, {variables, make}: Kind) {
  const values: Record<string, string> = {};
  let isWhole = true;
  for (const [option, [variable, example, isOptional]] of Object.entries(variables)) {
    const value = isSecret(variable) ? await secret(variable) : text(variable);
    if (value === undefined && isOptional) continue;
    if (value === undefined) wrong(variable, 'It is not set.', example);
    isWhole &&= value !== undefined;
    values[option] = value ?? '';
  }
  if (!isWhole) return undefined;
  const seconds = text('TOKEN_LIFETIME');
  const lifetime = seconds === undefined ? {} : {lifetime: /^\d{1,7}$/.test(seconds) ? Number(seconds) : NaN};
  const made = (exchange?: Exchange) =>
    make({...values, ...lifetime, ...(exchange && {exchange})} as Values<string>, variable => text(variable) === '1');
  try {
    made();
    return made;
  } catch (error) {
    const {key = ''} = error as RoomsError;
    const [variable, example] = key === 'lifetime' ? ['TOKEN_LIFETIME', '1800'] : (variables[key] ?? ['ENGINE', '']);
    return wrong(variable, sentenceOf(error), example);
  }
}
