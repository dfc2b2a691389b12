// The gallery as the tests drive it: one page for all, led from state to state by the links that people have.
import {after, before} from 'node:test';
import type {Page} from 'playwright-core';
import {Theatre, type VisitorOptions} from './demo.js';

/** How a state is shown: the knobs of the page, by their names. */
export type Knobs = Partial<Record<'scheme' | 'lang' | 'dir' | 'width' | 'density' | 'motion', string>>;

/** Opens the gallery for the tests around it, on one page for them all. */
export function useGallery() {
  const theatre = new Theatre();
  const gallery = {
    theatre,
    page: undefined as unknown as Page,
    /** Every state that the page leads to, by address. */
    states: [] as string[],
    /** What is found wrong in any state, by state; what jumps on the way there too. */
    inEveryState: async (find: () => Promise<string[]>) => {
      const wrong: Record<string, string[]> = {};
      for (const state of gallery.states) {
        await go(gallery.page, state);
        const found = await find();
        await settle(gallery.page);
        // What a visitor opens or deletes moves what is below it.
        if (state === 'room-editor/deleted' || (await gallery.page.locator('room-editor details[open]').count()))
          theatre.forgive(/jumped/);
        found.push(...theatre.problems.splice(0));
        if (found.length) wrong[state] = found;
      }
      return wrong;
    },
  };
  before(async () => {
    await theatre.open();
    gallery.page = await openGallery(theatre);
    gallery.states = await statesOf(gallery.page);
  });
  after(() => theatre.close());
  return gallery;
}

/** Opens the gallery on a page of its own, at its first state. */
export async function openGallery(theatre: Theatre, options: VisitorOptions = {}): Promise<Page> {
  const page = await theatre.page('gallery', options);
  // What is sent into the page names its functions by this, which tsx has and a page has not.
  await page.addInitScript('globalThis.__name = made => made');
  await page.goto(`${theatre.demo.url}gallery/`);
  await shown(page);
  return page;
}

/** Every state that the page has a link to, by address: one that is added is tested by itself. */
async function statesOf(page: Page): Promise<string[]> {
  const states: string[] = [];
  for (const element of await page.locator('#elements a').all()) {
    await go(page, (await element.getAttribute('href'))!.slice(1));
    const links = await page.locator('#links a').evaluateAll(links => links.map(link => link.getAttribute('href')!));
    states.push(...links.map(href => href.slice(1)));
  }
  return states;
}

/** Goes to a state by its address and waits until it is there. */
export async function go(page: Page, state: string) {
  await page.evaluate(state => (location.hash = state), state);
  await page.locator(`#frame[data-state="${state}"][aria-busy=false]`).waitFor();
}

/** Turns the knobs, all others back to where they were, and waits until the state is shown so. */
export async function turn(page: Page, knobs: Knobs) {
  await page.evaluate(knobs => {
    const form = document.querySelector<HTMLFormElement>('#knobs')!;
    form.reset();
    for (const [name, value] of Object.entries(knobs))
      (form.elements.namedItem(name) as HTMLSelectElement).value = value;
    form.dispatchEvent(new Event('change'));
  }, knobs);
  await shown(page);
}

/** Waits until what has jumped by now is noticed. */
export const settle = (page: Page) =>
  page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))));

const shown = (page: Page) => page.locator('#frame[aria-busy=false]').waitFor();

type Colour = [red: number, green: number, blue: number];

/** What stands in the place of the element, as one sees it. */
export interface Seen {
  /** Controls that are hard to hit: less than 24 pixels wide or high. */
  small: string[];
  /** Words with less contrast than 4.5, those of disabled controls and placeholders too. */
  weak: string[];
  /** Controls whose edge has less contrast than 3 to what is around them, or none. */
  edgeless: string[];
}

/** Looks at all that is in sight, through shadow roots. */
export const look = (page: Page): Promise<Seen> =>
  page.evaluate(() => {
    const pen = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d', {
      willReadFrequently: true,
    })!;
    const read = (colour: string) => {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
      return [...pen.getImageData(0, 0, 1, 1).data] as [...Colour, number];
    };
    const light = (colour: number[]) => {
      const [red, green, blue] = colour.map(value =>
        value <= 10.31 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
      ) as Colour;
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrast = (one: string, other: string) => {
      const [low, high] = [light(read(one)), light(read(other))].sort((a, b) => a - b) as [number, number];
      return (high + 0.05) / (low + 0.05);
    };
    const parentOf = (element: Element) =>
      element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as ShadowRoot).host;
    const behind = (element: Element | null): string => {
      const {backgroundColor} = getComputedStyle(element ?? document.body);
      return !element || read(backgroundColor)[3] > 250 ? backgroundColor : behind(parentOf(element));
    };
    const all = (root: ParentNode): Element[] =>
      [...root.querySelectorAll('*')].flatMap(each => [each, ...(each.shadowRoot ? all(each.shadowRoot) : [])]);
    const told = (element: Element) => `${element.localName} ${element.id || element.textContent.trim().slice(0, 40)}`;

    const seen = all(document.querySelector('#stage')!).filter(each => {
      const {width, height} = each.getBoundingClientRect();
      return width && height && each.checkVisibility({visibilityProperty: true});
    });
    const controls = seen.filter(each => each.matches('button, input, select, textarea, summary, [role=option]'));
    const isWords = (each: Element) =>
      [...each.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.nodeValue!.trim());
    // Values that are on their way are not written yet.
    const isBlank = (each: Element) => each.closest('[inert]') && !read(getComputedStyle(each).color)[3];
    const weak = seen.flatMap(each => {
      if (isBlank(each)) return [];
      const surface = behind(each);
      const placeholder = each.matches(':placeholder-shown') && getComputedStyle(each, '::placeholder').color;
      const words = (isWords(each) || each.matches('input, select')) && getComputedStyle(each).color;
      const ratios = [placeholder, words].filter(colour => colour !== false).map(colour => contrast(colour, surface));
      return ratios.filter(ratio => ratio < 4.5).map(ratio => `${told(each)}: ${ratio.toFixed(2)}`);
    });
    const edged = seen.filter(each =>
      each.matches('button, input:not([type=checkbox], [type=radio]), select, textarea, dialog'),
    );
    return {
      small: controls
        .filter(each => {
          // What is inside its label is pressed with it.
          const {width, height} = (each.closest('label') ?? each).getBoundingClientRect();
          return width < 24 || height < 24;
        })
        .map(told),
      weak,
      edgeless: edged
        .filter(each => {
          const {borderTopWidth, borderTopColor} = getComputedStyle(each);
          return parseFloat(borderTopWidth) < 1 || contrast(borderTopColor, behind(parentOf(each))) < 3;
        })
        .map(told),
    };
  });

/** Goes through all that has a place in the order of Tab, from the title on; what has the focus and does not show it. */
export async function unseenFocus(page: Page): Promise<string[]> {
  await page.locator('.bar #title').focus();
  const unseen: string[] = [];
  for (let n = 0; n < 80; n++) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate(() => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      if (!document.querySelector('#stage')!.contains(document.activeElement)) return 'left';
      const {outlineStyle, outlineWidth} = getComputedStyle(at!);
      const isSeen = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
      return isSeen ? '' : `${at!.localName} ${at!.id}`;
    });
    if (found === 'left') return unseen;
    if (found) unseen.push(found);
  }
  throw new Error('The focus never left the element.');
}
