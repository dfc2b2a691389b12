import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import {sendKeys, sendMouse} from '@web/test-runner-commands';
import '../../src/index.js';
import type {JoinButton, Rooms} from '../../src/index.js';
import type {TokenRequest} from '../../src/rooms/schema.js';
import {
  middleOf,
  ownRooms,
  press,
  rested,
  sentence,
  showButton,
  showOwn,
  tokensOf,
} from '../helpers/elements/join-button.js';
import {buttonOf, inside, labelOf, openStage, opensIn, until} from '../helpers/elements/stage.js';

describe('<join-button>', () => {
  it('is accessible while it waits, joins, and after a failure', async () => {
    const {endpoint, roomIds} = await openStage(['Lobby', opensIn('Later', 60_000)]);
    const join = await showButton(endpoint, roomIds[0]!);
    await expect(join).to.be.accessible();
    const waiting = await showButton(endpoint, roomIds[1]!);
    await until(() => inside(waiting, '[part=countdown]'));
    await expect(waiting).to.be.accessible();
    const failed = await showButton(endpoint, 'no-such-room');
    await until(() => sentence(failed));
    await expect(failed).to.be.accessible();
  });

  it('requests a token on the click, and hands it to the page', async () => {
    const stage = await openStage(['Lobby']);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!, {'user-ref': 'u-7'});
    join.data = {seat: '12'};
    expect(await stage.count('token')).to.equal(0);
    setTimeout(() => buttonOf(join).click());
    const asked = await oneEvent(join, 'room-join');
    expect(asked.detail.room.name).to.equal('Lobby');
    expect(asked.detail.participant).to.deep.equal({name: 'Ann', role: 'participant', userRef: 'u-7'});
    const {detail} = await oneEvent(join, 'room-token');
    expect(detail.token.split('.')).to.have.length(3);
    expect(detail.room.room_id).to.equal(stage.roomIds[0]);
    expect(detail.participant.name).to.equal('Ann');
    expect(detail.participant.userRef).to.match(/^guest_/);
    expect(detail.provider).to.equal('rooms');
    expect(detail.once).to.equal(true);
    expect(detail.expiresAt.getTime() - Date.now()).to.be.within(14 * 60_000, 16 * 60_000);
    expect(join.outerHTML + join.shadowRoot!.innerHTML).not.to.contain(detail.token);
  });

  it('gets one token for a double click, and for Enter and a click', async () => {
    const stage = await openStage(['Lobby']);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    const tokens = tokensOf(join);
    const position = await middleOf(buttonOf(join));
    await sendMouse({type: 'click', position});
    await sendMouse({type: 'click', position});
    await sendMouse({type: 'click', position});
    buttonOf(join).focus();
    await sendKeys({press: 'Enter'});
    await until(() => tokens.length);
    await sendMouse({type: 'click', position});
    await rested(join);
    expect(tokens).to.have.length(1);
    expect(await stage.count('token')).to.equal(1);
  });

  it('gets another token for another gesture', async () => {
    const stage = await openStage(['Lobby']);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    const tokens = tokensOf(join);
    for (const n of [1, 2]) {
      await rested(join);
      buttonOf(join).click();
      await until(() => tokens.length === n);
    }
    expect(tokens[0]!.detail.token).not.to.equal(tokens[1]!.detail.token);
  });

  it('works by keyboard alone', async () => {
    const stage = await openStage(['Lobby']);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    join.focus();
    expect(join.shadowRoot!.activeElement?.localName).to.equal('button');
    setTimeout(() => sendKeys({press: ' '}));
    await oneEvent(join, 'room-token');
    expect(join.shadowRoot!.activeElement?.localName).to.equal('button');
  });

  it('requests nothing when the page cancels the event', async () => {
    const stage = await openStage(['Lobby']);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    join.addEventListener('room-join', event => event.preventDefault());
    setTimeout(() => buttonOf(join).click());
    await oneEvent(join, 'room-join');
    await join.updateComplete;
    expect(labelOf(join)).to.equal('Join');
    expect(await stage.count('token')).to.equal(0);
  });

  it('says that it is joining, and ignores a second press meanwhile', async () => {
    const stage = await openStage(['Lobby']);
    await stage.run('hold');
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    await until(() => labelOf(join));
    buttonOf(join).click();
    await until(() => labelOf(join) === 'Joining…');
    expect(buttonOf(join).getAttribute('aria-disabled')).to.equal('true');
    buttonOf(join).click();
    setTimeout(() => stage.run('release'));
    await oneEvent(join, 'room-token');
    expect(await stage.count('token')).to.equal(1);
  });

  it('drops a token that arrives after its room changed, or after it was removed', async () => {
    const stage = await openStage(['Lobby', 'Stand-up']);
    await stage.run('hold');
    const changed = await showButton(stage.endpoint, stage.roomIds[0]!);
    const removed = await showButton(stage.endpoint, stage.roomIds[0]!);
    const tokens = [tokensOf(changed), tokensOf(removed)];
    buttonOf(changed).click();
    buttonOf(removed).click();
    await until(async () => (await stage.count('token')) === 2);
    changed.roomId = stage.roomIds[1]!;
    removed.remove();
    await changed.updateComplete;
    expect(labelOf(changed)).to.equal('Join');
    await stage.run('release');
    setTimeout(() => buttonOf(changed).click());
    const {detail} = await oneEvent(changed, 'room-token');
    expect(detail.room.name).to.equal('Stand-up');
    expect(tokens.map(each => each.length)).to.deep.equal([1, 0]);
  });

  it('keeps its request when it is moved in the page', async () => {
    const stage = await openStage(['Lobby']);
    await stage.run('hold');
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    const elsewhere = await fixture<HTMLElement>(html`<div></div>`);
    buttonOf(join).click();
    await until(async () => (await stage.count('token')) === 1);
    elsewhere.append(join);
    setTimeout(() => stage.run('release'));
    await oneEvent(join, 'room-token');
    expect(await stage.count('token')).to.equal(1);
  });

  it('gives a page’s own rooms everything it would send', async () => {
    const asked: unknown[] = [];
    const rooms = {
      get: async (room_id: string) => ({room_id, name: 'Own', settings: {}}),
      token: async (...args: unknown[]) => (asked.push(args), {token: 'opaque'}),
    } as unknown as Rooms;
    const join = await fixture<JoinButton>(
      html`<join-button .rooms=${rooms} room-id="own" user-name=" Ann " user-ref="7" user-role="viewer"></join-button>`,
    );
    setTimeout(() => buttonOf(join).click());
    const {detail} = await oneEvent(join, 'room-token');
    const [id, request, {idempotencyKey}] = asked[0] as [string, object, {idempotencyKey: string}];
    expect(id).to.equal('own');
    expect(request).to.deep.equal({name: 'Ann', role: 'viewer', user_ref: '7', data: undefined});
    expect(idempotencyKey).to.match(/^[\d-]{7,64}$/);
    expect(detail.participant).to.deep.equal({name: 'Ann', role: 'viewer', userRef: '7'});
    expect(detail.expiresAt.getTime() - Date.now()).to.be.within(14 * 60_000, 15 * 60_000);
  });

  it('can be disabled, and shows the page’s own text', async () => {
    const stage = await openStage(['Lobby']);
    const join = await fixture<JoinButton>(
      html`<join-button disabled endpoint=${stage.endpoint} room-id=${stage.roomIds[0]!}>Enter</join-button>`,
    );
    expect(buttonOf(join).disabled).to.equal(true);
    expect(buttonOf(join).querySelector('slot')!.assignedNodes()[0]!.textContent).to.equal('Enter');
  });

  it('keeps the focus while it joins and afterwards', async () => {
    const stage = await openStage(['Lobby']);
    await stage.run('hold');
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    join.focus();
    buttonOf(join).click();
    await until(() => buttonOf(join).getAttribute('aria-busy') === 'true');
    expect(join.shadowRoot!.activeElement).to.equal(buttonOf(join));
    setTimeout(() => stage.run('release'));
    const {detail} = await oneEvent(join, 'room-token');
    await join.updateComplete;
    expect(sentence(join)).to.equal('Joining…');
    expect(detail.token).to.be.a('string');
    await join.updateComplete;
    expect(sentence(join)).to.equal('You are on your way in.');
    expect(join.shadowRoot!.activeElement).to.equal(buttonOf(join));
  });

  it('leaves `role` to ARIA, and takes the role to join in from `user-role`', async () => {
    const page = ownRooms();
    const join = await showOwn(page);
    join.setAttribute('role', 'group');
    await join.updateComplete;
    expect([join.role, join.userRole]).to.deep.equal(['group', '']);
    await expect(join).to.be.accessible();
    expect(await press(join)).to.equal('ok');
    join.userRole = 'viewer';
    expect(await press(join)).to.equal('ok');
    expect(page.asked.map(({request}) => (request as TokenRequest).role)).to.deep.equal(['participant', 'viewer']);
  });

  it('keeps properties set before its upgrade, and works after it was away from the page', async () => {
    const tag = `early-${crypto.randomUUID()}`;
    const page = ownRooms({opensAt: Math.ceil(Date.now() / 1000) * 1000 + 60_000});
    const early = document.createElement(tag) as JoinButton;
    Object.assign(early, {rooms: page.rooms, roomId: 'own', userName: 'Ann', userRole: 'viewer'});
    const around = await fixture<HTMLElement>(html`<div></div>`);
    around.append(early);
    customElements.define(tag, class extends customElements.get('join-button')! {});
    await until(() => inside(early, '[part=countdown]'));
    early.remove();
    page.now += 61_000;
    await early.updateComplete;
    around.append(early);
    expect(await press(early)).to.equal('ok');
    expect(page.asked[0]!.request).to.deep.equal({name: 'Ann', role: 'viewer', user_ref: undefined, data: undefined});
  });
});
