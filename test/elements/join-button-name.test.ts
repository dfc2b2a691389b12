import {aTimeout, expect, fixture, html, oneEvent} from '@open-wc/testing';
import {sendKeys} from '@web/test-runner-commands';
import '../../src/index.js';
import type {JoinButton} from '../../src/index.js';
import {isReady, ownRooms, sentence, tokensOf} from '../helpers/elements/join-button.js';
import {buttonOf, inside, labelOf, openStage, press, showPicker, until} from '../helpers/elements/stage.js';

const fieldOf = (join: JoinButton) => inside<HTMLInputElement>(join, '[part=input]');
const focused = (join: JoinButton) => join.shadowRoot!.activeElement?.localName;
const asked = (join: JoinButton) => until(() => fieldOf(join), 'it asks for a name');

/** Waits until the colours of the button have changed: axe would measure them half-way. */
const still = (join: JoinButton) => until(() => !join.shadowRoot!.getAnimations().length, 'it looks ready');

const show = (endpoint: string, roomId: string) =>
  fixture<JoinButton>(html`<join-button endpoint=${endpoint} room-id=${roomId}></join-button>`);

describe('<join-button> whose visitor nobody knows', () => {
  it('asks for a name in place, before it requests a token, and joins by Enter', async () => {
    const stage = await openStage(['Lobby']);
    const join = await show(stage.endpoint, stage.roomIds[0]!);
    const joins: unknown[] = [];
    join.addEventListener('room-join', ({detail}) => joins.push(detail.participant.name));
    const {height} = join.getBoundingClientRect();
    buttonOf(join).click();
    await asked(join);
    expect(focused(join)).to.equal('input');
    expect([fieldOf(join).autocomplete, fieldOf(join).labels![0]!.textContent]).to.deep.equal(['name', 'Your name']);
    expect(join.getBoundingClientRect().height).to.equal(height);
    expect([joins, await stage.count('token')]).to.deep.equal([[], 0]);
    await still(join);
    await expect(join).to.be.accessible();
    await sendKeys({type: '  Zoe\u0308 '});
    setTimeout(() => press('Enter'));
    const {detail} = await oneEvent(join, 'room-token');
    expect(detail.participant.name).to.equal('Zoë');
    expect([joins, detail.token.split('.').length]).to.deep.equal([['Zoë'], 3]);
    // The field is gone, so the focus is at the button.
    await until(() => !fieldOf(join));
    expect(focused(join)).to.equal('button');
  });

  it('says in place what is wrong with a name, and requests nothing', async () => {
    const stage = await openStage(['Lobby']);
    const join = await show(stage.endpoint, stage.roomIds[0]!);
    const {height} = join.getBoundingClientRect();
    buttonOf(join).click();
    await asked(join);
    await press('Enter');
    await until(() => sentence(join) === 'Enter your name.');
    expect(fieldOf(join).getAttribute('aria-invalid')).to.equal('true');
    expect(focused(join)).to.equal('input');
    await still(join);
    await expect(join).to.be.accessible();
    fieldOf(join).value = 'a'.repeat(201);
    fieldOf(join).dispatchEvent(new InputEvent('input', {bubbles: true}));
    buttonOf(join).click();
    await until(() => sentence(join) === 'Use at most 200 characters, on one line.');
    expect(join.getBoundingClientRect().height).to.equal(height);
    expect(await stage.count('token')).to.equal(0);
  });

  it('goes back to the button by Escape', async () => {
    const stage = await openStage(['Lobby']);
    const join = await show(stage.endpoint, stage.roomIds[0]!);
    buttonOf(join).click();
    await asked(join);
    await press('Escape');
    await until(() => !fieldOf(join));
    expect(focused(join)).to.equal('button');
    expect([labelOf(join), isReady(join)]).to.deep.equal(['Join', true]);
  });

  it('keeps what is typed from the keys of the page, and for the next press', async () => {
    const page = ownRooms();
    const join = await fixture<JoinButton>(html`<join-button .rooms=${page.rooms} room-id="own"></join-button>`);
    const heard: string[] = [];
    const hear = ({key}: KeyboardEvent) => heard.push(key);
    document.addEventListener('keydown', hear);
    buttonOf(join).click();
    await asked(join);
    await sendKeys({type: 'Bo'});
    const tokens = tokensOf(join);
    await press('Enter');
    await until(() => tokens.length === 1);
    document.removeEventListener('keydown', hear);
    expect(heard).to.deep.equal([]);
    await until(() => isReady(join));
    buttonOf(join).click();
    await until(() => tokens.length === 2);
    expect(page.asked.map(({request}) => (request as {name: string}).name)).to.deep.equal(['Bo', 'Bo']);
    expect(localStorage.length + sessionStorage.length).to.equal(0);
  });

  it('fits into the reserved lines of a narrow place, right to left, and with large text', async () => {
    for (const [size, font, dir] of [
      [600, 16, 'ltr'],
      [320, 16, 'rtl'],
      [240, 16, 'ltr'],
      [640, 32, 'ltr'],
      [320, 32, 'ltr'],
    ] as const) {
      const {rooms} = ownRooms();
      const box = await fixture<HTMLElement>(html`<div dir=${dir}></div>`);
      box.style.cssText = `inline-size: ${size}px; --room-font: ${font}px/1.4 sans-serif`;
      const join = box.appendChild(document.createElement('join-button'));
      Object.assign(join, {rooms, roomId: 'own'});
      await until(() => join.shadowRoot?.querySelector('button'));
      const {height} = join.getBoundingClientRect();
      buttonOf(join).click();
      await asked(join);
      const named = `${size} px, ${font} px, ${dir}`;
      expect(join.getBoundingClientRect().height, named).to.equal(height);
      expect(join.scrollWidth, named).to.be.at.most(size);
      const {width, height: tall} = fieldOf(join).getBoundingClientRect();
      expect(width, named).to.be.at.least(100);
      expect(tall, named).to.be.at.least(24);
      await press('Enter');
      await until(() => sentence(join));
      expect(join.getBoundingClientRect().height, named).to.equal(height);
    }
  });
});

describe('<join-button> whose visitor is known', () => {
  const ANN = {user_ref: 'ann', name: 'Ann of the shop', roles: ['participant' as const], rooms: '*' as const};

  it('does not ask whom the token proxy knows, and takes that name before all others', async () => {
    const stage = await openStage(['Lobby'], {visitor: ANN});
    for (const userName of ['', 'Bob']) {
      const join = await show(stage.endpoint, stage.roomIds[0]!);
      join.userName = userName;
      setTimeout(() => buttonOf(join).click());
      const {detail} = await oneEvent(join, 'room-join');
      expect(detail.participant.name).to.equal('Ann of the shop');
      const token = await oneEvent(join, 'room-token');
      expect(token.detail.participant.name).to.equal('Ann of the shop');
    }
  });

  it('learns who it is from the list of its picker', async () => {
    const stage = await openStage(['Lobby'], {visitor: ANN});
    const picker = await showPicker(stage.endpoint, {id: 'rooms', value: stage.roomIds[0]!});
    const join = document.createElement('join-button');
    join.htmlFor = 'rooms';
    picker.after(join);
    await until(() => join.room);
    setTimeout(() => buttonOf(join).click());
    const {detail} = await oneEvent(join, 'room-token');
    expect(detail.participant.name).to.equal('Ann of the shop');
    expect(await stage.count('get')).to.equal(1);
  });

  it('joins without a name if the page wants no field', async () => {
    const stage = await openStage(['Lobby']);
    const join = await show(stage.endpoint, stage.roomIds[0]!);
    join.setAttribute('no-name', '');
    setTimeout(() => buttonOf(join).click());
    const {detail} = await oneEvent(join, 'room-token');
    expect(detail.participant.name).to.equal('Guest');
    expect(!!fieldOf(join)).to.equal(false);
  });

  it('asks again who it is when the grant is a new one', async () => {
    const page = ownRooms();
    const known = {...page.rooms, visitor: () => ({name: 'Ann'})};
    const join = await fixture<JoinButton>(html`<join-button .rooms=${known} room-id="own"></join-button>`);
    await until(() => join.room);
    let told: {name: string} | undefined;
    let gets = 0;
    join.rooms = {
      ...page.rooms,
      get: async (id: string) => {
        if (gets++) told = {name: 'Bob'};
        return page.rooms.get(id);
      },
      visitor: () => told,
    };
    await join.updateComplete;
    await aTimeout(0);
    setTimeout(() => buttonOf(join).click());
    const {detail} = await oneEvent(join, 'room-join');
    expect(detail.participant.name).to.equal('Bob');
  });
});
