import {expect, oneEvent} from '@open-wc/testing';
import type {PreJoin} from '../../src/elements/pre-join.js';
import {
  decide,
  itWithDevices,
  noteOf,
  refuses,
  replace,
  settled,
  showPreJoin,
  start,
  watchMedia,
} from '../helpers/elements/preparing.js';
import {browser, inside, openStage, press, textOf, until} from '../helpers/elements/stage.js';

type Facing = 'user' | 'environment';

const device = (kind: MediaDeviceKind, label: string) => ({kind, deviceId: label, label, groupId: label});

const lists = (...devices: object[]) => replace(navigator.mediaDevices, 'enumerateDevices', async () => devices);

/** A phone: a finger, and two cameras that know which way they look. */
function beAPhone() {
  const match = window.matchMedia.bind(window);
  replace(window, 'matchMedia', (query: string) => match(query.includes('coarse') ? 'all' : query));
  lists(device('videoinput', 'Front'), device('videoinput', 'Back'), device('audioinput', 'Microphone'));
  return watchMedia(ask => async wish => {
    const {facingMode, deviceId} = (wish.video ?? {}) as {facingMode?: {ideal: Facing}; deviceId?: {exact: string}};
    const facing = deviceId ? (deviceId.exact === 'Back' ? 'environment' : 'user') : facingMode?.ideal;
    const stream = await ask({audio: Boolean(wish.audio), video: Boolean(wish.video)});
    for (const track of stream.getVideoTracks()) {
      const label = facing === 'environment' ? 'Back' : 'Front';
      Object.assign(track, {getSettings: () => ({facingMode: facing, deviceId: label})});
    }
    return stream;
  });
}

const isMirrored = (element: PreJoin) => inside(element, 'video').classList.contains('mirrored');

/** Reports each time the level is measured. */
function measured() {
  const counted = {times: 0};
  const read = Reflect.get(AnalyserNode.prototype, 'getFloatTimeDomainData') as (
    this: AnalyserNode,
    to: object,
  ) => void;
  replace(AnalyserNode.prototype, 'getFloatTimeDomainData', function (this: AnalyserNode, to: Float32Array) {
    counted.times++;
    read.call(this, to);
  });
  return counted;
}

/** The sentence beside the level. */
const heard = (element: PreJoin) => textOf(element, '.said span:not(.behind)');

/** Turns everything on by the keyboard: sound begins only after a person pressed something. */
async function startByKey(element: PreJoin) {
  inside(element, '[part=start]').focus();
  await press('Enter');
  await settled(element);
}

describe('<pre-join> on a phone', () => {
  itWithDevices(
    'changes between the front and the back camera by one press, and mirrors only the front one',
    async () => {
      decide({});
      const watched = beAPhone();
      const element = await showPreJoin();
      await start(element);
      await until(() => inside(element, '[part=flip]'), 'it offers the other camera');
      expect([isMirrored(element), element.camera]).to.deep.equal([true, 'Front']);
      const [front] = element.stream!.getVideoTracks();
      const audio = element.stream!.getAudioTracks();

      await start(element, 'flip');
      await until(() => element.camera === 'Back', 'it is the back camera');
      const {deviceId, facingMode} = watched.asked[1]!.video as MediaTrackConstraints;
      expect([deviceId, facingMode, watched.asked[1]!.audio]).to.deep.equal([
        undefined,
        {ideal: 'environment'},
        undefined,
      ]);
      // Some phones open only one camera at a time.
      expect([front!.readyState, isMirrored(element)]).to.deep.equal(['ended', false]);
      expect(element.stream!.getAudioTracks()).to.deep.equal(audio);

      await start(element, 'flip');
      await until(() => element.camera === 'Front', 'it is the front camera');
      expect(isMirrored(element)).to.equal(true);
    },
  );

  itWithDevices('goes back to the camera that works if the other one does not open', async () => {
    decide({});
    const watched = beAPhone();
    const element = await showPreJoin({'no-microphone': ''});
    await start(element);
    await until(() => inside(element, '[part=flip]'), 'it offers the other camera');
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    replace(navigator.mediaDevices, 'getUserMedia', (wish: MediaStreamConstraints) =>
      JSON.stringify(wish).includes('environment') ? refuses('NotFoundError')(ask)(wish) : ask(wish),
    );
    await start(element, 'flip');
    await until(() => element.camera === 'Front', 'the old camera is back');
    expect((watched.asked.at(-1)!.video as MediaTrackConstraints).deviceId).to.deep.equal({exact: 'Front'});
  });

  itWithDevices('offers no other camera where there is only one, or a mouse', async () => {
    decide({});
    const element = await showPreJoin();
    await start(element);
    await until(() => !inside<HTMLSelectElement>(element, 'select').disabled, 'the devices have names');
    expect(inside(element, '[part=flip]')).to.equal(null);
  });
});

describe('the microphone of <pre-join>', () => {
  itWithDevices('shows that it hears a voice, by a level and in words', async () => {
    decide({});
    if (browser === 'firefox')
      replace(AnalyserNode.prototype, 'getFloatTimeDomainData', (to: Float32Array) => to.fill(0.3));
    const element = await showPreJoin({'no-camera': ''});
    await startByKey(element);
    // The pretended microphone sounds by itself. Of Firefox's, no sound arrives here.
    await until(() => heard(element) === 'We hear you.', heard(element));
    await until(() => inside<HTMLMeterElement>(element, 'meter').value > 0, 'the level moves');
  });

  itWithDevices('never says that it hears somebody while it is silent', async () => {
    decide({});
    watchMedia(() => async () => new AudioContext().createMediaStreamDestination().stream);
    const counted = measured();
    const element = await showPreJoin({'no-camera': ''});
    await startByKey(element);
    await until(() => counted.times > 5, 'it listens');
    expect([heard(element), inside<HTMLMeterElement>(element, 'meter').value]).to.deep.equal([
      'Say something: the bars move.',
      0,
    ]);
  });

  itWithDevices('says that something else holds it, not for a moment, and opens it again afterwards', async () => {
    decide({});
    const heardBy: Record<string, (event: Event) => void> = {};
    const add = Reflect.get(EventTarget.prototype, 'addEventListener') as (
      this: EventTarget,
      ...args: unknown[]
    ) => void;
    // Firefox delivers no event that a page made to the listeners of a track.
    replace(
      MediaStreamTrack.prototype,
      'addEventListener',
      function (this: MediaStreamTrack, type: string, listener: (event: Event) => void, options: unknown) {
        if (this.kind === 'audio') heardBy[type] = listener;
        add.call(this, type, listener, options);
      },
    );
    const watched = watchMedia();
    const element = await showPreJoin({'no-camera': ''});
    await start(element);
    const later = window.setTimeout.bind(window);
    const waits: (() => void)[] = [];
    replace(window, 'setTimeout', (work: () => void, ms?: number) =>
      ms === 1000 ? waits.push(work) && later(() => {}, 1e6) : later(work, ms),
    );
    heardBy.mute!(new Event('mute'));
    heardBy.unmute!(new Event('unmute'));
    await element.updateComplete;
    expect([noteOf(element).includes('Microphone'), watched.asked.length]).to.deep.equal([false, 1]);

    heardBy.mute!(new Event('mute'));
    waits.at(-1)!();
    await until(() => noteOf(element).startsWith('Microphone'), 'it says so');
    await expect(element).to.be.accessible();
    heardBy.unmute!(new Event('unmute'));
    await until(() => watched.asked.length === 2 && element.microphone !== null, 'it is open again');
    await until(() => !noteOf(element).includes('Microphone'), 'nothing is wrong any more');
  });
});

describe('the speaker of <pre-join>', () => {
  it('can be chosen where the browser lets a page do that, and is where the sound to test it is heard', async () => {
    decide({});
    localStorage.clear();
    const outputs = [device('audiooutput', 'Headphones'), device('audiooutput', 'Desk')];
    const asksItself = 'selectAudioOutput' in navigator.mediaDevices;
    let isListed = !asksItself;
    replace(navigator.mediaDevices, 'enumerateDevices', async () => [
      device('audioinput', 'Microphone'),
      ...(isListed ? outputs : []),
    ]);
    watchMedia(() => async () => new AudioContext().createMediaStreamDestination().stream);
    const sinks: string[] = [];
    replace(HTMLMediaElement.prototype, 'setSinkId', async (id: string) => void sinks.push(id));
    const element = await showPreJoin({'no-camera': '', remember: ''});
    const speaker = () => [...element.shadowRoot!.querySelectorAll<HTMLElement>('.menus [part=menu]')][1];
    if (browser === 'webkit') return expect(speaker()).to.equal(undefined);
    await start(element);
    if (asksItself) {
      // Firefox asks which one, and a page may then use that one.
      let isRefused = true;
      replace(navigator.mediaDevices, 'selectAudioOutput', async () => {
        if (isRefused) throw new DOMException('The person closed the question.', 'NotAllowedError');
        isListed = true;
        return outputs[1];
      });
      expect(speaker()!.textContent).to.equal('Choose a speaker');
      speaker()!.click();
      await element.updateComplete;
      expect(element.speaker).to.equal('');
      isRefused = false;
      setTimeout(() => speaker()!.click());
    } else {
      await until(() => !(speaker() as HTMLSelectElement).disabled, 'it lists them');
      const menu = speaker() as HTMLSelectElement;
      expect([...menu.options].map(({textContent}) => textContent)).to.include.members(['Headphones', 'Desk']);
      setTimeout(() => {
        menu.value = 'Desk';
        menu.dispatchEvent(new Event('change'));
      });
    }
    expect((await oneEvent(element, 'devices-change')).detail.speaker).to.equal('Desk');
    await until(() => (speaker() as HTMLSelectElement).value === 'Desk', 'the menu shows it');
    expect(JSON.parse(localStorage.getItem('greenroom.visitor')!)).to.include({speaker: 'Desk'});
    inside(element, '[part=tone]').click();
    await until(() => sinks.join() === 'Desk', 'the sound goes there');
  });
});

describe('what <pre-join> says before', () => {
  it('comes from the room, as a token proxy shows it to visitors', async () => {
    const settings = {knock: true, wait_for_moderator: true, auto_recording: true, mode: 'lecture' as const};
    const {endpoint, roomIds} = await openStage([{name: 'Consulting hour', settings}]);
    const element = await showPreJoin({endpoint, 'room-id': roomIds[0]!});
    const facts = () => [...element.shadowRoot!.querySelectorAll('[part=facts] li')].map(each => each.textContent);
    await until(() => facts().length, 'it knows the room');
    expect(facts()).to.deep.equal([
      'You knock, and a moderator lets you in.',
      'It begins when a moderator comes.',
      'You watch and listen. A moderator can give you the floor.',
      'This conversation is recorded.',
    ]);
  });
});
