// A real LiveKit server, and a page with its stock client.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {ADDRESS} from './namespace.js';

export const LIVEKIT = {
  url: 'ws://127.0.0.1:7880',
  key: 'api-key',
  secret: 'canary-secret-of-at-least-thirty-two-bytes',
};
/** The port of all its media. */
export const MEDIA_PORT = 7882;

const CONFIGURATION = `
port: 7880
bind_addresses: ["127.0.0.1"]
rtc:
  udp_port: ${MEDIA_PORT}
  node_ip: ${ADDRESS}
  use_external_ip: false
  interfaces: {includes: [media0]}
keys: {${LIVEKIT.key}: ${LIVEKIT.secret}}
logging: {level: warn}
`;

/** Starts the LiveKit server that `LIVEKIT_SERVER` names by path. Returns the function that ends it. */
export async function startLivekit(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'livekit-'));
  await writeFile(join(folder, 'livekit.yaml'), CONFIGURATION);
  const child = spawn(process.env.LIVEKIT_SERVER!, ['--config', join(folder, 'livekit.yaml')]);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', text => (said += text));
  const deadline = Date.now() + 30_000;
  while (
    !(await fetch(LIVEKIT.url.replace('ws', 'http')).then(
      ({ok}) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`LiveKit does not start: ${said}`);
    await pause(100);
  }
  return async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await rm(folder, {recursive: true});
  };
}

/** What the page does with a token: it joins, sends camera and microphone if it may, and shows everybody else. */
export const livekitPage = () => `
  import './src/index.ts';
  import {hide, pictures, remotes, show} from './test/helpers/engines/page.ts';
  import {Room} from '${process.env.ENGINE_SDKS}/node_modules/livekit-client/dist/livekit-client.esm.mjs';
  async function enter({token, serverUrl}) {
    const room = new Room();
    globalThis.test.leave = () => room.disconnect();
    room.on('trackSubscribed', (track, _, {identity}) => {
      if (track.kind === 'video') show(identity, new MediaStream([track.mediaStreamTrack]));
    });
    room.on('participantDisconnected', ({identity}) => hide(identity));
    room.on('disconnected', reason => (document.body.dataset.end = String(reason)));
    await room.connect(serverUrl, token);
    document.body.dataset.joined = room.localParticipant.identity;
    return room;
  }
  globalThis.test = {enter, pictures, remotes};
  document.addEventListener('room-token', ({detail: {token, serverUrl, participant}}) => {
    const sends = participant.role === 'participant' || location.search === '?sends';
    enter({token, serverUrl})
      .then(room => sends && room.localParticipant.enableCameraAndMicrophone())
      .catch(error => (document.body.dataset.refused = error.message));
  });`;
