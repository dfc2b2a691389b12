import {expect, oneEvent} from '@open-wc/testing';
import {PreJoin} from '../../src/elements/pre-join.js';
import {
  decide,
  faultsOf,
  itWithDevices,
  nameField,
  noteOf,
  replace,
  settled,
  showPreJoin,
  start,
  typeName,
  watchMedia,
} from '../helpers/elements/preparing.js';
import {emulate, inside, press, until} from '../helpers/elements/stage.js';

const CONSENT = `
  <label slot="consent"><input type="checkbox" name="terms" required> I accept the terms</label>
  <label slot="consent"><input type="checkbox" name="news"> Send me news</label>`;
const tick = (element: PreJoin, name: string) => element.querySelector<HTMLInputElement>(`[name=${name}]`)!.click();

describe('<pre-join>', () => {
  it('is accessible while off, on, and with faults, in light and dark', async () => {
    const pages = [await showPreJoin({}, CONSENT), await showPreJoin({'no-camera': '', 'user-name': 'Ann'})];
    const wrong = await showPreJoin();
    wrong.reportValidity();
    await start(pages[1]!);
    for (const colorScheme of ['light', 'dark'] as const) {
      await emulate({colorScheme, reducedMotion: 'reduce'});
      for (const page of [...pages, wrong]) await expect(page).to.be.accessible();
    }
  });

  it('asks for a name as servers take it: trimmed, composed, visible, on one line', async () => {
    const element = await showPreJoin();
    expect(nameField(element).autocomplete).to.equal('name');
    for (const [typed, name, isValid] of [
      ['  Zoe\u0308 ', 'Zoë', true],
      ['x'.repeat(200), 'x'.repeat(200), true],
      ['x'.repeat(201), 'x'.repeat(201), false],
      [' \u200B ', '\u200B', false],
      ['Ann\u202E', 'Ann\u202E', false],
      ['', '', false],
    ] as const) {
      typeName(element, typed);
      expect([element.userName, element.checkValidity()], JSON.stringify(typed)).to.deep.equal([name, isValid]);
    }
  });

  it('keeps the spaces in the field while a name is typed', async () => {
    const element = await showPreJoin();
    typeName(element, 'Ann ');
    await element.updateComplete;
    expect([nameField(element).value, element.userName]).to.deep.equal(['Ann ', 'Ann']);
    element.userName = 'Bob';
    await element.updateComplete;
    expect(nameField(element).value).to.equal('Bob');
  });

  it('says the first fault in place, goes there, and takes it back when it is mended', async () => {
    const element = await showPreJoin({}, CONSENT);
    expect(element.checkValidity()).to.equal(false);
    expect(faultsOf(element)).to.equal('');
    expect(element.reportValidity()).to.equal(false);
    await element.updateComplete;
    expect(faultsOf(element)).to.equal('Please enter your name.');
    expect(element.shadowRoot!.activeElement).to.equal(nameField(element));
    typeName(element, 'Ann');
    await until(() => faultsOf(element) === 'Please tick this before you join.');
    expect(element.reportValidity()).to.equal(false);
    expect(document.activeElement).to.equal(element.querySelector('[name=terms]'));
    tick(element, 'terms');
    await until(() => faultsOf(element) === '');
    expect(element.reportValidity()).to.equal(true);
  });

  it('needs no name if the page or the proxy knows it', async () => {
    const element = await showPreJoin({'no-name': ''});
    expect([nameField(element), element.reportValidity()]).to.deep.equal([null, true]);
  });

  it('tells which boxes are ticked', async () => {
    const element = await showPreJoin({}, CONSENT);
    expect(element.consent).to.deep.equal([]);
    tick(element, 'news');
    tick(element, 'terms');
    expect(element.consent).to.deep.equal(['terms', 'news']);
  });

  it('asks for no device before a person presses something', async () => {
    decide({});
    const watched = watchMedia();
    const element = await showPreJoin({'user-name': 'Ann'});
    await press('Tab');
    typeName(element, 'Bob');
    expect(element.reportValidity()).to.equal(true);
    expect(element.takeStream()).to.equal(null);
    expect(watched.asked).to.deep.equal([]);
  });

  itWithDevices('asks for camera and microphone once, and hands over the same tracks', async () => {
    decide({});
    const watched = watchMedia();
    const element = await showPreJoin({'user-name': 'Ann'});
    const changed = oneEvent(element, 'devices-change');
    await start(element);
    const {detail} = (await changed) as CustomEvent<{camera: string; microphone: string; stream: MediaStream}>;
    expect(watched.asked.map(wish => Object.keys(wish).sort())).to.deep.equal([['audio', 'video']]);
    expect([detail.camera, detail.microphone]).to.deep.equal([element.camera, element.microphone]);
    expect([typeof element.camera, typeof element.microphone]).to.deep.equal(['string', 'string']);
    const stream = element.takeStream()!;
    expect(stream.getTracks()).to.have.members(watched.tracks);
    expect([element.stream, element.takeStream()]).to.deep.equal([null, null]);
    element.remove();
    await Promise.resolve();
    expect(stream.getTracks().map(({readyState}) => readyState)).to.deep.equal(['live', 'live']);
    stream.getTracks().forEach(track => track.stop());
    expect(watched.asked).to.have.length(1);
  });

  itWithDevices('stops its tracks when it is removed, and not when it is moved', async () => {
    const watched = watchMedia();
    const element = await showPreJoin();
    await start(element);
    const states = () => watched.tracks.map(({readyState}) => readyState);
    document.body.append(element);
    await element.updateComplete;
    expect(states()).to.deep.equal(['live', 'live']);
    element.remove();
    await until(() => states().join() === 'ended,ended');
  });

  itWithDevices('stops what arrives after it was removed or taken', async () => {
    const arrived: (() => void)[] = [];
    const watched = watchMedia(ask => async wish => {
      await new Promise<void>(resolve => arrived.push(resolve));
      return ask(wish);
    });
    for (const end of [(each: PreJoin) => each.remove(), (each: PreJoin) => void each.takeStream()]) {
      const element = await showPreJoin();
      inside(element, '[part=start]').click();
      await until(() => arrived.length);
      end(element);
      watched.tracks.splice(0);
      arrived.pop()!();
      await until(() => watched.tracks.length === 2);
      await until(() => watched.tracks.every(({readyState}) => readyState === 'ended'));
      expect(element.stream).to.equal(null);
    }
  });

  itWithDevices('shows the camera at once if the browser allows it already', async () => {
    decide({camera: 'granted', microphone: 'prompt'});
    const watched = watchMedia();
    const element = await showPreJoin();
    await until(() => element.camera !== null);
    expect(watched.asked.map(wish => Object.keys(wish))).to.deep.equal([['video']]);
    expect(inside<HTMLVideoElement>(element, 'video').srcObject).to.equal(element.stream);
  });

  itWithDevices('closes a camera that is turned off, and keeps a microphone open', async () => {
    decide({});
    const watched = watchMedia();
    const element = await showPreJoin();
    await start(element);
    const [audio, video] = ['audio', 'video'].map(kind => watched.tracks.find(track => track.kind === kind)!);
    await start(element, 'camera');
    await start(element, 'microphone');
    expect([element.camera, element.microphone]).to.deep.equal([null, null]);
    expect([video!.readyState, audio!.readyState, audio!.enabled]).to.deep.equal(['ended', 'live', false]);
    await start(element, 'microphone');
    await start(element, 'camera');
    expect([typeof element.camera, audio!.enabled]).to.deep.equal(['string', true]);
    expect(watched.asked.map(wish => Object.keys(wish).sort().join())).to.deep.equal(['audio,video', 'video']);
  });

  it('lets a visitor join where there is no secure page', async () => {
    replace(window, 'isSecureContext', false);
    const element = await showPreJoin({'user-name': 'Ann'});
    await until(() => noteOf(element).includes('This page is not secure'));
    expect(noteOf(element)).to.contain('You can also join without camera and microphone.');
    expect(element.reportValidity()).to.equal(true);
  });

  it('keeps properties set before its upgrade', async () => {
    const element = document.createElement('late-pre-join') as PreJoin;
    Object.assign(element, {userName: 'Ann', noCamera: true});
    document.body.append(element);
    customElements.define('late-pre-join', class extends PreJoin {});
    await settled(element);
    expect([nameField(element).value, inside(element, '[part=camera]')]).to.deep.equal(['Ann', null]);
    element.remove();
  });

  itWithDevices('works twice on a page', async () => {
    const [one, two] = [await showPreJoin({'user-name': 'Ann'}), await showPreJoin({'user-name': 'Bob'})];
    await start(one);
    expect([typeof one.camera, two.camera, two.userName]).to.deep.equal(['string', null, 'Bob']);
  });
});
