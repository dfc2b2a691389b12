import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {describe, it} from 'node:test';
import type {Provider} from '../../src/rooms/connection.js';
import {complaints} from '../helpers/imagined.js';
import {needsSdks} from '../helpers/engines/sdk.js';

// The vendors' own types, in the folder that ENGINE_SDKS names, compile each line of the README.

/** What stands around the README's line: the vendor's client, and the parameters that take our arguments. */
const CLIENTS: Record<Provider, {around: string; takes: string; given?: string}> = {
  livekit: {
    around: `import {Room} from 'livekit-client';`,
    takes: `Parameters<Room['connect']>`,
  },
  jitsi: {
    around: `import type {JitsiMeetExternalAPIConstructor} from 'jitsi-meet';
      declare const JitsiMeetExternalAPI: JitsiMeetExternalAPIConstructor;`,
    takes: `ConstructorParameters<JitsiMeetExternalAPIConstructor>`,
  },
  jaas: {
    around: `import type {JitsiMeetExternalAPIConstructor} from 'jitsi-meet';
      declare const JitsiMeetExternalAPI: JitsiMeetExternalAPIConstructor;`,
    takes: `ConstructorParameters<JitsiMeetExternalAPIConstructor>`,
  },
  daily: {
    around: `import Daily, {type DailyCall} from '@daily-co/daily-js';`,
    takes: `Parameters<DailyCall['join']>`,
  },
  twilio: {
    around: `import {connect} from 'twilio-video';`,
    takes: `Parameters<typeof connect>`,
  },
  vonage: {
    around: `import OT from '@vonage/client-sdk-video';`,
    takes: `{session: Parameters<typeof OT.initSession>; connect: Parameters<ReturnType<typeof OT.initSession>['connect']>}`,
  },
  realtimekit: {
    around: `import RealtimeKitClient from '@cloudflare/realtimekit';`,
    takes: `Parameters<typeof RealtimeKitClient.init>`,
  },
  bigbluebutton: {around: '', takes: `Parameters<Location['assign']>`},
  zoom: {
    around: `import {type VideoClient} from '@zoom/videosdk';
      declare const client: typeof VideoClient;`,
    takes: `Parameters<(typeof client)['join']>`,
  },
  janus: {
    around: `import Janus, {type JanusJS} from 'janus-gateway';
      declare const handle: JanusJS.PluginHandle;`,
    takes: `{session: JanusJS.ConstructorOptions; join: JanusJS.PluginMessage}`,
  },
  rooms: {
    around: '',
    takes: `{
      socket: ConstructorParameters<typeof WebSocket>;
      join: Parameters<WebSocket['send']>;
      peer: ConstructorParameters<typeof RTCPeerConnection>;
    }`,
  },
};
const PROVIDERS = Object.keys(CLIENTS) as Provider[];

/** Keys that a client takes though its published types lack them: they are in Jitsi's own config.js. */
const UNTYPED = `'prejoinConfig'`;

/**
 * Keys that we give and the client does not know, at any depth; they compile otherwise, since TypeScript checks them only
 * where an object is written out.
 */
const UNKNOWN_KEYS = `
  type Plain<T> = T extends string | number | boolean | Element | ((...all: never[]) => unknown) | undefined ? never : T;
  type Strange<Given, Taken> = Given extends readonly unknown[]
    ? {[At in Extract<keyof Given, \`\${number}\`>]: Strange<Given[At], At extends keyof Taken ? NonNullable<Taken[At]> : never>}[Extract<keyof Given, \`\${number}\`>]
    : [Plain<Given>] extends [never]
      ? never
      : {
          [Key in keyof Given]-?: Key extends ${UNTYPED}
            ? never
            : Key extends AllKeys<Plain<Taken>>
              ? Strange<NonNullable<Given[Key]>, At<Plain<Taken>, Key>>
              : Key;
        }[keyof Given];
  type AllKeys<T> = T extends unknown ? keyof T : never;
  type At<T, Key extends PropertyKey> = T extends unknown ? (Key extends keyof T ? NonNullable<T[Key]> : never) : never;`;

/** The lines of the README's table of clients, by provider. */
const LINES = Object.fromEntries(
  [...readFileSync('README.md', 'utf8').matchAll(/^\| `(\w+)` +\| [^|]+ \| `(.*(?:detail).*)` +\|$/gm)].map(
    ([, provider, line]) => [provider!, line!],
  ),
) as Record<Provider, string>;

const OURS = resolve('src/connect/connect.ts');

/** What TypeScript says of one provider's line. `ours` is our file, perhaps with a mistake in it. */
function saidOf(provider: Provider, line: string, ours = readFileSync(OURS, 'utf8')) {
  const {around, takes} = CLIENTS[provider];
  const text = `${around}
    import * as greenroom from 'greenroom/connect';
    const {${PROVIDERS.map(name => `${name}`).join(', ')}} = greenroom;
    declare const detail: Parameters<typeof livekit>[0];
    declare const parentNode: HTMLElement;
    ${UNKNOWN_KEYS}
    type Given = ReturnType<typeof greenroom.${provider}>;
    const known: [Strange<Given, ${takes}>] extends [never] ? true : Strange<Given, ${takes}> = true;
    ${line}
    export {known};`;
  return compiled(provider, text, ours);
}

/** What TypeScript says of a file in the folder of the vendors' packages. */
function compiled(name: string, text: string, ours = readFileSync(OURS, 'utf8')) {
  const folder = process.env.ENGINE_SDKS!;
  return complaints(
    {[join(folder, `${name}.ts`)]: text, [OURS]: ours},
    {
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      allowSyntheticDefaultImports: true,
      paths: {'greenroom/connect': [OURS], 'jitsi-meet': [join(folder, 'node_modules/@types/jitsi-meet/index.d.ts')]},
    },
  );
}

/** Mistakes that somebody could make in our file, and whose client must notice. */
const MISTAKES: [provider: Provider, right: string, wrong: string][] = [
  ['livekit', '[url: string, token: string]', '[url: string, token: number]'],
  ['jitsi', 'jwt: string', 'jvt: string'],
  ['jaas', 'displayName: string', 'display: string'],
  ['daily', 'userName: string', 'username: string'],
  ['twilio', 'options: {name: string}', 'options: {room: string}'],
  ['vonage', 'connect: [token: string]', 'connect: [token: number]'],
  ['realtimekit', 'authToken: string', 'token: string'],
  ['bigbluebutton', 'address: string', 'address: number'],
  ['zoom', 'topic: string', 'topic: {name: string}'],
  ['janus', 'server: string', 'url: string'],
  ['rooms', 'message: string', 'message: object'],
];

describe('the arguments of each client, beside the vendor’s own types', needsSdks, () => {
  for (const provider of PROVIDERS) {
    it(`compile for ${provider}, as the README writes them`, () => {
      assert.ok(LINES[provider], 'no line in the README');
      assert.deepEqual(saidOf(provider, LINES[provider]), []);
    });
  }

  for (const [provider, right, wrong] of MISTAKES) {
    it(`do not compile for ${provider} with a mistake`, () => {
      const ours = readFileSync(OURS, 'utf8');
      assert.ok(ours.includes(right), `no “${right}” in our file`);
      // The mistake is in what we promise; that our own code then breaks its promise counts for nothing.
      const broken = `// @ts-nocheck\n${ours.replaceAll(right, wrong)}`;
      assert.notDeepEqual(saidOf(provider, LINES[provider], broken), []);
    });
  }

  it('do not compile for the client of another vendor', () => {
    const others: [Provider, Provider][] = [
      ['livekit', 'realtimekit'],
      ['daily', 'twilio'],
      ['twilio', 'zoom'],
      ['realtimekit', 'daily'],
      ['zoom', 'jitsi'],
      ['jitsi', 'daily'],
    ];
    for (const [provider, other] of others) {
      const line = LINES[provider].replace(`...${provider}(`, `...${other}(`);
      assert.notDeepEqual(saidOf(provider, line), [], line);
    }
  });

  it('fit what the stage takes as its client', () => {
    const stage = (name: string) => JSON.stringify(resolve(`src/stage/${name}.js`));
    const text = `import * as client from 'livekit-client';
      import Daily from '@daily-co/daily-js';
      import RealtimeKitClient from '@cloudflare/realtimekit';
      import type {JitsiMeetExternalAPIConstructor} from 'jitsi-meet';
      import type {LivekitClient} from ${stage('livekit')};
      import type {DailyLibrary, JitsiConstructor, RealtimeKitLibrary} from ${stage('frames')};
      declare const Jitsi: JitsiMeetExternalAPIConstructor;
      client satisfies LivekitClient;
      // @ts-expect-error No room has another name.
      ({Rooms: client.Room}) satisfies LivekitClient;
      type DailyFrame = Omit<ReturnType<DailyLibrary['createFrame']>, 'on'>;
      Daily.createFrame satisfies (...given: Parameters<DailyLibrary['createFrame']>) => DailyFrame;
      const dailyFrame = Daily.createFrame();
      dailyFrame.on('left-meeting', () => {});
      dailyFrame.on('error', ({error}) => error?.type satisfies string | undefined);
      RealtimeKitClient satisfies RealtimeKitLibrary;
      type Api = Omit<InstanceType<JitsiConstructor>, 'on'>;
      Jitsi satisfies new (...given: ConstructorParameters<JitsiConstructor>) => Api;
      type Event = Parameters<InstanceType<JitsiConstructor>['on']>[0];
      ('' as Event) satisfies Parameters<InstanceType<typeof Jitsi>['on']>[0];`;
    assert.deepEqual(compiled('stage', text), []);
  });
});
