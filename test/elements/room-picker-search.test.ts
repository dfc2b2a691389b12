import {expect, fixture, html} from '@open-wc/testing';
import {sendKeys} from '@web/test-runner-commands';
import '../../src/index.js';
import type {RoomPicker} from '../../src/index.js';
import {own, room, show} from '../helpers/elements/picking.js';
import {inside, namesOf, textOf, until} from '../helpers/elements/stage.js';

const fieldOf = (picker: RoomPicker) => inside<HTMLInputElement>(picker, '[part=search]');

/** Types a whole query at once. */
async function search(picker: RoomPicker, query: string) {
  const field = fieldOf(picker);
  field.value = query;
  field.dispatchEvent(new InputEvent('input', {bubbles: true, composed: true}));
  await picker.updateComplete;
  return namesOf(picker);
}

describe('the search of <room-picker>', () => {
  for (const [kind, name, ...queries] of [
    ['apostrophes', 'Ann’s office hour', "ann's", 'ann‘s', 'annʼs', 'ann´s', 'ann`s', 'ann＇s', 'anns'],
    ['spaces', 'Room\u00a0101\u3000North\u2009Wing', 'room 101', 'room\u202f101', '101\u2003north', 'north wing'],
    ['dashes', 'Stand–up 9−10', 'stand-up', 'stand‑up', 'stand—up', 'stand－up', '9-10', '9–10'],
    ['width', 'Ｚｏｏｍ ﾄﾞｱ', 'zoom', 'ＺＯＯＭ', 'ドア'],
    ['accents', 'Café Crème', 'cafe', 'CAFÉ', 'cafe\u0301', 'creme'],
    [
      'strokes and joined letters',
      'Łódź Øresund Đorđe Ærø cœur Ħaŧ',
      'lodz',
      'oresund',
      'dorde',
      'aero',
      'coeur',
      'hat',
      'łódź',
    ],
    ['sharp s', 'Große Straße', 'grosse', 'STRASSE', 'straße', 'STRAẞE'],
    ['the i of Turkish', 'İstanbul Işık', 'istanbul', 'ISTANBUL', 'ıstanbul', 'isik', 'ışık'],
    ['the sigma of Greek', 'Όμηρος', 'ομηροσ', 'ΟΜΗΡΟΣ', 'όμηρος'],
    ['ligatures and numbers', 'Oﬃce Ⅳ x²', 'office', 'iv', 'x2'],
    ['points and forms of Arabic and Hebrew', 'أَحْمَد שָׁלוֹם', 'احمد', 'שלום'],
    ['invisible characters', 'Con\u00adference\u200b Call', 'conference', 'conference call'],
    ['the order of words', 'Weekly design review', 'review weekly', 'design  weekly ', 'rev des'],
  ] as const) {
    it(`makes no difference of ${kind}`, async () => {
      const picker = await show(own([room('Nothing like it'), room(name)]).source);
      for (const query of queries) expect(await search(picker, query), query).to.deep.equal([name]);
    });
  }

  it('tells apart letters that only look alike without their marks, and needs every word', async () => {
    const picker = await show(own([room('かき'), room('がき'), room('कि'), room('की'), room('Weekly review')]).source);
    expect(await search(picker, 'がき')).to.deep.equal(['がき']);
    expect(await search(picker, 'की')).to.deep.equal(['की']);
    expect(await search(picker, 'weekly planning')).to.deep.equal([]);
  });

  it('finds by first letters in the list as in the search', async () => {
    const picker = await show(own([room('Lobby'), room('Łódź'), room('O’Brien–Hall')]).source);
    const list = inside(picker, '[role=listbox]');
    const key = (key: string) => list.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, composed: true}));
    for (const [typed, name] of [
      ['lod', 'Łódź'],
      ["o'b", 'O’Brien–Hall'],
    ] as const) {
      // In one task, because letters belong to one word only for 0.7 s.
      for (const letter of typed) key(letter);
      const at = () => textOf(picker, `#${CSS.escape(list.getAttribute('aria-activedescendant')!)} [part=name]`);
      await until(() => at() === name, name);
      key('Home');
    }
  });

  it('waits for the end of a word that an input method composes, and leaves its keys alone', async () => {
    const picker = await show(own([room('さくら'), room('さつき')]).source);
    const field = fieldOf(picker);
    field.focus();
    field.value = 'さく';
    field.dispatchEvent(new InputEvent('input', {bubbles: true, composed: true, isComposing: true}));
    await picker.updateComplete;
    expect(namesOf(picker)).to.have.length(2);
    expect(textOf(picker, '[role=status]')).to.equal('');
    for (const [key, init] of [
      ['ArrowDown', {isComposing: true}],
      ['ArrowDown', {keyCode: 229}],
      ['Escape', {isComposing: true}],
    ] as const) {
      const event = new KeyboardEvent('keydown', {key, bubbles: true, composed: true, cancelable: true, ...init});
      field.dispatchEvent(event);
      expect([event.defaultPrevented, picker.shadowRoot!.activeElement]).to.deep.equal([false, field]);
    }
    field.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true, composed: true, data: 'さく'}));
    await picker.updateComplete;
    expect(namesOf(picker)).to.deep.equal(['さくら']);
    const list = inside(picker, '[role=listbox]');
    list.focus();
    for (const init of [{isComposing: true}, {keyCode: 229}]) {
      list.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, composed: true, ...init}));
    }
    expect(picker.value).to.equal('');
  });

  it('is emptied by Escape, and is no text to correct', async () => {
    const picker = await show(own([room('Lobby'), room('Stand-up')]).source);
    const field = fieldOf(picker);
    field.focus();
    await sendKeys({type: 'lob'});
    await until(() => namesOf(picker).length === 1);
    await sendKeys({press: 'Escape'});
    await until(() => namesOf(picker).length === 2);
    expect(field.value).to.equal('');
    expect([field.spellcheck, field.autocapitalize, field.autocomplete]).to.deep.equal([false, 'none', 'off']);
    expect(field.getAttribute('autocorrect')).to.equal('off');
  });
});

describe('the keys that a page hears', () => {
  /** Shows elements in a page that listens to keys, and returns what it hears. */
  async function showIn(content: unknown) {
    const page = await fixture<HTMLElement>(html`<div>${content}</div>`);
    const heard: string[] = [];
    for (const type of ['keydown', 'keypress', 'keyup'] as const) {
      page.addEventListener(type, ({key}) => heard.push(`${type} ${key}`));
    }
    return {page, heard};
  }

  it('are none that a person types into the search, and none that the list uses', async () => {
    const {source} = own([room('Lobby'), room('Stand-up')]);
    const {page, heard} = await showIn(html`<room-picker search .rooms=${source}></room-picker>`);
    const picker = page.querySelector('room-picker')!;
    await until(() => namesOf(picker).length === 2);
    picker.focus();
    await sendKeys({type: 'l/?'});
    for (const press of ['Backspace', 'ArrowLeft', 'Enter', 'Escape', 'ArrowDown', 'ArrowDown', 'End', 's', 'Enter']) {
      await sendKeys({press});
    }
    expect(picker.value).to.equal('Stand-up');
    expect(heard).to.deep.equal([]);
  });

  it('are all others: commands, Tab, and Escape with nothing to close or to empty', async () => {
    const {source} = own([room('Lobby')]);
    const {page, heard} = await showIn(html`<room-picker .rooms=${source}></room-picker>`);
    const picker = page.querySelector('room-picker')!;
    picker.focus();
    await sendKeys({down: 'Control'});
    await sendKeys({press: 'k'});
    await sendKeys({up: 'Control'});
    await sendKeys({press: 'Escape'});
    expect(heard.filter(each => each.startsWith('keydown'))).to.deep.equal([
      'keydown Control',
      'keydown k',
      'keydown Escape',
    ]);
  });

  it('are none typed into a form, and no Escape that closes our dialog', async () => {
    const rooms = {get: async () => room('r')};
    const {page, heard} = await showIn(html`<room-editor room-id="r" .rooms=${rooms as never}></room-editor>`);
    const editor = page.querySelector('room-editor')!;
    await until(() => editor.shadowRoot && inside(editor, '[name=name]') && !inside(editor, '[aria-busy=true]'));
    inside(editor, '[name=name]').focus();
    await sendKeys({type: 'ab '});
    expect(heard).to.deep.equal([]);
    const remove = inside(editor, 'form [part=delete]');
    remove.focus();
    remove.click();
    await until(() => inside<HTMLDialogElement>(editor, 'dialog').open);
    await sendKeys({press: 'Escape'});
    await until(() => !inside<HTMLDialogElement>(editor, 'dialog').open);
    expect(heard).to.deep.equal([]);
    await sendKeys({press: 'Escape'});
    expect(heard).to.include('keydown Escape');
  });
});
