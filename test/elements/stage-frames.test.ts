import {expect} from '@open-wc/testing';
import type {EndReason, TokenDetail} from '../../src/stage/call.js';
import {
  mount,
  type DailyLibrary,
  type JitsiApi,
  type RealtimeKitLibrary,
  type ZoomToolkit,
} from '../../src/stage/frames.js';
import {until} from '../helpers/elements/stage.js';

const TOKEN = 'the-secret-token';

/** A token of a provider. */
const detailOf = (provider: string, connection: object = {}, more: object = {}) =>
  ({
    provider,
    connection,
    token: TOKEN,
    room: {room_id: 'lobby', name: 'Lobby', settings: {}},
    participant: {name: 'Ann', role: 'participant'},
    ...more,
  }) as unknown as TokenDetail;

/** A place in the page, and a window that is shown there. */
function show(detail: TokenDetail, given: {origins?: string[]; client?: unknown} = {}) {
  const place = document.createElement('div');
  document.body.append(place);
  const ends: EndReason[] = [];
  const leaving = new AbortController();
  const shown = Promise.resolve().then(() =>
    mount(
      detail,
      {origins: [], place, end: reason => ends.push(reason), microphone: true, camera: false, language: 'de', ...given},
      leaving.signal,
    ),
  );
  return {place, ends, shown, abort: () => leaving.abort()};
}
/** The code and the sentence of the error that a window is refused with. */
const refusal = (shown: Promise<unknown>) =>
  shown.then(
    () => 'shown',
    (error: {code: string; message: string}) => {
      expect(error.message).not.to.contain(TOKEN);
      return `${error.code}: ${error.message}`;
    },
  );

/** Listeners by event, as the vendors' libraries keep them. */
function events() {
  const listeners = new Map<string, (event: never) => void>();
  return {
    on: (event: string, listener: (event: never) => void) => listeners.set(event, listener),
    fire: (event: string, detail: object = {}) => listeners.get(event)!(detail as never),
  };
}

describe('the windows of vendors', () => {
  afterEach(() => document.querySelectorAll('body > div').forEach(each => each.remove()));

  describe('Jitsi', () => {
    interface Recorded extends JitsiApi {
      domain: string;
      options: {jwt: string; parentNode: Element; lang: string; userInfo: object; configOverwrite: object};
      said: string[];
      listeners: Record<string, (event?: object) => void>;
    }
    const script = `${location.origin}/test/helpers/elements/external_api.js`;
    const jitsi = (more: object = {}) => detailOf('jitsi', {domain: location.host, room: 'lobby', script, ...more});
    const made = () => (globalThis as unknown as {JitsiMeetExternalAPI: {made: Recorded[]}}).JitsiMeetExternalAPI.made;
    // The page's own origin stands for the Jitsi server. Pages of tests have no https.
    const client = class {
      constructor(_: string, {parentNode}: {parentNode: Element}) {
        parentNode.append(document.createElement('iframe'));
      }
      on() {}
      executeCommand() {}
      dispose() {}
    };

    it('is loaded only from an origin that the owner named', async () => {
      const {shown} = show(
        detailOf('jitsi', {domain: 'meet.example', room: 'lobby', script: 'https://evil.example/x.js'}),
      );
      expect(await refusal(shown)).to.equal(
        'misconfigured: This room is at https://meet.example. Add that to client-origins of the stage.',
      );
      const named = show(
        detailOf('jitsi', {domain: 'meet.example', room: 'lobby', script: 'https://evil.example/x.js'}),
        {
          origins: ['https://meet.example'],
        },
      );
      expect(await refusal(named.shown)).to.match(/^misconfigured: This room is at https:\/\/evil\.example\./);
      expect(document.querySelector('script[src*="evil"]')).to.equal(null);
    });

    it('knows the vendor’s own origin of JaaS, and takes no other', async () => {
      const connection = {domain: '8x8.vc', room: 'a/lobby', script: 'https://8x8.vc.evil.example/external_api.js'};
      expect(await refusal(show(detailOf('jaas', connection)).shown)).to.match(
        /^misconfigured: .*8x8\.vc\.evil\.example/,
      );
      const {place, shown} = show(detailOf('jaas', {...connection, script: 'https://8x8.vc/a/external_api.js'}), {
        client,
      });
      await shown;
      expect(place.querySelectorAll('iframe').length).to.equal(1);
    });

    it('gets a name, and whether microphone and camera are on', async () => {
      const {place, shown, ends} = show(jitsi({domain: 'meet.example'}), {
        origins: ['https://meet.example', location.origin],
      });
      const frame = await shown;
      const [api] = made().slice(-1) as [Recorded];
      expect(api.domain).to.equal('meet.example');
      expect(api.options.parentNode === place).to.equal(true);
      const {jwt, lang, userInfo} = api.options;
      expect([jwt, lang, userInfo]).to.deep.equal([TOKEN, 'de', {displayName: 'Ann'}]);
      expect(api.options.configOverwrite).to.deep.include({startWithAudioMuted: false, startWithVideoMuted: true});
      api.listeners.participantKickedOut!({kicked: {local: false}});
      expect(ends).to.deep.equal([]);
      api.listeners.participantKickedOut!({kicked: {local: true}});
      api.listeners.videoConferenceLeft!();
      expect(ends).to.deep.equal(['removed']);
      frame.leave();
      expect(place.childElementCount).to.equal(0);
    });

    it('hangs up once when one leaves, and then tells nothing', async () => {
      const {place, shown, ends} = show(jitsi({domain: 'meet.example'}), {
        origins: ['https://meet.example', location.origin],
      });
      const frame = await shown;
      const [api] = made().slice(-1) as [Recorded];
      frame.leave();
      frame.leave();
      api.listeners.readyToClose!();
      expect([api.said, ends, place.childElementCount]).to.deep.equal([['hangup', 'dispose'], [], 0]);
    });

    it('says that its script is not there, and that it defines something else', async () => {
      const origins = ['https://meet.example', location.origin];
      const api = (globalThis as {JitsiMeetExternalAPI?: unknown}).JitsiMeetExternalAPI;
      delete (globalThis as {JitsiMeetExternalAPI?: unknown}).JitsiMeetExternalAPI;
      const missing = jitsi({domain: 'meet.example', script: `${location.origin}/missing.js`});
      expect(await refusal(show(missing, {origins}).shown)).to.match(
        /^offline: The client of this room cannot be loaded/,
      );
      expect(await refusal(show(jitsi({domain: 'meet.example'}), {origins, client: {}}).shown)).to.equal(
        'misconfigured: The client of the stage is not JitsiMeetExternalAPI.',
      );
      Object.assign(globalThis, {JitsiMeetExternalAPI: api});
    });
  });

  describe('Daily', () => {
    const connection = {url: 'https://shop.daily.co/lobby'};
    function daily(join: () => Promise<unknown> = async () => {}) {
      const {on, fire} = events();
      const said: string[] = [];
      let joined: object | undefined;
      const client: DailyLibrary = {
        createFrame(place) {
          place.append(document.createElement('iframe'));
          return {
            on,
            join: options => {
              joined = options;
              return join();
            },
            leave: async () => said.push('leave'),
            destroy: async () => said.push('destroy'),
          };
        },
      };
      return {client, fire, said, joined: () => joined};
    }

    it('joins with the token, and says why it ended', async () => {
      for (const [type, reason] of [
        ['ejected', 'removed'],
        ['exp-room', 'closed'],
        ['connection-error', 'lost'],
      ]) {
        const {client, fire, joined} = daily();
        const {shown, ends} = show(detailOf('daily', connection), {client});
        await shown;
        expect(joined()).to.deep.equal({
          ...connection,
          token: TOKEN,
          userName: 'Ann',
          startAudioOff: false,
          startVideoOff: true,
        });
        fire('error', {error: {type}});
        fire('left-meeting');
        expect(ends).to.deep.equal([reason]);
      }
    });

    it('leaves when one leaves', async () => {
      const {client, fire, said} = daily();
      const {shown, ends, place} = show(detailOf('daily', connection), {client});
      (await shown).leave();
      await until(() => said.length === 2);
      fire('left-meeting');
      expect([said, ends, place.childElementCount]).to.deep.equal([['leave', 'destroy'], [], 0]);
    });

    it('says that it does not let one in, without the token, and leaves nothing behind', async () => {
      const {client} = daily(() => Promise.reject(new Error(`no: ${TOKEN}`)));
      const {shown, place} = show(detailOf('daily', connection), {client});
      expect(await refusal(shown)).to.equal('platform_down: Daily does not let you in.');
      expect(place.childElementCount).to.equal(0);
    });

    it('ends when one leaves before one is in', async () => {
      const {client, joined} = daily(() => new Promise(() => {}));
      const {shown, place, abort} = show(detailOf('daily', connection), {client});
      await until(joined);
      abort();
      expect(await refusal(shown)).to.match(/^aborted/);
      expect(place.childElementCount).to.equal(0);
    });

    it('is shown at no address but Daily’s, or one that the owner named', async () => {
      const {client} = daily();
      const elsewhere = detailOf('daily', {url: 'https://daily.co.evil.example/lobby'});
      expect(await refusal(show(elsewhere, {client}).shown)).to.match(
        /^misconfigured: This room is at https:\/\/daily\.co\.evil/,
      );
      await show(elsewhere, {client, origins: ['https://daily.co.evil.example']}).shown;
    });

    it('says what the owner has to give', async () => {
      expect(await refusal(show(detailOf('daily', connection)).shown)).to.equal(
        'misconfigured: Give the stage Daily’s library: as its property client, or its https address in client-origins.',
      );
    });
  });

  describe('RealtimeKit', () => {
    it('shows its element, which joins, and says why it ended', async () => {
      if (!customElements.get('rtk-meeting')) customElements.define('rtk-meeting', class extends HTMLElement {});
      const {on, fire} = events();
      let given: object | undefined;
      let left = 0;
      const client: RealtimeKitLibrary = {
        init: async options => {
          given = options;
          return {self: {on}, leave: async () => (left += 1)};
        },
      };
      const {shown, ends, place} = show(detailOf('realtimekit'), {client: {default: client}});
      const frame = await shown;
      expect(given).to.deep.equal({authToken: TOKEN, defaults: {audio: true, video: false}});
      const element = place.firstElementChild as HTMLElement & {meeting: object; showSetupScreen: boolean};
      expect([element.localName, typeof element.meeting, element.showSetupScreen]).to.deep.equal([
        'rtk-meeting',
        'object',
        false,
      ]);
      expect(place.innerHTML).not.to.contain(TOKEN);
      fire('roomLeft', {state: 'kicked'});
      expect(ends).to.deep.equal(['removed']);
      frame.leave();
      expect([left, place.childElementCount]).to.deep.equal([0, 0]);
    });
  });

  describe('BigBlueButton', () => {
    // This page's own origin stands for the server, and for the page that a meeting ends with.
    const address = `${location.origin}/test/helpers/elements/external_api.js?join`;
    const meeting = (token = address) => detailOf('bigbluebutton', {}, {token});

    it('is a frame with a name, which may use devices and tells nobody where it is', async () => {
      const {shown, place, ends} = show(meeting(), {origins: [location.origin]});
      const frame = await shown;
      const iframe = place.querySelector('iframe')!;
      expect([iframe.title, iframe.referrerPolicy]).to.deep.equal(['Lobby', 'no-referrer']);
      for (const each of ['camera', 'microphone', 'display-capture', 'fullscreen'])
        expect(iframe.allow).to.contain(each);
      // It has gone to a page of this site: the meeting is over.
      await until(() => ends.length > 0);
      expect(ends).to.deep.equal(['left']);
      frame.leave();
      expect(place.childElementCount).to.equal(0);
    });

    it('is shown at no address that only an answer names', async () => {
      const {shown, place} = show(meeting('https://bbb.example/join?checksum=1'));
      expect(await refusal(shown)).to.equal(
        'misconfigured: This room is at https://bbb.example. Add that to client-origins of the stage.',
      );
      expect(place.childElementCount).to.equal(0);
      expect(await refusal(show(meeting('javascript:alert(1)')).shown)).to.match(/^bad_reply/);
    });
  });

  describe('Zoom', () => {
    it('joins its session, and leaves it', async () => {
      let joined = () => {};
      let closed = () => {};
      let given: object | undefined;
      let leavings = 0;
      const client: ZoomToolkit = {
        joinSession(place, options) {
          given = options;
          place.append(document.createElement('div'));
          setTimeout(() => joined());
        },
        closeSession: () => (leavings += 1),
        onSessionJoined: listener => (joined = listener),
        onSessionClosed: listener => (closed = listener),
      };
      const {shown, ends, place} = show(detailOf('zoom', {topic: 'lobby'}), {client});
      const frame = await shown;
      expect(given).to.deep.include({videoSDKJWT: TOKEN, sessionName: 'lobby', userName: 'Ann'});
      closed();
      expect(ends).to.deep.equal(['left']);
      frame.leave();
      expect([leavings, place.childElementCount]).to.deep.equal([0, 0]);
    });
  });

  it('say that a provider has none', async () => {
    expect(await refusal(show(detailOf('twilio', {room: 'lobby'})).shown)).to.equal(
      'misconfigured: No window is known for rooms of twilio.',
    );
  });
});
