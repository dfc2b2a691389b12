import {expect} from '@open-wc/testing';
import type {PreJoin} from '../../src/elements/pre-join.js';
import {
  decide,
  itWithDevices,
  noteOf,
  refuses,
  replace,
  showPreJoin,
  start,
  watchMedia,
} from '../helpers/elements/preparing.js';
import {inside, until} from '../helpers/elements/stage.js';

const OFFLINE = 'You can also join without camera and microphone.';
const said = async (element: PreJoin, words: string) => {
  await until(() => noteOf(element).includes(words), `“${noteOf(element)}” has “${words}”`);
};
const stopAll = (element: PreJoin) => element.stream?.getTracks().forEach(track => track.stop());

/** One more device of a kind, as the browser lists it. */
const device = (kind: MediaDeviceKind, deviceId: string, label = deviceId) =>
  ({kind, deviceId, label, groupId: label}) as MediaDeviceInfo;

function listed(list: () => MediaDeviceInfo[]) {
  const counted = {times: 0};
  replace(navigator.mediaDevices, 'enumerateDevices', async () => {
    counted.times++;
    return list();
  });
  return counted;
}

interface Heard {
  track: MediaStreamTrack;
  listener: (event: Event) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Watches who listens for the end of a track, and returns a function that ends one as a browser does when its device is
 * gone. Firefox delivers no event that a page made to the listeners of a track.
 */
function watchEnds() {
  const heard: Heard[] = [];
  const {value: listen} = Object.getOwnPropertyDescriptor(EventTarget.prototype, 'addEventListener')!;
  replace(
    MediaStreamTrack.prototype,
    'addEventListener',
    function (this: MediaStreamTrack, type: string, listener: Heard['listener'], options?: AddEventListenerOptions) {
      if (type === 'ended') heard.push({track: this, listener, signal: options?.signal});
      Reflect.apply(listen as () => void, this, [type, listener, options]);
    },
  );
  return (ended: MediaStreamTrack) => {
    const listening = heard.filter(({track, signal}) => track === ended && !signal?.aborted);
    expect(listening).to.have.length(1);
    listening[0]!.listener(new Event('ended'));
  };
}

describe('<pre-join> without its devices', () => {
  for (const [name, states, words] of [
    ['NotAllowedError', {camera: 'denied', microphone: 'denied'}, 'Your browser blocks access.'],
    ['NotAllowedError', {}, 'question was closed.'],
    ['NotAllowedError', {camera: 'granted', microphone: 'granted'}, 'Access was not allowed.'],
    ['NotFoundError', {}, 'None found. Plug one in and we notice.'],
    ['NotReadableError', {}, 'Another app is using it.'],
    ['AbortError', {}, 'Another app is using it.'],
    ['TypeError', {}, 'It does not start.'],
  ] as const) {
    it(`says its own sentence after ${name} with ${JSON.stringify(states)}, and lets one join`, async () => {
      if (Object.keys(states).length < 2 || name !== 'NotAllowedError' || Object.values(states)[0] === 'denied')
        decide(states);
      else decide({});
      watchMedia(refuses(name));
      const element = await showPreJoin({'user-name': 'Ann'});
      if (words.startsWith('Access')) decide(states);
      await start(element);
      await said(element, `Camera and microphone ${words.startsWith('question') ? '' : words}`.trim());
      await said(element, words);
      await said(element, OFFLINE);
      expect([element.reportValidity(), element.takeStream()]).to.deep.equal([true, null]);
      await expect(element).to.be.accessible();
    });
  }

  it('says one sentence that is true for both where the browser does not tell whether it was refused or closed', async () => {
    replace(navigator.permissions, 'query', () => Promise.reject(new TypeError('Unknown.')));
    watchMedia(refuses('NotAllowedError'));
    // The tests run in a page that is no frame.
    const element = await showPreJoin();
    await start(element);
    await said(element, 'Access was not allowed.');
  });

  it('asks again when a person wants it to', async () => {
    decide({});
    const watched = watchMedia(refuses('NotAllowedError'));
    const element = await showPreJoin();
    await start(element);
    await said(element, 'question was closed.');
    inside(element, '[part=action]').click();
    await until(() => watched.asked.length === 2);
    expect(Object.keys(watched.asked[1]!).sort()).to.deep.equal(['audio', 'video']);
  });

  it('says once that the browser asks, also while what opens devices is loaded', async () => {
    decide({});
    const watched = watchMedia(() => () => new Promise(() => {}));
    const element = await showPreJoin();
    const notes: string[] = [];
    const listen = () => notes.push(noteOf(element));
    new MutationObserver(listen).observe(inside(element, '[role=status]'), {childList: true, subtree: true});
    inside(element, '[part=start]').click();
    await until(() => watched.asked.length === 1);
    await element.updateComplete;
    expect(notes).to.deep.equal(['Please answer the question of your browser.']);
  });

  it('says it of both devices in one sentence, and not of one of them before', async () => {
    decide({});
    watchMedia(refuses('NotReadableError'));
    const element = await showPreJoin();
    const notes: string[] = [];
    const listen = () => notes.push(noteOf(element));
    new MutationObserver(listen).observe(inside(element, '[role=status]'), {childList: true, subtree: true});
    await start(element);
    await said(element, 'Camera and microphone Another app is using it.');
    expect(notes.filter(note => /^(Camera|Microphone) (?!and)/.test(note))).to.deep.equal([]);
  });

  itWithDevices('opens the one that works if the other is in use, and says which', async () => {
    decide({});
    const watched = watchMedia(refuses('NotReadableError', wish => wish.audio));
    const element = await showPreJoin();
    await start(element);
    await said(element, 'Microphone Another app is using it.');
    expect([typeof element.camera, element.microphone]).to.deep.equal(['string', null]);
    // Both, each alone, and the microphone once more, since it may have been closed a moment ago.
    expect(watched.asked.map(wish => Object.keys(wish).sort().join())).to.deep.equal([
      'audio,video',
      'video',
      'audio',
      'audio',
    ]);
  });

  itWithDevices('opens the one that is allowed if the other is denied', async () => {
    decide({microphone: 'denied'});
    watchMedia(refuses('NotAllowedError', wish => wish.audio));
    const element = await showPreJoin();
    await start(element);
    await said(element, 'Microphone Your browser blocks access.');
    expect(typeof element.camera).to.equal('string');
  });

  itWithDevices('uses another device if a remembered one is gone, keeps the other, and remembers both', async () => {
    decide({});
    const [camera] = (await navigator.mediaDevices.enumerateDevices()).filter(({kind}) => kind === 'videoinput');
    const microphone = 'sold-last-year';
    localStorage.setItem('greenroom.visitor', JSON.stringify({name: 'Ann', camera: camera!.deviceId, microphone}));
    const watched = watchMedia();
    const element = await showPreJoin({remember: ''});
    expect(element.userName).to.equal('Ann');
    await start(element);
    await said(element, 'Microphone The one you used is not there.');
    expect(watched.asked.length).to.be.within(2, 3);
    expect(typeof element.camera).to.equal('string');
    expect(typeof element.microphone).to.equal('string');
    const kept = JSON.parse(localStorage.getItem('greenroom.visitor')!) as {microphone: string};
    expect(kept.microphone).to.equal(microphone);
  });

  itWithDevices('goes on with the default device if one is unplugged, and else says so', async () => {
    const states: Partial<Record<'camera' | 'microphone', PermissionState>> = {};
    decide(states);
    const end = watchEnds();
    const element = await showPreJoin();
    await start(element);
    Object.assign(states, {camera: 'granted', microphone: 'granted'});
    const unplug = () => end(element.stream!.getVideoTracks()[0]!);
    unplug();
    await said(element, 'Camera The one you used is not there. We use another one.');
    expect(typeof element.camera).to.equal('string');
    watchMedia(refuses('NotFoundError'));
    unplug();
    await said(element, 'Camera It was unplugged.');
    expect([element.camera, typeof element.microphone]).to.deep.equal([null, 'string']);
  });

  itWithDevices('asks nobody after a permission was withdrawn', async () => {
    const states: Partial<Record<'camera' | 'microphone', PermissionState>> = {};
    decide(states);
    const end = watchEnds();
    const element = await showPreJoin();
    await start(element);
    const watched = watchMedia();
    end(element.stream!.getVideoTracks()[0]!);
    await said(element, 'Camera It was unplugged.');
    expect(watched.asked).to.deep.equal([]);
  });

  it('names the attribute that a frame lacks', async () => {
    replace(document, 'featurePolicy', {allowsFeature: () => false});
    const element = await showPreJoin();
    await until(() => noteOf(element).length > OFFLINE.length);
    const isFrame = window !== window.top;
    await said(element, isFrame ? 'allow="camera; microphone"' : 'The rules of this site forbid access.');
  });

  it('says that a browser gives no access, with the link to take elsewhere', async () => {
    replace(navigator, 'mediaDevices', undefined);
    let copied = '';
    replace(navigator, 'clipboard', {writeText: async (text: string) => void (copied = text)});
    const element = await showPreJoin();
    await said(element, 'This browser gives no access.');
    inside(element, '[part=action]').click();
    await said(element, 'Link copied.');
    expect(copied).to.equal(location.href);
  });

  it('says after ten seconds that the browser does not answer, and uses an answer that comes after all', async () => {
    decide({});
    let answer: (() => void) | undefined;
    watchMedia(() => () => new Promise(resolve => (answer = () => resolve(new MediaStream()))));
    const later = window.setTimeout.bind(window);
    replace(window, 'setTimeout', (work: () => void, ms?: number) => later(work, ms === 10_000 ? 50 : ms));
    const element = await showPreJoin();
    inside(element, '[part=start]').click();
    await said(element, 'Your browser does not answer.');
    answer!();
    await until(() => !noteOf(element).includes('does not answer'));
  });

  itWithDevices('notices a device that is plugged in', async () => {
    const states: Partial<Record<'camera' | 'microphone', PermissionState>> = {};
    decide(states);
    let list: MediaDeviceInfo[] = [];
    listed(() => list);
    let isThere = false;
    watchMedia(
      ask => wish =>
        isThere ? ask({video: Boolean(wish.video), audio: Boolean(wish.audio)}) : refuses('NotFoundError')(ask)(wish),
    );
    const element = await showPreJoin({'no-microphone': ''});
    await start(element);
    await said(element, 'Camera None found.');
    isThere = true;
    list = [device('videoinput', 'new')];
    states.camera = 'granted';
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    await until(() => element.camera !== null);
    stopAll(element);
  });

  itWithDevices('neither asks nor tells anything for twenty events about the same devices', async () => {
    decide({});
    const watched = watchMedia();
    const element = await showPreJoin();
    await start(element);
    let told = 0;
    element.addEventListener('devices-change', () => told++);
    const list = await navigator.mediaDevices.enumerateDevices();
    const counted = listed(() => list);
    for (let each = 0; each < 20; each++) navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    await until(() => counted.times > 0);
    await element.updateComplete;
    expect([counted.times, watched.asked.length, told]).to.deep.equal([1, 1, 0]);
  });

  itWithDevices('opens the default again when the system uses another device for it', async () => {
    decide({});
    const element = await showPreJoin({'no-camera': ''});
    let list = [device('audioinput', 'default', 'Default - Built-in'), device('audioinput', 'a', 'Built-in')];
    listed(() => list);
    await start(element);
    const [track] = element.stream!.getAudioTracks();
    replace(track!, 'getSettings', () => ({deviceId: 'default'}));
    const watched = watchMedia();
    list = [device('audioinput', 'default', 'Default - Headset'), ...list.slice(1)];
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    await until(() => watched.asked.length === 1);
    expect(Object.keys(watched.asked[0]!)).to.deep.equal(['audio']);
    await until(() => track!.readyState === 'ended');
  });

  itWithDevices('lists the devices after it was allowed to, without second names, and changes to another', async () => {
    decide({});
    const watched = watchMedia(ask => wish => ask({video: Boolean(wish.video), audio: Boolean(wish.audio)}));
    listed(() => [
      device('audioinput', 'default'),
      device('audioinput', 'communications'),
      device('audioinput', 'a', 'Headset'),
      device('videoinput', 'b', 'Desk camera'),
    ]);
    const element = await showPreJoin();
    const menu = (at: number) => element.shadowRoot!.querySelectorAll<HTMLSelectElement>('select')[at]!;
    expect([menu(0).disabled, menu(1).disabled]).to.deep.equal([true, true]);
    await start(element);
    await until(() => !menu(0).disabled);
    const namesOf = (at: number) => [...menu(at).options].map(({textContent}) => textContent);
    expect(namesOf(0).slice(-2)).to.deep.equal(['System default', 'Headset']);
    expect(namesOf(0)).not.to.include('communications');
    menu(0).value = 'a';
    menu(0).dispatchEvent(new Event('change'));
    await until(() => watched.asked.length === 2);
    expect(watched.asked[1]).to.deep.equal({audio: {deviceId: {exact: 'a'}}});
  });
});
