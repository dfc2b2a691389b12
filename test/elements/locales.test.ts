import {expect, fixture, html} from '@open-wc/testing';
import {LitElement} from 'lit';
import '../../src/index.js';
import type {JoinButton, Rooms} from '../../src/index.js';
import {Language} from '../../src/controllers/language.js';
import {words, type Catalog} from '../../src/locales/joining/joining.js';
import {sayWait} from '../../src/locales/wait.js';
import {announcementsOf} from '../helpers/elements/join-button.js';
import {labelOf, until} from '../helpers/elements/stage.js';

interface Greeting {
  hello: string;
}

/** A catalogue whose languages load or fail when the test says so. */
function slowCatalog() {
  const calls: Record<string, {come: () => void; fail: () => void}[]> = {de: [], fr: []};
  const later = (language: string, hello: string) => () =>
    new Promise<Record<string, Greeting>>((resolve, reject) =>
      calls[language]!.push({
        come: () => resolve({[language]: {hello}}),
        fail: () => reject(new TypeError('Failed to fetch')),
      }),
    );
  const catalog: Catalog<Greeting> = {
    en: {hello: 'Hello'},
    others: {de: later('de', 'Guten Tag'), fr: later('fr', 'Bonjour')},
  };
  return {catalog, calls};
}

/** An element that says hello, with the test's own catalogue. */
function helloElement(catalog: Catalog<Greeting>) {
  class HelloElement extends LitElement {
    renders = 0;
    #language = new Language(this, catalog);
    override render() {
      this.renders++;
      const {words, tag} = this.#language;
      return html`<p>${words.hello} ${sayWait(tag, 60_000)}</p>`;
    }
  }
  customElements.define(`hello-${crypto.randomUUID()}`, HelloElement);
  return new HelloElement();
}

const heard = async (element: LitElement) => {
  await element.updateComplete;
  return element.renderRoot.textContent!.trim();
};

const showJoin = async (lang: string) =>
  (await fixture<HTMLElement>(html`<div lang=${lang}><join-button></join-button></div>`)).querySelector('join-button')!;
async function says(join: JoinButton, label: string) {
  await join.updateComplete;
  await until(() => labelOf(join) === label, `it says “${label}”`);
}

describe('the language of an element', () => {
  const pageLanguage = document.documentElement.lang;
  afterEach(() => (document.documentElement.lang = pageLanguage));

  it('can be each of the ten', async () => {
    for (const [key, load] of Object.entries(words.others)) {
      await says(await showJoin(key.replace('zhHant', 'zh-Hant')), (await load())[key]!.join);
    }
    await says(await showJoin('en'), 'Join');
  });

  it('ignores the region, in any notation of the tag', async () => {
    for (const [lang, label] of [
      ['pt-BR', 'Entrar'],
      ['zh-Hant-TW', '加入'],
      ['iw', 'הצטרפות'],
      ['iw_IL', 'הצטרפות'],
      ['pt_BR', 'Entrar'],
      ['DE-ch', 'Beitreten'],
      ['en-GB', 'Join'],
    ] as const) {
      await says(await showJoin(lang), label);
    }
  });

  it('is Chinese in the script of the region', async () => {
    for (const [lang, empty, save] of [
      ['zh', '目前还没有房间。', '保存更改'],
      ['zh-CN', '目前还没有房间。', '保存更改'],
      ['zh-SG', '目前还没有房间。', '保存更改'],
      ['zh-Hans-HK', '目前还没有房间。', '保存更改'],
      ['zh-TW', '目前還沒有聊天室。', '儲存變更'],
      ['zh-HK', '目前還沒有聊天室。', '儲存變更'],
      ['zh-MO', '目前還沒有聊天室。', '儲存變更'],
      ['zh-Hant', '目前還沒有聊天室。', '儲存變更'],
      ['zh_TW', '目前還沒有聊天室。', '儲存變更'],
      ['ZH-hant-CN', '目前還沒有聊天室。', '儲存變更'],
    ] as const) {
      const rooms = {list: async () => [], get: async () => ({room_id: 'r', name: 'r', settings: {}})} as never;
      const page = await fixture<HTMLElement>(
        html`<div lang=${lang}>
          <room-picker .rooms=${rooms}></room-picker><room-editor room-id="r" .rooms=${rooms}></room-editor>
        </div>`,
      );
      const [picker, editor] = [...page.children];
      await until(() => picker!.shadowRoot!.textContent!.includes(empty), `${lang}: ${empty}`);
      await until(() => editor!.shadowRoot?.textContent!.includes(save), `${lang}: ${save}`);
    }
  });

  it('is Chinese for the other languages of China, in the script that CLDR gives them', async () => {
    const {zh, zhHant} = words.others;
    class Told extends LitElement {
      language = new Language(this, words);
    }
    customElements.define(`told-${crypto.randomUUID()}`, Told);
    for (const [lang, tag, load] of [
      ['yue', 'zh-Hant-HK', zhHant],
      ['zh-yue', 'zh-Hant-HK', zhHant],
      ['yue-Hans', 'zh-Hans-CN', zh],
      ['yue_CN', 'zh-Hans-CN', zh],
      ['wuu', 'zh-Hans-CN', zh],
      ['gan', 'zh-Hans-CN', zh],
      ['hak', 'zh-Hans-CN', zh],
    ] as const) {
      const told = new Told();
      told.lang = lang;
      await fixture(told);
      await until(() => told.language.tag === tag, `${lang} is ${tag}, not ${told.language.tag}`);
      expect(told.language.words, lang).to.equal(Object.values(await load!())[0]);
    }
  });

  it('has the sentence of the first failure, and no other one before it', async () => {
    const broken = {get: () => Promise.reject(new Error('down')), list: () => Promise.reject(new Error('down'))};
    const page = await fixture<HTMLElement>(html`<div lang="fr"></div>`);
    const button = Object.assign(document.createElement('join-button'), {rooms: broken as unknown as Rooms});
    const picker = Object.assign(document.createElement('room-picker'), {rooms: broken as unknown as Rooms});
    button.roomId = 'own';
    page.append(button, picker);
    const said = announcementsOf(button);
    const read = announcementsOf(picker);
    const words = 'Une erreur s’est produite. Réessayez.';
    await until(() => said.includes(words) && read.includes(words));
    expect(said).to.deep.equal(['', words]);
    expect(read.filter(text => !/rooms|salles/.test(text))).to.deep.equal(['', words]);
  });

  it('is English if the page’s language is unknown, invalid or missing', async () => {
    for (const lang of ['nl', 'en_US', 'de__DE', '', 'x', '<b>']) {
      const join = await showJoin(lang);
      expect(labelOf(join)).to.equal('Join');
    }
    document.documentElement.removeAttribute('lang');
    const join = await fixture<JoinButton>(html`<join-button></join-button>`);
    expect(labelOf(join)).to.equal('Join');
  });

  it('follows changes of `lang` at the page, around the element, and at the element', async () => {
    document.documentElement.lang = 'de';
    const around = await fixture<HTMLElement>(html`<section><join-button></join-button></section>`);
    const join = around.querySelector('join-button')!;
    await says(join, 'Beitreten');
    around.lang = 'fr';
    await says(join, 'Rejoindre');
    join.lang = 'es';
    await says(join, 'Unirse');
    join.removeAttribute('lang');
    await says(join, 'Rejoindre');
    around.removeAttribute('lang');
    await says(join, 'Beitreten');
    document.documentElement.lang = 'en';
    await says(join, 'Join');
  });

  it('is found through shadow roots, and followed in them', async () => {
    const outer = await fixture<HTMLElement>(html`<div lang="de"></div>`);
    const inner = outer.attachShadow({mode: 'open'}).appendChild(document.createElement('div'));
    const join = inner.attachShadow({mode: 'open'}).appendChild(document.createElement('join-button'));
    await says(join, 'Beitreten');
    inner.lang = 'ja';
    await says(join, '参加する');
    inner.removeAttribute('lang');
    outer.lang = 'fr';
    await says(join, 'Rejoindre');
  });

  it('is looked up again where the element is moved to', async () => {
    const join = await showJoin('de');
    await says(join, 'Beitreten');
    const elsewhere = await fixture<HTMLElement>(html`<div lang="es"></div>`);
    elsewhere.append(join);
    await says(join, 'Unirse');
  });

  it('keeps the words until others are loaded, and uses the ones requested last', async () => {
    const {catalog, calls} = slowCatalog();
    const around = await fixture<HTMLElement>(html`<div lang="de"></div>`);
    const element = around.appendChild(helloElement(catalog));
    expect(await heard(element)).to.equal('Hello in 1 minute');
    calls.de![0]!.come();
    await until(async () => (await heard(element)) === 'Guten Tag in 1 Minute');
    around.lang = 'fr';
    await until(() => calls.fr!.length);
    expect(await heard(element)).to.equal('Guten Tag in 1 Minute');
    around.lang = 'de-AT';
    calls.fr![0]!.come();
    await Promise.resolve();
    expect(await heard(element)).to.equal('Guten Tag in 1 Minute');
    around.lang = 'fr';
    await until(async () => (await heard(element)) === 'Bonjour dans 1 minute');
    expect(calls.fr, 'what has come is not asked for again').to.have.length(1);
  });

  it('becomes English if its words fail to load, throws nothing, and tries again at the next change', async () => {
    const rejections: unknown[] = [];
    const listen = (event: PromiseRejectionEvent) => rejections.push(event.reason);
    addEventListener('unhandledrejection', listen);
    const {catalog, calls} = slowCatalog();
    const around = await fixture<HTMLElement>(html`<div lang="de"></div>`);
    const element = around.appendChild(helloElement(catalog));
    calls.de![0]!.come();
    await until(async () => (await heard(element)).startsWith('Guten Tag'));
    around.lang = 'fr';
    await until(() => calls.fr!.length);
    calls.fr![0]!.fail();
    await until(async () => (await heard(element)) === 'Hello in 1 minute');
    around.lang = 'fr-CA';
    await until(() => calls.fr!.length === 2);
    calls.fr![1]!.come();
    await until(async () => (await heard(element)) === 'Bonjour dans 1 minute');
    // An unhandled rejection is reported in a later task.
    await new Promise(resolve => setTimeout(resolve));
    removeEventListener('unhandledrejection', listen);
    expect(rejections).to.deep.equal([]);
  });

  it('renders nothing again if it does not change, or after the element is removed', async () => {
    const {catalog} = slowCatalog();
    const around = await fixture<HTMLElement>(html`<div lang="en-GB"><p></p></div>`);
    const [stays, goes] = [helloElement(catalog), helloElement(catalog)];
    around.append(stays, goes);
    for (const element of [stays, goes]) expect(await heard(element)).to.equal('Hello in 1 minute');
    const renders = [stays.renders, goes.renders];
    goes.remove();
    around.querySelector('p')!.lang = 'de';
    // Observers have been called by then.
    await new Promise(resolve => setTimeout(resolve));
    for (const element of [stays, goes]) await element.updateComplete;
    expect([stays.renders, goes.renders]).to.deep.equal(renders);
  });
});
