import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import '../../src/define/join-button.js';
import '../../src/define/room-stage.js';
import type {RoomStage} from '../../src/index.js';
import {itWithCalls, replace} from '../helpers/elements/preparing.js';
import {buttonOf, emulate, inside, openStage, textOf, until} from '../helpers/elements/stage.js';

/** Nothing is there, so a browser that tries to play it soon fails. */
const BROADCAST = 'https://127.0.0.1:9/live.m3u8';

/** Whether this browser says that it plays HLS. */
const plays = (answer: CanPlayTypeResult) => replace(HTMLMediaElement.prototype, 'canPlayType', () => answer);

/** The stage of somebody in the audience of a room, who came in by a button. */
async function watch(settings: object, lang = 'en'): Promise<RoomStage> {
  const {endpoint, roomIds} = await openStage([{name: 'Town hall', settings: {audiences: 5, ...settings}}], {
    visitor: {user_ref: 'au', name: 'Au', roles: ['audience'], rooms: '*'},
  });
  // Two may be on one page.
  const id = `join-${crypto.randomUUID()}`;
  const page = await fixture<HTMLElement>(html`
    <div lang=${lang}>
      <join-button id=${id} endpoint=${endpoint} room-id=${roomIds[0]!} user-role="audience"></join-button>
      <room-stage for=${id}></room-stage>
    </div>
  `);
  const stage = page.querySelector('room-stage')!;
  const joined = oneEvent(stage, 'stage-joined');
  await stage.updateComplete;
  buttonOf(page.querySelector('join-button')!).click();
  await joined;
  await stage.updateComplete;
  return stage;
}

const noticed = (stage: RoomStage) => textOf(stage, '[part=notice]');
const link = (stage: RoomStage) => inside<HTMLAnchorElement>(stage, 'a');

describe('<room-stage> for an audience', () => {
  itWithCalls(
    'shows the broadcast in place where the browser plays it, and a link when it does not play after all',
    async () => {
      plays('maybe');
      const stage = await watch({hls_view_url: BROADCAST});
      const video = inside<HTMLVideoElement>(stage, 'video');
      expect([video.src, video.controls, video.ariaLabel]).to.deep.equal([BROADCAST, true, 'Broadcast']);
      await until(() => link(stage), 'it does not play');
      expect(inside(stage, 'video')).to.equal(null);
    },
  );

  itWithCalls('opens the broadcast by a link elsewhere, whose page learns nothing of this one', async () => {
    plays('');
    const stage = await watch({hls_view_url: BROADCAST});
    expect(noticed(stage)).to.equal(
      'You are in the audience. This browser cannot show the broadcast here. Watch the broadcast',
    );
    // The audience is not in the room, so nobody is missing there.
    expect(textOf(stage, '[role=status]')).to.equal('You are in the audience.');
    const {href, target, relList} = link(stage);
    expect([href, target, [...relList]]).to.deep.equal([BROADCAST, '_blank', ['noopener', 'noreferrer']]);
    for (const colorScheme of ['light', 'dark'] as const) {
      await emulate({colorScheme});
      await expect(stage).to.be.accessible();
    }
  });

  itWithCalls('says that there is none, in the language of the page', async () => {
    const stage = await watch({});
    expect(noticed(stage)).to.equal('You are in the audience. This room has no broadcast that you could watch.');
    // The platform's own broadcast, which it names to nobody.
    const other = await watch({hls_view_url: 'DEFAULT'}, 'de');
    await until(() => noticed(other).endsWith('keine Übertragung, die Sie ansehen könnten.'), 'it says so');
  });

  itWithCalls('shows no address that is not https', async () => {
    plays('maybe');
    const stage = await watch({});
    for (const hls_view_url of ['http://127.0.0.1:9/live.m3u8', 'javascript:alert(1)', 'data:text/html,x', '//x', 7]) {
      const detail = {
        token: 'none',
        expiresAt: new Date(),
        expired: false,
        once: true,
        room: {room_id: 'x', name: 'X', settings: {hls_view_url}},
        participant: {role: 'audience'},
        provider: 'livekit',
        serverUrl: 'wss://127.0.0.1:9',
      };
      stage.client = {Room: SilentRoom};
      const joined = oneEvent(stage, 'stage-joined');
      stage.detail = detail as never;
      await joined;
      await stage.updateComplete;
      expect([inside(stage, 'video'), link(stage)], String(hls_view_url)).to.deep.equal([null, null]);
    }
  });
});

/** As much of a LiveKit client as a stage needs whose person sends nothing. */
class SilentRoom {
  localParticipant = {identity: 'au', name: 'Au', isSpeaking: false, trackPublications: new Map()};
  remoteParticipants = new Map();
  async connect() {}
  async disconnect() {}
  on() {}
}
