// Every state of <room-stage>, in calls that exist only in the page.
import type {RoomStage} from '../../src/elements/room-stage.js';
import {answer, detailOf, GUESTS, joined, livekit, tell, WAITING, type Guest} from './calls.js';
import {works} from './devices.js';
import {never} from './rooms.js';
import {found, press, states, type Recipe} from './state.js';

type Given = Partial<Pick<RoomStage, 'detail' | 'client' | 'clientOrigins'>>;

/** The browser’s own, which a state may replace. */
const {RTCPeerConnection} = window;
const play = Reflect.get(HTMLMediaElement.prototype, 'play') as (this: HTMLMediaElement) => Promise<void>;

/** What a state changes of the browser, until another state is shown. */
interface Browser {
  /** It plays no sound before a press. */
  isSilent?: boolean;
  noWebRtc?: boolean;
}

function set({isSilent, noWebRtc}: Browser) {
  works();
  Object.assign(window, {RTCPeerConnection: noWebRtc ? undefined : RTCPeerConnection});
  HTMLAudioElement.prototype.play = async function () {
    if (isSilent) throw new DOMException('The gallery was asked to be silent.', 'NotAllowedError');
    // Nobody has pressed anything in most states, and there is nothing to hear.
    await play.call(this).catch(() => {});
  };
  // Most browsers on desks play no HLS.
  HTMLVideoElement.prototype.canPlayType = () => '';
}

const CALL = '.call';
const NOTICE = '[part=notice]';

const recipe = (
  label: string,
  note: string,
  given: () => Given,
  reached: string,
  {isSilent = false, noWebRtc = false, ...rest}: Partial<Recipe<'room-stage'>> & Browser = {},
): Recipe<'room-stage'> => ({
  label,
  note,
  reached,
  settings: () => {
    set({isSilent, noWebRtc});
    return given();
  },
  ...rest,
});

/** A call with pictures. */
const among = (guests: Guest[], connect?: () => Promise<void>) => (): Given => ({
  client: livekit(guests, connect),
  detail: detailOf('livekit'),
});

/** Who only watches. */
const audience = {client: livekit([], undefined, false)};

/** A session of the local platform, which begins with these messages. */
const session =
  (more: Parameters<typeof detailOf>[1], ...messages: object[]) =>
  (): Given => {
    answer(...messages);
    return {detail: detailOf('rooms', more)};
  };

/** Who is in is in sight only after the camera is on: nothing changes any more then. */
const settled = (element: RoomStage) => found(element, '.bar [part=camera]:not(.off)');

/** As much of Jitsi's external API as the stage uses. */
class VendorsWindow {
  constructor(_domain: string, {parentNode}: {parentNode: HTMLElement}) {
    const shown = Object.assign(document.createElement('p'), {textContent: 'The vendor’s own window is here.'});
    shown.style.cssText = 'display: grid; place-items: center; block-size: 100%; margin: 0; color: #f1f6f3';
    parentNode.append(shown);
  }
  on() {}
  executeCommand() {}
  dispose() {}
}

const MEET = 'https://meet.gallery.invalid';

/** LiveKit's numbers of the ends of a call. */
const ENDS = {left: 1, closed: 5, removed: 4, replaced: 2, lost: 0};

const refuses = (reason: number) => () => Promise.reject(Object.assign(new Error('No.'), {reason}));

const failed = (label: string, note: string, given: () => Given, more: Browser = {}) =>
  recipe(label, note, given, '[part=back]', {...more, failure: true});

export const STAGE = states('room-stage', {
  idle: recipe('Before', 'Nobody has joined yet. A page can show something of its own instead.', () => ({}), NOTICE),
  entering: recipe('Joining', 'The client loads, or waits for its server.', among([], never), NOTICE),
  knocking: recipe('You knock', 'A moderator decides.', session({settings: {knock: true}}, WAITING), '[part=leave]'),
  alone: recipe('Alone', 'Nobody else is here yet.', among([]), CALL, {act: settled}),
  people: recipe('Four people', 'One speaks, one is muted, one has no camera.', among(GUESTS), CALL, {act: settled}),
  many: recipe(
    'Many people',
    'Up to 25 pictures; the others are heard and counted.',
    among(Array.from({length: 30}, (_, at) => ({name: `Guest ${at + 1}`, speaks: at === 3}))),
    CALL,
    {act: settled},
  ),
  sharing: recipe(
    'A shared screen',
    'It has the most room, and nothing of it is cut off.',
    among([{name: 'Ada Lovelace', sends: ['screen_share', 'camera', 'microphone'], speaks: true}, ...GUESTS.slice(1)]),
    CALL,
    {act: settled},
  ),
  devices: recipe(
    'Devices',
    'Menus as before the call; on a phone also what has no room in the bar.',
    among(GUESTS),
    CALL,
    {
      act: async element => {
        await settled(element);
        await press(element, '.bar [part=devices]');
      },
    },
  ),
  moderator: recipe(
    'Moderator, people knock',
    'Who knocks floats above the pictures, so none of them moves.',
    session({role: 'moderator'}, joined('moderator', {knocking: ['Cem', 'Dora']})),
    '[part=admit-all]',
    {act: settled},
  ),
  lecture: recipe(
    'Moderator of a lecture',
    'A listener can be given the floor.',
    session({role: 'moderator', settings: {mode: 'lecture'}}, joined('moderator', {lecture: true})),
    '[part=action]',
    {act: settled},
  ),
  listening: recipe(
    'Listener of a lecture',
    'Nothing is sent before a moderator gives the floor.',
    session({settings: {mode: 'lecture'}}, joined('participant', {lecture: true})),
    CALL,
  ),
  ending: recipe(
    'End for all?',
    'A question before everybody is removed.',
    session({role: 'moderator'}, joined('moderator')),
    'dialog[open]',
    {
      act: async element => {
        await settled(element);
        await press(element, '.bar [part=end]');
      },
    },
  ),
  away: recipe(
    'Somebody is away',
    'Their connection broke.',
    session({}, joined('participant', {isAway: true})),
    '.gone',
    {
      act: settled,
    },
  ),
  reconnecting: recipe(
    'Connecting again',
    'Your connection broke, longer than two seconds ago.',
    among(GUESTS),
    '.head.broken',
    {
      act: async element => {
        await settled(element);
        tell('reconnecting');
      },
    },
  ),
  hear: recipe('Click to hear', 'The browser plays no sound before a press.', among(GUESTS), '[part=hear]', {
    isSilent: true,
    act: settled,
  }),
  broadcast: recipe(
    'Audience',
    'The broadcast is in place where the browser plays it, else behind a link.',
    () => ({
      ...audience,
      detail: detailOf('livekit', {role: 'audience', settings: {hls_view_url: 'https://gallery.invalid/live.m3u8'}}),
    }),
    'a',
  ),
  'no-broadcast': recipe(
    'Audience, no broadcast',
    'The room has none.',
    () => ({...audience, detail: detailOf('livekit', {role: 'audience'})}),
    NOTICE,
  ),
  framed: recipe(
    'A vendor’s window',
    'Jitsi, Daily and others have a window of their own.',
    () => ({
      client: VendorsWindow,
      clientOrigins: MEET,
      detail: detailOf('jitsi', {
        connection: {domain: 'meet.gallery.invalid', room: 'coffee', script: `${MEET}/external_api.js`},
      }),
    }),
    'slot[name=frame]',
  ),
  elsewhere: recipe(
    'The page’s own client',
    'Twilio and Vonage are for a client of the page.',
    () => ({detail: detailOf('twilio', {connection: {room: 'coffee'}})}),
    NOTICE,
  ),
  ...Object.fromEntries(
    Object.entries(ENDS).map(([reason, number]) => [
      `after-${reason}`,
      recipe(`After: ${reason}`, 'What happened, and how to come back.', among(GUESTS), '[part=back]', {
        act: async element => {
          await settled(element);
          tell('disconnected', number);
        },
      }),
    ]),
  ),
  'not-admitted': failed(
    'not admitted',
    'A moderator did not let you in.',
    session({settings: {knock: true}}, WAITING, {type: 'refused', result: 40002, error: 'Token denied. Unauthorized'}),
  ),
  denied: failed('denied', 'The engine refuses the token.', among([], refuses(0))),
  offline: failed('offline', 'The engine cannot be reached.', among([], refuses(1))),
  'room-full': failed(
    'room full',
    'All seats were taken between the token and the door.',
    session({}, {type: 'refused', result: 10114, error: 'Room is full'}),
  ),
  'no-client': failed('misconfigured', 'The page gave no client. The console says what to do.', () => ({
    detail: detailOf('livekit'),
  })),
  'no-webrtc': failed('no WebRTC', 'This browser cannot make calls.', session({}, joined('participant')), {
    noWebRtc: true,
  }),
});
