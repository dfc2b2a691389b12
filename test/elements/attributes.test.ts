import {expect, fixture, html} from '@open-wc/testing';
import '../../src/define/pre-join.js';
import '../../src/define/room-editor.js';
import '../../src/define/room-stage.js';
import '../../src/define/room-users.js';
import '../../src/index.js';
import type {JoinButton, RoomPicker} from '../../src/index.js';
import type {RoomUsers} from '../../src/elements/room-users.js';
import {press} from '../helpers/elements/join-button.js';
import {openStage, option, optionsOf, until} from '../helpers/elements/stage.js';

const NAMES = ['room-picker', 'join-button', 'pre-join', 'room-editor', 'room-users'] as const;

describe('the attributes of the elements', () => {
  for (const name of NAMES) {
    it(`of <${name}> are those that the page wrote, and no others`, async () => {
      const bare = document.createElement(name);
      const page = await fixture<HTMLElement>(html`<main>${bare}</main>`);
      await bare.updateComplete;
      expect(bare.getAttributeNames()).to.deep.equal([]);
      bare.endpoint = '/api';
      bare.grant = 'secret';
      await bare.updateComplete;
      expect(bare.getAttributeNames()).to.deep.equal([]);
      page.innerHTML = `<${name} id="written" endpoint="/api" role="region" class="wide" room-id="a"></${name}>`;
      const written = page.querySelector(name)!;
      const before = written.outerHTML;
      await written.updateComplete;
      expect(written.outerHTML).to.equal(before);
    });
  }

  it('stay as they are while a visitor chooses and joins', async () => {
    const stage = await openStage(['Lobby']);
    const picker = await fixture<RoomPicker>(html`<room-picker id="own" endpoint=${stage.endpoint}></room-picker>`);
    const join = await fixture<JoinButton>(html`<join-button for="own" user-name="Ann"></join-button>`);
    await until(() => optionsOf(picker).length);
    option(picker, 'Lobby').click();
    await picker.updateComplete;
    expect(await press(join)).to.equal('ok');
    expect(picker.getAttributeNames()).to.deep.equal(['id', 'endpoint']);
    expect(join.getAttributeNames()).to.deep.equal(['for', 'user-name']);
  });

  it('name the field of a form, also when a framework sets the property', async () => {
    const form = await fixture<HTMLFormElement>(html`<form><room-picker value="lobby"></room-picker></form>`);
    const picker = form.querySelector('room-picker')!;
    picker.name = 'room';
    await picker.updateComplete;
    expect(new FormData(form).get('room')).to.equal('lobby');
    picker.name = '';
    await picker.updateComplete;
    expect(picker.hasAttribute('name')).to.equal(false);
  });

  it('tie a button and a list of people to a picker by `for`, and by `htmlFor`', async () => {
    for (const name of ['join-button', 'room-users'] as const) {
      const element = document.createElement(name) as JoinButton | RoomUsers;
      element.htmlFor = 'rooms';
      expect(element.for).to.equal('rooms');
      element.setAttribute('for', 'others');
      expect(element.htmlFor).to.equal('others');
    }
  });

  it('tie an element by an `htmlFor` that was set before the element was defined', async () => {
    for (const name of ['join-button', 'room-users', 'pre-join', 'room-stage']) {
      const tag = `early-${name}`;
      const early = document.createElement(tag) as JoinButton;
      early.htmlFor = 'rooms';
      document.body.append(early);
      customElements.define(tag, class extends customElements.get(name)! {});
      await early.updateComplete;
      expect(early.for).to.equal('rooms');
      early.htmlFor = 'others';
      expect(early.for).to.equal('others');
      early.remove();
    }
  });
});
