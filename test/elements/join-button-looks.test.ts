import {expect, fixture, html} from '@open-wc/testing';
import {nothing} from 'lit';
import '../../src/index.js';
import {RoomsError, type JoinButton, type Rooms, type RoomsErrorCode} from '../../src/index.js';
import type {JoinState} from '../../src/elements/join-state.js';
import {words} from '../../src/locales/joining/joining.js';
import {telling} from '../../src/locales/telling/telling.js';
import {buttonOf, emulate, browser, expectOutline, until} from '../helpers/elements/stage.js';

const LANGUAGES = ['en', ...Object.keys(words.others)];
const NOON = Date.UTC(2026, 5, 1, 12);

const failed = (code: RoomsErrorCode, retryAfter?: number): JoinState => ({
  status: 'failed',
  error: new RoomsError(code, 'Failed.', {retryAfter}),
  until: retryAfter && NOON + retryAfter * 1000,
});

/** Every state with every sentence it can have. */
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
  ...Object.keys(telling.en.failures).map((code): [string, JoinState] => [code, failed(code as RoomsErrorCode)]),
];

async function show(join: JoinButton, state: JoinState) {
  const shown = join as unknown as {state: JoinState};
  shown.state = state;
  await join.updateComplete;
  expect(shown.state).to.equal(state);
}

/** Rooms that never answer, so no state ends by itself; the time is noon. */
const rooms = {get: () => new Promise(() => {}), now: () => NOON} as unknown as Rooms;

/** Both labels of the button, except one that the page gave it. */
const joinText = (join: JoinButton) => buttonOf(join).textContent;

function sizeOf(element: Element): string {
  const {width, height} = element.getBoundingClientRect();
  return `${Math.round(width)} × ${Math.round(height)}`;
}

/**
 * Whether there is a font for the language. Without one, Firefox draws a box with the number of the letter, which is wider
 * than any letter.
 */
function isDrawn(lang: string): boolean {
  const {font} = getComputedStyle(document.body);
  const pen = Object.assign(document.createElement('canvas').getContext('2d')!, {font});
  const [letter] = new Intl.DisplayNames(lang, {type: 'language'}).of(lang)!;
  return browser !== 'firefox' || pen.measureText(letter!).width !== pen.measureText('\u0378').width;
}

describe('the looks of <join-button>', () => {
  // Then a language is complete as soon as the label has changed.
  before(() => Promise.all(Object.values(telling.others).map(load => load())));

  for (const [place, style, label] of [
    ['a page', 'width: 640px'],
    ['half a page', 'width: 420px'],
    ['a phone', 'width: 320px'],
    ['a sidebar', 'width: 240px', 'Enter the large hall of the house'],
    ['a row that leaves it its own width', 'width: 900px; display: flex'],
  ]) {
    it(`keeps its size in ${place} in every state and language`, async () => {
      const around = await fixture<HTMLElement>(
        html`<div style=${style!}><join-button .rooms=${rooms} room-id="own">${label ?? nothing}</join-button></div>`,
      );
      const join = around.querySelector('join-button')!;
      for (const lang of LANGUAGES.filter(isDrawn)) {
        const before = joinText(join);
        around.lang = lang;
        await until(() => lang === 'en' || joinText(join) !== before, lang);
        const sizes = new Map<string, string[]>();
        for (const [name, state] of STATES) {
          await show(join, state);
          const size = [join, buttonOf(join)].map(sizeOf).join(', button ');
          sizes.set(size, [...(sizes.get(size) ?? []), name]);
          expect(join.scrollWidth, `${lang} ${name}`).to.be.at.most(join.clientWidth);
        }
        expect(sizes.size, JSON.stringify([lang, ...sizes])).to.equal(1);
      }
    });
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has enough contrast in every state, ${colorScheme}`, async () => {
      // The final colours, not those of a running transition.
      await emulate({colorScheme, reducedMotion: 'reduce'});
      const join = await fixture<JoinButton>(html`<join-button .rooms=${rooms} room-id="own"></join-button>`);
      for (const [name, state] of STATES.slice(0, 13)) {
        await show(join, state);
        // WebKit may not have applied reduced motion yet.
        await until(
          () =>
            !buttonOf(join)
              .getAnimations()
              .some(each => each instanceof CSSTransition),
        );
        await expect(join, name).to.be.accessible();
      }
    });
  }

  it('is announced with the reason for the wait and how long it takes', async () => {
    const join = await fixture<JoinButton>(html`<join-button .rooms=${rooms} room-id="own"></join-button>`);
    await show(join, failed('platform_down', 90));
    const words = 'The rooms do not answer. Try again in a moment.';
    await expectOutline(['button Join', 'timer', '  00:01:30', words, 'status', `  ${words}`]);
    await show(join, {status: 'requesting'});
    await expectOutline(['button Joining…', 'status', '  Joining…']);
  });
});
