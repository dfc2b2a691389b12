import {expect, fixture, html} from '@open-wc/testing';
import '../../src/define/room-editor.js';
import '../../src/define/room-users.js';
import '../../src/index.js';
import type {JoinButton, RoomEditor, RoomPicker, Rooms} from '../../src/index.js';
import type {RoomUsers} from '../../src/elements/room-users.js';
import {RoomsError} from '../../src/index.js';
import {person, showUsers} from '../helpers/elements/seeing.js';
import {buttonOf, emulate, textOf, until} from '../helpers/elements/stage.js';

const rooms = {
  list: async () => [{room_id: 'a', name: 'Lobby', settings: {description: 'Tea at four'}}],
  get: async () => ({room_id: 'a', name: 'Lobby', settings: {}}),
  token: () => Promise.reject(new RoomsError('denied', 'No.')),
  users: async () => [person('Ann')],
} as unknown as Rooms;

/** Backgrounds and text colours of pages that do not set `color-scheme`. */
const PAGES: [what: string, background: string, look: 'dark' | 'light' | 'own surface'][] = [
  ['white', '#fff', 'light'],
  ['light grey', '#f3f4f6', 'light'],
  ['cream', 'rgb(253 246 236)', 'light'],
  ['dark grey', '#111827', 'dark'],
  ['black', '#000', 'dark'],
  ['dark blue, as new tools write it', 'oklch(0.21 0.034 264.7)', 'dark'],
  ['dark, with a wide gamut', 'color(display-p3 0.05 0.06 0.1)', 'dark'],
  ['medium grey', '#777', 'own surface'],
  ['strong blue', '#1d4ed8', 'own surface'],
  ['slate', '#475569', 'own surface'],
  ['orange', '#fb923c', 'own surface'],
  ['half transparent', 'rgb(0 0 0 / 60%)', 'own surface'],
  ['a picture', 'linear-gradient(90deg, #111, #eee)', 'own surface'],
];

async function show() {
  const page = await fixture<HTMLElement>(html`<main></main>`);
  const picker = document.createElement('room-picker');
  const join = document.createElement('join-button');
  const editor = document.createElement('room-editor');
  const users = document.createElement('room-users');
  for (const element of [picker, join, editor, users]) element.rooms = rooms;
  Object.assign(join, {roomId: 'a', userName: 'Ann'});
  users.roomId = 'a';
  page.append(picker, join, editor, users);
  const all = [picker, join, editor, users] as [RoomPicker, JoinButton, RoomEditor, RoomUsers];
  await until(() => textOf(picker, '[part=name]') && textOf(users, '[part=user]'));
  buttonOf(join).click();
  await until(() => textOf(join, '[role=status]') === 'You are not allowed to do this.');
  return {page, all};
}

/** The colours in RGB, from 0 to 255, and opacity of a CSS colour in any notation. */
function rgba(color: string): number[] {
  const pen = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d')!;
  pen.fillStyle = color;
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
  return [red!, green!, blue!, alpha! / 255];
}

const luminance = (color: number[]) => {
  const [red, green, blue] = color.map(value =>
    value <= 10.31 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
};

/** The lowest contrast of the visible texts in an element, and which text has it. */
function weakest(host: HTMLElement): [ratio: number, text: string] {
  const walker = document.createTreeWalker(host.shadowRoot!, NodeFilter.SHOW_TEXT);
  let least: [number, string] = [21, ''];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement!;
    const text = walker.currentNode.textContent!.trim();
    if (!text || !element.checkVisibility({visibilityProperty: true}) || element.closest('[inert],.unseen')) continue;
    let behind: Element | null = element;
    const solid = () => {
      const {backgroundColor, backgroundImage} = getComputedStyle(behind!);
      if (backgroundImage !== 'none' && behind!.localName === 'main') throw new Error(`“${text}” is on the picture`);
      return rgba(backgroundColor)[3] === 1;
    };
    while (behind && !solid()) behind = behind.parentElement ?? (behind.getRootNode() as ShadowRoot).host ?? null;
    const colors = [getComputedStyle(element).color, behind ? getComputedStyle(behind).backgroundColor : 'Canvas'];
    const [low, high] = colors.map(color => luminance(rgba(color).slice(0, 3))).sort((a, b) => a - b);
    const ratio = (high! + 0.05) / (low! + 0.05);
    if (ratio < least[0]) least = [ratio, text];
  }
  return least;
}

const lookOf = (host: HTMLElement) => {
  const {boxShadow, colorScheme} = getComputedStyle(host);
  // A page without a scheme is a light one.
  return boxShadow === 'none' ? colorScheme.replace('normal', 'light') : 'own surface';
};

describe('an element on a page that does not set `color-scheme`', () => {
  const {style} = document.documentElement;
  const before = style.cssText;
  beforeEach(() => (style.cssText = 'background: #fff; color: #000'));
  afterEach(() => (style.cssText = before));

  for (const system of ['light', 'dark'] as const) {
    it(`keeps a contrast of 4.5:1 on every background, with the system set to ${system}`, async () => {
      await emulate({colorScheme: system, reducedMotion: 'reduce'});
      const {page, all} = await show();
      for (const [what, background, look] of PAGES) {
        page.style.background = background;
        for (const element of all) {
          await until(() => lookOf(element) === look, `<${element.localName}> on ${what}: ${look}`);
          await until(() => !element.shadowRoot!.getAnimations().length);
          const [ratio, text] = weakest(element);
          expect(ratio, `${what} <${element.localName}> ${text}`).to.be.at.least(4.5);
        }
      }
    });
  }

  it('follows a theme that changes by a class, by an attribute, after a transition, and by a late style sheet', async () => {
    const {page, all} = await show();
    const [picker] = all;
    const sheet = page.appendChild(document.createElement('style'));
    sheet.textContent = `
      .night main, [data-theme=night] main { background: #111 }
      .dusk main { background: #111; transition: background-color 0.2s }`;
    for (const [on, off] of [
      [() => document.documentElement.classList.add('night'), () => document.documentElement.classList.remove('night')],
      [() => (document.body.dataset.theme = 'night'), () => delete document.body.dataset.theme],
      [() => document.body.classList.add('dusk'), () => document.body.classList.remove('dusk')],
    ]) {
      await until(() => lookOf(picker) === 'light');
      on!();
      await until(() => lookOf(picker) === 'dark');
      off!();
    }
    await until(() => lookOf(picker) === 'light');
    const link = document.createElement('link');
    Object.assign(link, {rel: 'stylesheet', href: 'data:text/css,main{background:black!important}'});
    page.append(link);
    await until(() => lookOf(picker) === 'dark');
  });

  it('keeps its look when a part of it comes later, with styles of its own', async () => {
    const {page, all} = await show();
    const join = all[1];
    page.style.background = '#111';
    await until(() => lookOf(join) === 'dark');
    join.userName = '';
    join.left();
    await join.updateComplete;
    buttonOf(join).click();
    await until(() => join.shadowRoot!.querySelector('input'), 'it asks for the name');
    expect(lookOf(join)).to.equal('dark');
  });

  it('sees a background around the component that it is in, and leaves the scheme to a page that sets it', async () => {
    const outer = await fixture<HTMLElement>(html`<div></div>`);
    const root = outer.attachShadow({mode: 'open'});
    root.innerHTML = '<section style="background: #111"><slot></slot></section>';
    const join = outer.appendChild(document.createElement('join-button'));
    await until(() => lookOf(join) === 'dark');
    const sheet = document.head.appendChild(document.createElement('style'));
    sheet.textContent = 'join-button { color-scheme: light }';
    await until(() => lookOf(join) === 'light');
    sheet.remove();
    const own = await showUsers(rooms, 'a');
    own.style.background = '#111';
    await until(() => getComputedStyle(own).colorScheme === 'dark');
  });
});
