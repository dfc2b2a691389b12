import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import '../../src/define/pre-join.js';
import '../../src/define/room-editor.js';
import '../../src/define/room-users.js';
import '../../src/index.js';
import {numbered, own, room, show} from '../helpers/elements/picking.js';
import {openStage, optionsOf, until} from '../helpers/elements/stage.js';

const PARTS = {
  'room-picker': '[part~=list]',
  'join-button': 'button',
  'pre-join': '[part=input]',
  'room-editor': '[part=save]',
  'room-users': '[part=box]',
};
type Name = keyof typeof PARTS;
const NAMES = Object.keys(PARTS) as Name[];

/** Another document with a window of its own. */
async function frame() {
  const {contentDocument, contentWindow} = await fixture<HTMLIFrameElement>(html`<iframe title="Other"></iframe>`);
  return {other: contentDocument!, view: contentWindow as Window & typeof globalThis};
}

/** Whether an element has both its own styles and the shared ones. */
function isStyled(element: HTMLElement, view: Window = window): boolean {
  const {borderTopLeftRadius, boxSizing} = view.getComputedStyle(
    element.shadowRoot!.querySelector(PARTS[element.localName as Name])!,
  );
  return `${view.getComputedStyle(element).display} ${borderTopLeftRadius} ${boxSizing}` === 'grid 10px border-box';
}

describe('an element in another document', () => {
  for (const name of NAMES) {
    it(`keeps its styles: <${name}> is moved there, and back`, async () => {
      const {other, view} = await frame();
      const element = await fixture<HTMLElementTagNameMap[Name]>(html`<div></div>`).then(page =>
        page.appendChild(document.createElement(name)),
      );
      await element.updateComplete;
      const page = element.parentElement!;
      for (let times = 0; times < 2; times++) {
        other.body.append(element);
        expect(isStyled(element, view)).to.equal(true);
        page.append(element);
        expect(isStyled(element)).to.equal(true);
      }
    });

    it(`gets its styles: <${name}> is made here and used there`, async () => {
      const {other, view} = await frame();
      const [one, two] = [document.createElement(name), document.createElement(name)];
      other.body.append(one, two);
      await one.updateComplete;
      expect(isStyled(one, view) && isStyled(two, view)).to.equal(true);
    });

    it(`survives a document without a window: <${name}>`, async () => {
      const parsed = document.implementation.createHTMLDocument();
      const page = await fixture<HTMLElement>(html`<div></div>`);
      const element = document.createElement(name);
      parsed.body.append(element);
      page.append(element);
      await element.updateComplete;
      expect(isStyled(element)).to.equal(true);
    });
  }

  it('lists all rooms there, also thousands', async () => {
    const {other} = await frame();
    const picker = await show(own([room('Lobby')]).source);
    other.body.append(picker);
    picker.rooms = own(numbered(1200)).source;
    await until(() => optionsOf(picker).length === 1200);
  });

  it('has the endpoint and the language of the page that made it', async () => {
    const stage = await openStage(['Lobby']);
    const {other} = await frame();
    const meta = Object.assign(document.createElement('meta'), {name: 'greenroom-endpoint', content: stage.endpoint});
    document.head.append(meta);
    document.documentElement.lang = 'de';
    const picker = document.createElement('room-picker');
    picker.search = true;
    other.body.append(picker);
    await until(() => optionsOf(picker).length === 1);
    await until(() => picker.shadowRoot!.querySelector<HTMLInputElement>('input')!.placeholder === 'Räume suchen');
    other.documentElement.lang = 'en';
    await until(() => picker.shadowRoot!.querySelector<HTMLInputElement>('input')!.placeholder === 'Search rooms');
    document.documentElement.lang = 'en';
    meta.remove();
  });

  it('hands its token to the page around it', async () => {
    const stage = await openStage(['Lobby']);
    const {other} = await frame();
    const join = document.createElement('join-button');
    Object.assign(join, {endpoint: stage.endpoint, roomId: stage.roomIds[0], userName: 'Ann'});
    other.body.append(join);
    await join.updateComplete;
    setTimeout(() => join.shadowRoot!.querySelector('button')!.click());
    const {detail} = await oneEvent(other as unknown as HTMLElement, 'room-token');
    expect((detail as {token: string}).token).to.be.a('string');
  });
});
