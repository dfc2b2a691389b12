import {expect, fixture, html} from '@open-wc/testing';
import {css, LitElement, unsafeCSS, type CSSResult, type CSSResultGroup} from 'lit';
import '../../src/index.js';
import {controls} from '../../src/styles/controls.js';
import {tokens} from '../../src/styles/tokens.js';
import {emulate} from '../helpers/elements/stage.js';

/** Every control in each of its looks. */
class EveryControl extends LitElement {
  static override styles: CSSResultGroup = [tokens, controls, css``];
  override render() {
    return html`<button id="primary">Join</button>
      <button id="quiet" class="quiet">Cancel</button>
      <button id="danger" class="danger">Delete</button>
      <button id="off" disabled>Join</button>
      <button id="waiting" aria-disabled="true" aria-busy="true">Joining…</button>
      <label>Name <input id="field" placeholder="Search" /></label>
      <label>Text <textarea id="text"></textarea></label>
      <label
        >Kind
        <select id="choice">
          <option>Group</option>
        </select></label
      >
      <label id="tick"><input id="box" type="checkbox" /> Knock first</label>
      <p class="help" id="help">Help</p>
      <p class="fault" id="fault">Fault</p>
      <details open><summary id="summary">More</summary></details>`;
  }
}
customElements.define('every-control', EveryControl);

type Colour = [red: number, green: number, blue: number];

/** The computed colours of CSS expressions inside an element, in any notation of the browser. */
function colourOf(element: LitElement, expression: string): Colour {
  const probe = document.createElement('i');
  probe.style.color = expression;
  element.renderRoot.append(probe);
  const pen = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d')!;
  pen.fillStyle = getComputedStyle(probe).color;
  pen.fillRect(0, 0, 1, 1);
  probe.remove();
  const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
  return [red!, green!, blue!];
}

/** Contrast as WCAG 2 defines it, from 1 to 21. */
function contrast(one: Colour, other: Colour): number {
  const light = (colour: Colour) => {
    const [red, green, blue] = colour.map(value =>
      value <= 10.31 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    ) as Colour;
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [high, low] = [light(one), light(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const pressed = (fill: string) => `color-mix(in srgb, var(${fill}) 72%, var(--_text))`;
const ON_ACCENT = 'var(--room-on-accent, Canvas)';

/** Pairs of foreground and background with the contrast they need: 4.5 for text, 3 for other things. */
const PAIRS: [foreground: string, background: string, least: number][] = [
  ['var(--_text)', 'var(--_surface)', 4.5],
  ['var(--_muted)', 'var(--_surface)', 4.5],
  ['var(--_muted)', 'var(--_raised)', 4.5],
  ['var(--_muted)', 'var(--_chosen)', 4.5],
  ['var(--_text)', 'var(--_chosen)', 4.5],
  ['var(--_danger)', 'var(--_surface)', 4.5],
  ['var(--_accent)', 'var(--_surface)', 4.5],
  [ON_ACCENT, 'var(--_accent)', 4.5],
  [ON_ACCENT, pressed('--_accent'), 4.5],
  [ON_ACCENT, 'var(--_danger)', 4.5],
  [ON_ACCENT, pressed('--_danger'), 4.5],
  ['var(--_text)', pressed('--_surface'), 4.5],
  ['var(--_edge)', 'var(--_surface)', 3],
  ['var(--_accent)', 'var(--_raised)', 3],
  ['var(--_accent)', 'var(--_chosen)', 3],
];

const PHYSICAL =
  /[\s;{](((min|max)-)?(left|right|top|bottom|width|height)|(margin|padding|border)-(left|right|top|bottom))[\w-]*\s*:|text-align: (left|right)/;

const show = (style = '') => fixture<EveryControl>(html`<every-control style=${style}></every-control>`);
const within = (element: LitElement, id: string) => element.renderRoot.querySelector<HTMLElement>(`#${id}`)!;

describe('the styles', () => {
  for (const scheme of ['light', 'dark']) {
    it(`have enough contrast in ${scheme}`, async () => {
      const element = await show(`color-scheme: ${scheme}`);
      const [text, surface] = ['var(--_text)', 'var(--_surface)'].map(each => colourOf(element, each)) as [
        Colour,
        Colour,
      ];
      expect(text[0] > surface[0], 'light on dark').to.equal(scheme === 'dark');
      const weak = PAIRS.map(([front, back, least]) => ({
        pair: `${front} on ${back}`,
        ratio: contrast(colourOf(element, front), colourOf(element, back)),
        least,
      })).filter(({ratio, least}) => ratio < least);
      expect(weak).to.deep.equal([]);
    });

    it(`make every control accessible in ${scheme}`, async () => {
      const element = await show(`color-scheme: ${scheme}; background: Canvas`);
      await expect(element).to.be.accessible();
    });
  }

  it('use a page’s colours for text, surface, accent and danger', async () => {
    const element = await show(
      '--room-text: #010203; --room-surface: #fdfefc; --room-accent: #123456; --room-danger: #654321',
    );
    expect(colourOf(element, getComputedStyle(within(element, 'primary')).backgroundColor)).to.deep.equal([18, 52, 86]);
    expect(colourOf(element, getComputedStyle(within(element, 'danger')).backgroundColor)).to.deep.equal([101, 67, 33]);
    expect(colourOf(element, getComputedStyle(within(element, 'fault')).color)).to.deep.equal([101, 67, 33]);
    expect(colourOf(element, getComputedStyle(within(element, 'field')).color)).to.deep.equal([1, 2, 3]);
    expect(colourOf(element, getComputedStyle(within(element, 'field')).backgroundColor)).to.deep.equal([
      253, 254, 252,
    ]);
  });

  it('follow the density, and no control gets smaller than 24 px', async () => {
    const heights = async (density: number) => {
      const element = await show(`--room-density: ${density}`);
      const ids = ['primary', 'quiet', 'danger', 'field', 'choice', 'box', 'tick', 'summary'];
      return ids.map(id => within(element, id).getBoundingClientRect().height);
    };
    const [tiny, compact, full, roomy] = await Promise.all([0, 0.75, 1, 1.25].map(heights));
    expect(tiny!.every(height => height >= 24)).to.equal(true);
    expect(compact![0]).to.be.below(full![0]!);
    expect(roomy![0]).to.be.above(full![0]!);
  });

  it('mark a disabled button by more than colour', async () => {
    const element = await show();
    for (const id of ['off', 'waiting']) expect(getComputedStyle(within(element, id)).cursor).to.equal('default');
    expect(getComputedStyle(within(element, 'primary')).cursor).to.equal('pointer');
  });

  it('use logical properties only, so right-to-left needs nothing more', () => {
    const elements = ['room-picker', 'join-button'].map(name => customElements.get(name) as typeof LitElement);
    const sheets = [tokens, controls, ...elements.flatMap(({elementStyles}) => elementStyles as CSSResult[])];
    for (const {cssText} of sheets) expect(PHYSICAL.exec(cssText)?.[0]).to.equal(undefined);
    for (const text of ['{left: 0', ' max-width: 1px', ';margin-left: 0', ' text-align: right']) {
      expect(PHYSICAL.test(text), text).to.equal(true);
    }
  });

  it('stay legible, and keep their size, on pages with another root size', async () => {
    const element = await show();
    const before = within(element, 'primary').getBoundingClientRect().height;
    document.documentElement.style.fontSize = '62.5%';
    expect(getComputedStyle(within(element, 'primary')).fontSize).to.equal('16px');
    expect(within(element, 'primary').getBoundingClientRect().height).to.equal(before);
    element.style.setProperty('--room-font', '2rem/1.4 system-ui');
    expect(getComputedStyle(within(element, 'primary')).fontSize).to.equal('20px');
    document.documentElement.style.fontSize = '';
  });

  it('do not inherit what suits the page’s own text only', async () => {
    const element = await show();
    const plain = getComputedStyle(within(element, 'help'));
    const looks =
      'white-space text-align text-indent text-shadow text-transform letter-spacing word-spacing word-break writing-mode ' +
      'font-size line-height font-style text-align-last line-break -webkit-text-fill-color -webkit-text-stroke-width';
    const before = looks.split(' ').map(name => `${name}: ${plain.getPropertyValue(name)}`);
    element.parentElement!.style.cssText = `white-space: nowrap; text-align: right; text-indent: 4em; text-shadow: 0 0 3px;
      text-transform: uppercase; letter-spacing: 1em; word-spacing: 1em; word-break: break-all; writing-mode: vertical-rl;
      font: italic 1px/1px serif; -webkit-text-fill-color: transparent;
      text-align-last: justify; line-break: anywhere; -webkit-text-stroke: 2px red`;
    expect(looks.split(' ').map(name => `${name}: ${plain.getPropertyValue(name)}`)).to.deep.equal(before);
  });

  for (const lacking of ['light-dark', 'color-mix'] as const) {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`have plain colours with enough contrast in browsers without ${lacking}(), ${colorScheme}`, async () => {
        await emulate({colorScheme, reducedMotion: 'reduce'});
        const old = `old-control-${crypto.randomUUID()}`;
        const text = (tokens.cssText + controls.cssText).replaceAll(`${lacking}(`, 'not-known(');
        customElements.define(
          old,
          class extends EveryControl {
            static override styles = unsafeCSS(text);
          },
        );
        const element = document.createElement(old) as EveryControl;
        await fixture(html`<main>${element}</main>`);
        await element.updateComplete;
        for (const [id, behind] of [
          ['primary', 'primary'],
          ['danger', 'danger'],
          ['quiet', 'quiet'],
          ['off', 'off'],
          ['field', 'field'],
          ['help', ''],
          ['fault', ''],
        ] as const) {
          const front = colourOf(element, getComputedStyle(within(element, id)).color);
          const back = behind ? getComputedStyle(within(element, behind)).backgroundColor : 'Canvas';
          expect(back, id).not.to.equal('rgba(0, 0, 0, 0)');
          expect(contrast(front, colourOf(element, back)), id).to.be.at.least(4.5);
        }
      });
    }
  }
});
