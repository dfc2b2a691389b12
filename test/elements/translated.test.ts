import {expect, fixture, html} from '@open-wc/testing';
import '../../src/index.js';
import {own, room, scheduled, MINUTE} from '../helpers/elements/picking.js';
import {until} from '../helpers/elements/stage.js';

/** What is the same in all languages. */
const STAYING = 'style, bdi, [part=name], [part=countdown]';

/** Does to all words what translators do: each text node gives way to two `<font>`, or goes without one. */
function translate(root: ParentNode, how: 'replace' | 'remove') {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) {
    const text = walker.currentNode as Text;
    if (text.data.trim() && !text.parentElement!.matches(STAYING)) texts.push(text);
  }
  for (const text of texts) {
    if (how === 'remove') text.remove();
    else {
      const font = document.createElement('font');
      font.append(Object.assign(document.createElement('font'), {textContent: `« ${text.data} »`}));
      text.replaceWith(font);
    }
  }
}

const wordsOf = (element: Element) => element.shadowRoot!.textContent!.replace(/\s+/g, ' ').trim();

/** Rooms with everything that the elements show. */
function rooms() {
  const now = Date.now();
  const {source} = own([
    room('Lobby', {isRoomActive: true}),
    room('Hall'),
    scheduled('Talk', now, MINUTE, 60 * MINUTE),
  ]);
  const get = async (id: string) => (await source.list()).find(({room_id}) => room_id === id)!;
  return {
    ...source,
    get,
    now: () => now,
    users: async () => [{name: 'Ann', role: 'participant' as const}],
  } as typeof source;
}
const broken = {
  list: () => Promise.reject(new Error('down')),
  get: () => Promise.reject(new Error('down')),
  users: () => Promise.reject(new Error('down')),
} as unknown as ReturnType<typeof rooms>;

describe('words that a translator replaced', () => {
  for (const how of ['replace', 'remove'] as const) {
    for (const [state, from] of [
      ['as they are', rooms()],
      ['as failures', broken],
    ] as const) {
      it(`are written anew in all elements when they change (${how}, ${state})`, async () => {
        const page = await fixture<HTMLElement>(
          html`<div lang="en">
            <room-picker .rooms=${from}></room-picker>
            <join-button .rooms=${from} room-id="Talk"></join-button>
            <room-users .rooms=${from} room-id="Lobby"></room-users>
            <room-editor .rooms=${from} room-id="Talk"></room-editor>
          </div>`,
        );
        const elements = [...page.children];
        const isThere = () =>
          elements.every(each => each.shadowRoot && !each.shadowRoot.querySelector('[aria-busy=true]'));
        await until(isThere, 'all elements load');
        page.lang = 'de';
        await until(() => wordsOf(elements[1]!).includes('Beitreten') && !wordsOf(elements[3]!).includes('Save'));
        const german = elements.map(wordsOf);
        page.lang = 'en';
        await until(() => wordsOf(elements[1]!).includes('Join'));
        for (const {shadowRoot} of elements) translate(shadowRoot!, how);
        page.lang = 'de';
        await until(() => elements.every((each, at) => wordsOf(each) === german[at]), 'all words are new').catch(() =>
          expect(elements.map(wordsOf)).to.deep.equal(german),
        );
      });
    }
  }
});
