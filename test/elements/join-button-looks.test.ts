import {expect, fixture, html} from '@open-wc/testing';
import '../../src/index.js';
import {RoomsError, type JoinButton, type RoomsErrorCode} from '../../src/index.js';
import type {JoinState} from '../../src/elements/join-state.js';
import {words} from '../../src/locales/words.js';
import {isReady, ownRooms} from './join-button.js';
import {buttonOf, emulate, expectOutline, inside, until} from './stage.js';

const LANGUAGES = ['en', ...Object.keys(words.others)];
const NOON = Date.UTC(2026, 5, 1, 12);

const failed = (code: RoomsErrorCode, retryAfter?: number): JoinState => ({
  status: 'failed',
  error: new RoomsError(code, 'Failed.', {retryAfter}),
  until: retryAfter && NOON + retryAfter * 1000,
});

/** Every state, and everything that is said in it. */
const STATES: [name: string, state: JoinState][] = [
  ['idle', {status: 'idle'}],
  ['choosing', {status: 'idle', remark: 'chooseFirst'}],
  ['waiting', {status: 'waiting', until: NOON + 5 * 3_600_000, said: 5 * 3_600_000}],
  ['waiting until tomorrow', {status: 'waiting', until: NOON + 20 * 3_600_000, said: 1}],
  ['waiting for days', {status: 'waiting', until: NOON + 500 * 3_600_000, said: 500 * 3_600_000}],
  ['opened', {status: 'idle', remark: 'opened'}],
  ['requesting', {status: 'requesting'}],
  ['done', {status: 'done'}],
  ['joined', {status: 'idle', remark: 'joined'}],
  ['limited', failed('rate_limited', 3000)],
  ['retry', {status: 'idle', remark: 'retry'}],
  ['back online', {status: 'idle', remark: 'backOnline'}],
  ...Object.keys(words.en.failures).map((code): [string, JoinState] => [code, failed(code as RoomsErrorCode)]),
];

async function show(join: JoinButton, state: JoinState) {
  (join as unknown as {state: JoinState}).state = state;
  await join.updateComplete;
}

const joinText = (join: JoinButton) => inside(join, 'slot').textContent;

describe('<join-button>, how it looks', () => {
  for (const [place, style] of [
    ['a page', 'width: 640px'],
    ['half a page', 'width: 420px'],
    ['a phone', 'width: 320px'],
    ['a sidebar', 'width: 240px'],
    ['a row that leaves it its own width', 'width: 900px; display: flex'],
  ]) {
    it(`is as large in ${place} in every state, in each language`, async () => {
      const page = ownRooms({now: NOON});
      const around = await fixture<HTMLElement>(
        html`<div style=${style!}>
          <join-button .rooms=${page.rooms} room-id="own">Enter the large hall of the house</join-button>
        </div>`,
      );
      const join = around.querySelector('join-button')!;
      await until(() => page.gets && isReady(join));
      const sizes = new Map<string, string[]>();
      for (const lang of LANGUAGES) {
        const before = joinText(join);
        around.lang = lang;
        await until(() => lang === 'en' || joinText(join) !== before, lang);
        for (const [name, state] of STATES) {
          await show(join, state);
          for (const element of [join, buttonOf(join)]) {
            const {width, height} = element.getBoundingClientRect();
            const size = `${element.localName} ${Math.round(width)} × ${Math.round(height)}`;
            sizes.set(size, [...(sizes.get(size) ?? []), `${lang} ${name}`]);
          }
          expect(join.scrollWidth, `${lang} ${name}`).to.be.at.most(join.clientWidth);
        }
      }
      const rarest = [...sizes].sort(([, a], [, b]) => a.length - b.length)[0]!;
      expect([...sizes.keys()], `${rarest[0]}: ${rarest[1].slice(0, 9).join(', ')}`).to.have.length(2);
    });
  }

  it('has contrast enough in every state, light and dark', async () => {
    const page = ownRooms({now: NOON});
    const join = await fixture<JoinButton>(html`<join-button .rooms=${page.rooms} room-id="own"></join-button>`);
    await until(() => page.gets && isReady(join));
    // As it is once it has changed, not on its way there.
    for (const colorScheme of ['light', 'dark'] as const) {
      await emulate({colorScheme, reducedMotion: 'reduce'});
      for (const [name, state] of STATES.slice(0, 12)) {
        await show(join, state);
        await expect(join, `${colorScheme} ${name}`).to.be.accessible();
      }
    }
  });

  it('is read out with why one waits and how long it takes, and what is announced', async () => {
    const page = ownRooms({now: NOON});
    const join = await fixture<JoinButton>(html`<join-button .rooms=${page.rooms} room-id="own"></join-button>`);
    await until(() => page.gets && isReady(join));
    await show(join, failed('platform_down', 90));
    const words = 'The rooms do not answer. Try again in a moment.';
    await expectOutline(['button Join', 'timer', '  00:01:30', words, 'status', `  ${words}`]);
    await show(join, {status: 'requesting'});
    await expectOutline(['button Joining…', 'status', '  Joining…']);
  });
});
