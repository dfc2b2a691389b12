import {expect, fixture, html} from '@open-wc/testing';
import '../../src/define/green-room.js';
import '../../src/define/pre-join.js';
import '../../src/define/room-editor.js';
import '../../src/define/room-stage.js';
import '../../src/define/room-users.js';
import '../../src/index.js';
import {own, room} from '../helpers/elements/picking.js';
import {optionsOf, until} from '../helpers/elements/stage.js';

const NAMES = [
  'room-picker',
  'join-button',
  'pre-join',
  'room-editor',
  'room-users',
  'room-stage',
  'green-room',
] as const;

/** A frame of this page with an element in it, which follows the frame. */
async function framed<Name extends (typeof NAMES)[number]>(name: Name) {
  const page = await fixture<HTMLElement>(html`<div><iframe title="Other"></iframe></div>`);
  const frame = page.querySelector('iframe')!;
  const element = document.createElement(name);
  const other = frame.contentDocument!;
  other.body.append(element);
  await element.updateComplete;
  // What follows the page is loaded after the element.
  await import('../../src/controllers/page.js');
  await new Promise(done => setTimeout(done));
  return {page, frame, other, element};
}

describe('an element in a frame that is removed, or in a window that is closed', () => {
  for (const name of NAMES) {
    it(`is taken out, and works where the page puts it next: <${name}>`, async () => {
      const {page, frame, element} = await framed(name);
      frame.remove();
      await until(() => !element.isConnected, `<${name}> is out`);
      page.append(element);
      await element.updateComplete;
      expect(element.isConnected).to.equal(true);
      expect(getComputedStyle(element).display).to.match(/grid|block/);
    });
  }

  it('ends what it was loading, and loads when it is back', async () => {
    const {page, frame, element} = await framed('room-picker');
    const {source} = own([room('Lobby')]);
    const signals: AbortSignal[] = [];
    element.rooms = {
      ...source,
      list: options => {
        signals.push(options!.signal!);
        return new Promise<never>(() => {});
      },
    };
    await until(() => signals.length === 1, 'it loads');
    frame.remove();
    await until(() => signals[0]!.aborted, 'the request is ended');
    element.rooms = source;
    page.append(element);
    await until(() => optionsOf(element).length === 1, 'it shows the rooms');
    element.shadowRoot!.querySelector<HTMLElement>('[role=option]')!.click();
    expect(element.value).to.equal('Lobby');
  });

  it('stays itself if the page takes it back while the window closes', async () => {
    const {page, frame, other, element} = await framed('room-picker');
    const left: Event[] = [];
    other.defaultView!.addEventListener('pagehide', event => {
      left.push(event);
      page.append((event.target as Document).querySelector('room-picker')!);
    });
    frame.remove();
    await until(() => left.length === 1, 'the frame is gone');
    for (let turn = 0; turn < 2; turn++) await new Promise(done => setTimeout(done));
    expect(element.parentElement).to.equal(page);
  });
});
