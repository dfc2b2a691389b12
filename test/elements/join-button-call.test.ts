import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import {sendMouse} from '@web/test-runner-commands';
import {LitElement} from 'lit';
import '../../src/index.js';
import {RoomsError, type JoinButton, type Rooms} from '../../src/index.js';
import type {LinkedPreJoin} from '../../src/elements/join-press.js';
import {
  isReady,
  middleOf,
  ownRooms,
  press as join_,
  sentence,
  showButton,
  showOwn,
  tokensOf,
} from '../helpers/elements/join-button.js';
import {
  buttonOf,
  inside,
  labelOf,
  openStage,
  opensIn,
  permanent,
  press,
  showPicker,
  until,
} from '../helpers/elements/stage.js';

/** A form before the call, as small as can be, until the test says otherwise: not valid. */
class TinyPreJoin extends LitElement implements LinkedPreJoin {
  userName = '';
  consent: string[] = [];
  valid = false;
  reports = 0;
  reportValidity() {
    this.reports++;
    return this.valid;
  }
  takeStream() {
    return null;
  }
}
customElements.define('tiny-pre-join', TinyPreJoin);

const stateOf = (join: JoinButton) =>
  ['waiting', 'busy', 'done', 'joined', 'failed'].filter(
    name => CSS.supports(`selector(:state(${name}))`) && join.matches(`:state(${name})`),
  );
const hasStates = CSS.supports('selector(:state(done))');

describe('<join-button> in a call', () => {
  it('says so once the page says it, and then leaves instead of joining', async () => {
    const stage = await openStage(['Lobby']);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    expect(await join_(join)).to.equal('ok');
    join.joined = true;
    await until(() => sentence(join) === 'You are in.');
    expect([labelOf(join), buttonOf(join).part.value, isReady(join)]).to.deep.equal(['Leave', 'button leave', true]);
    await until(() => !join.shadowRoot!.getAnimations().length);
    await expect(join).to.be.accessible();
    const left: unknown[] = [];
    document.addEventListener('room-leave', ({detail, cancelable}) => left.push([detail.room?.name, cancelable]), {
      once: true,
    });
    await until(() => (buttonOf(join).click(), left.length));
    expect(left).to.deep.equal([['Lobby', false]]);
    expect([join.joined, labelOf(join), await stage.count('token')]).to.deep.equal([true, 'Leave', 1]);
    join.left();
    await until(() => sentence(join) === 'You left.');
    expect([join.joined, labelOf(join)]).to.deep.equal([false, 'Join again']);
    expect(await join_(join)).to.equal('ok');
  });

  it('does not leave by the second press of a person who wanted to join', async () => {
    const join = await showOwn(ownRooms());
    let leaves = 0;
    join.addEventListener('room-leave', () => leaves++);
    join.addEventListener('room-token', ({detail}) => detail.token && (join.joined = true));
    const position = await middleOf(buttonOf(join));
    await sendMouse({type: 'click', position});
    await until(() => sentence(join) === 'You are in.');
    buttonOf(join).focus();
    await press('Enter');
    expect(leaves).to.equal(0);
    await until(() => (buttonOf(join).click(), leaves));
  });

  it('can be pressed again at once when the call never began, and keeps a press that goes on', async () => {
    const join = await showOwn(ownRooms());
    expect(await join_(join)).to.equal('ok');
    await until(() => sentence(join) === 'You are on your way in.');
    join.left();
    await join.updateComplete;
    expect([labelOf(join), sentence(join), isReady(join)]).to.deep.equal(['Join', '', true]);
    // What ends while another token is asked for, or is not read yet, is a call before.
    const before = () => join.left();
    join.addEventListener('room-join', () => queueMicrotask(before), {once: true});
    document.addEventListener('room-token', before, {capture: true, once: true});
    expect(await join_(join)).to.equal('ok');
    await until(() => sentence(join) === 'You are on your way in.');
    await until(() => isReady(join));
    expect(sentence(join)).to.equal('You are on your way in.');
    join.left();
    await join.updateComplete;
    expect([labelOf(join), sentence(join), isReady(join)]).to.deep.equal(['Join', '', true]);
  });

  it('stays in the call when another room is chosen, and keeps the page’s own text for joining', async () => {
    const stage = await openStage(['Lobby', 'Stand-up']);
    const picker = await showPicker(stage.endpoint, {id: 'call', value: stage.roomIds[0]!});
    const join = document.createElement('join-button');
    Object.assign(join, {htmlFor: 'call', userName: 'Ann', textContent: 'Enter'});
    picker.after(join);
    await until(() => join.room);
    await join.updateComplete;
    expect(await join_(join)).to.equal('ok');
    join.joined = true;
    await until(() => labelOf(join) === 'Leave');
    picker.value = stage.roomIds[1]!;
    await picker.updateComplete;
    await join.updateComplete;
    expect([labelOf(join), sentence(join)]).to.deep.equal(['Leave', 'You are in.']);
    const rooms: unknown[] = [];
    join.addEventListener('room-leave', ({detail}) => rooms.push(detail.room?.name));
    await until(() => (buttonOf(join).click(), rooms.length));
    expect(rooms[0]).to.equal('Lobby');
    join.left();
    await join.updateComplete;
    expect(labelOf(join)).to.equal('Enter');
    join.textContent = '';
    await until(() => labelOf(join) === 'Join');
  });

  it('says by its state to styles what it does, where the browser has states', async () => {
    const stage = await openStage(['Lobby', opensIn('Later', 60_000)]);
    const later = await showButton(stage.endpoint, stage.roomIds[1]!);
    await until(() => inside(later, '[part=countdown]'));
    const page = ownRooms();
    let answer = () => {};
    page.answer = () => new Promise(resolve => (answer = () => resolve({token: 'opaque'})));
    const join = await showOwn(page);
    const seen = [stateOf(later), stateOf(join)];
    tokensOf(join);
    buttonOf(join).click();
    await until(() => isReady(join) === false && page.asked.length);
    seen.push(stateOf(join));
    answer();
    await until(() => sentence(join) === 'You are on your way in.');
    seen.push(stateOf(join));
    await until(() => isReady(join));
    seen.push(stateOf(join));
    join.joined = true;
    await join.updateComplete;
    seen.push(stateOf(join));
    join.left();
    page.answer = async () => {
      throw new RoomsError('room_full', 'Full.');
    };
    expect(await join_(join)).to.equal('room_full');
    await join.updateComplete;
    seen.push(stateOf(join));
    const names = [['waiting'], [], ['busy'], ['done'], ['done'], ['joined'], ['failed']];
    expect(seen).to.deep.equal(hasStates ? names : names.map(() => []));
  });

  it('has no part that is empty', async () => {
    const join = await showOwn(ownRooms());
    const parts = () => [...join.shadowRoot!.querySelectorAll('[part]')].map(each => each.getAttribute('part'));
    expect(parts()).to.deep.equal(['button']);
    expect(await join_(join)).to.equal('ok');
    await until(() => sentence(join) === 'You are on your way in.');
    expect(parts()).to.deep.equal(['button', 'status']);
  });

  it('asks to join where a moderator lets people in', async () => {
    const stage = await openStage([permanent('Office', {settings: {knock: true}}), 'Lobby']);
    for (const [room, role, label] of [
      [0, 'participant', 'Ask to join'],
      [0, '', 'Ask to join'],
      [0, 'moderator', 'Join'],
      [1, 'participant', 'Join'],
    ] as const) {
      const join = await showButton(stage.endpoint, stage.roomIds[room]!, {'user-role': role});
      await until(() => join.room);
      await join.updateComplete;
      expect(labelOf(join), role).to.equal(label);
    }
  });
});

describe('<join-button> with a form before the call', () => {
  async function prepared(picked: boolean) {
    const stage = await openStage(['Lobby', 'Stand-up']);
    const around = await fixture<HTMLElement>(html`<div><tiny-pre-join id="ready"></tiny-pre-join></div>`);
    const preJoin = around.querySelector<TinyPreJoin>('tiny-pre-join')!;
    const join = document.createElement('join-button');
    Object.assign(join, {
      endpoint: stage.endpoint,
      roomId: stage.roomIds[0]!,
      htmlFor: picked ? 'ready list' : 'ready',
    });
    if (picked) {
      const picker = await showPicker(stage.endpoint, {value: stage.roomIds[1]!});
      picker.id = 'list';
      around.append(picker);
    }
    around.append(join);
    await until(() => join.room);
    return {stage, preJoin, join};
  }

  for (const [picked, room] of [
    [false, 'Lobby'],
    [true, 'Stand-up'],
  ] as const) {
    it(`takes name and consent from it, and the room ${picked ? 'from the picker' : 'of its own'}`, async () => {
      const {stage, preJoin, join} = await prepared(picked);
      expect(join.preJoin === preJoin).to.equal(true);
      Object.assign(preJoin, {valid: true, userName: ' Ann ', consent: ['terms']});
      join.userName = 'Bob';
      setTimeout(() => buttonOf(join).click());
      const {detail} = await oneEvent(join, 'room-token');
      expect([detail.room.name, detail.participant.name]).to.deep.equal([room, 'Ann']);
      expect(await stage.count('token')).to.equal(1);
    });
  }

  it('requests nothing while something in it is missing', async () => {
    const {stage, preJoin, join} = await prepared(false);
    let joins = 0;
    join.addEventListener('room-join', () => joins++);
    buttonOf(join).click();
    await join.updateComplete;
    expect([preJoin.reports, joins, await stage.count('token'), isReady(join)]).to.deep.equal([1, 0, 0, true]);
  });

  it('is found when it comes later, and forgotten when it goes', async () => {
    const {preJoin, join} = await prepared(true);
    preJoin.remove();
    expect(join.preJoin).to.equal(undefined);
    join.before(preJoin);
    expect(join.preJoin === preJoin).to.equal(true);
  });

  it('sends what was ticked with the request, and nothing if nothing was', async () => {
    const page = ownRooms();
    const around = await fixture<HTMLElement>(html`<div><tiny-pre-join id="ticks"></tiny-pre-join></div>`);
    const preJoin = around.querySelector<TinyPreJoin>('tiny-pre-join')!;
    Object.assign(preJoin, {valid: true, userName: 'Ann'});
    const join = document.createElement('join-button');
    Object.assign(join, {rooms: page.rooms as Rooms, roomId: 'own', htmlFor: 'ticks'});
    around.append(join);
    await until(() => join.room);
    for (const consent of [[], ['terms', 'recording']]) {
      preJoin.consent = consent;
      expect(await join_(join)).to.equal('ok');
    }
    expect(page.asked.map(({request}) => (request as {consent?: string[]}).consent)).to.deep.equal([
      undefined,
      ['terms', 'recording'],
    ]);
    expect(page.asked[0]!.key).not.to.equal(page.asked[1]!.key);
  });

  it('says what to do if the token proxy wants consent that was not given', async () => {
    const page = ownRooms();
    page.answer = async () => {
      throw new RoomsError('consent_missing', 'Consent is missing.');
    };
    const join = await showOwn(page);
    expect(await join_(join)).to.equal('consent_missing');
    await until(() => sentence(join) === 'You have to agree first. Tick what is required, then try again.');
  });
});
