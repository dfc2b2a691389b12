import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import '../../src/define/room-editor.js';
import '../../src/define/room-users.js';
import '../../src/index.js';
import {announcementsOf, ownRooms, press, sentence, showOwn} from '../helpers/elements/join-button.js';
import {buttonOf, nextError, openStage, optionsOf, until} from '../helpers/elements/stage.js';

/** How long the page has for reading a token, in ms, and how long it has in these tests. */
const PATIENCE = 5000;
const SHORT = 200;

const setTimeout = window.setTimeout.bind(window);

describe('a token that nobody takes', () => {
  beforeEach(() => {
    window.setTimeout = ((work: () => void, ms?: number, ...args: unknown[]) =>
      setTimeout(work, ms === PATIENCE ? SHORT : ms, ...args)) as typeof setTimeout;
  });
  afterEach(() => {
    window.setTimeout = setTimeout;
  });

  it('is a warning in the console and an error after 5 s, and nobody is said to be on their way in', async () => {
    const {warn} = console;
    const warnings: string[] = [];
    console.warn = (text: string) => warnings.push(text);
    const join = await showOwn(ownRooms());
    const said = announcementsOf(join);
    setTimeout(() => buttonOf(join).click());
    const {detail} = await oneEvent(join, 'room-token');
    const {error, operation} = await nextError(join);
    await join.updateComplete;
    console.warn = warn;
    expect([error.code, operation]).to.deep.equal(['misconfigured', 'token']);
    expect(warnings).to.deep.equal(['<join-button>: Nobody read the token. Check its listener for room-token. ']);
    expect(said).not.to.contain('You are on your way in.');
    expect(sentence(join)).to.equal('This page is not set up correctly. Please tell its owner.');
    // A page that needed longer is on its way all the same.
    expect(detail.token).to.be.a('string');
    await until(() => sentence(join) === 'You are on your way in.');
  });

  it('is no error for a page that reads it, shows something else, or asked again', async () => {
    const join = await showOwn(ownRooms());
    let errors = 0;
    join.addEventListener('room-error', () => errors++);
    expect(await press(join)).to.equal('ok');
    await until(() => sentence(join) === 'You are on your way in.');
    expect(await press(join)).to.equal('ok');
    const other = await showOwn(ownRooms());
    other.addEventListener('room-error', () => errors++);
    setTimeout(() => buttonOf(other).click());
    await oneEvent(other, 'room-token');
    other.remove();
    const late = await showOwn(ownRooms());
    setTimeout(() => buttonOf(late).click());
    await nextError(late);
    expect(errors).to.equal(0);
  });
});

describe('a framework that sets properties after it put the element into the page', () => {
  for (const wait of ['at once', 'in a microtask', 'after several microtasks', 'after the first render'] as const) {
    it(`causes no room-error: ${wait}`, async () => {
      const stage = await openStage(['Lobby']);
      const page = await fixture<HTMLElement>(html`<main></main>`);
      const errors: string[] = [];
      page.addEventListener('room-error', ({target}) => errors.push((target as Element).localName));
      for (const name of ['room-picker', 'join-button', 'room-users', 'room-editor'] as const) {
        const element = document.createElement(name);
        if ('roomId' in element) element.roomId = stage.roomIds[0]!;
        page.append(element);
        for (let each = 0; each < {'in a microtask': 1, 'after several microtasks': 20}[wait as string]!; each++) {
          await Promise.resolve();
        }
        if (wait === 'after the first render') await element.updateComplete;
        element.endpoint = stage.endpoint;
      }
      await until(() => optionsOf(page.querySelector('room-picker')!).length === 1);
      await new Promise(resolve => setTimeout(resolve));
      // People in a room need a right that this visitor lacks; that is no fault of the page.
      expect(errors.filter(name => name !== 'room-users')).to.deep.equal([]);
    });
  }

  it('gets its room-error if none comes', async () => {
    const picker = document.createElement('room-picker');
    setTimeout(() => document.body.append(picker));
    expect((await nextError(picker)).error.code).to.equal('misconfigured');
    picker.remove();
  });
});
