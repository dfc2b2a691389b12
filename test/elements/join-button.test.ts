import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import {sendKeys, sendMouse} from '@web/test-runner-commands';
import '../../src/index.js';
import type {JoinButton, RoomPicker, Rooms} from '../../src/index.js';
import type {RoomTokenEvent} from '../../src/elements/events.js';
import {
  buttonOf,
  faults,
  inside,
  labelOf,
  nextError,
  openStage,
  opensIn,
  option,
  optionsOf,
  permanent,
  textOf,
  until,
} from './stage.js';

const sentence = (join: JoinButton) => textOf(join, '[part=status] [role=status]');

async function showButton(endpoint: string, roomId: string, attributes: Record<string, string> = {}) {
  const join = await fixture<JoinButton>(
    html`<join-button endpoint=${endpoint} room-id=${roomId} user-name="Ann"></join-button>`,
  );
  for (const [name, value] of Object.entries(attributes)) join.setAttribute(name, value);
  await join.updateComplete;
  return join;
}

async function middleOf(element: Element): Promise<[number, number]> {
  const {x, y, width, height} = element.getBoundingClientRect();
  return [Math.round(x + width / 2), Math.round(y + height / 2)];
}

/** The button rests for a second after it handed a token over. */
const rested = (join: JoinButton) => until(() => buttonOf(join).getAttribute('aria-disabled') === 'false', 'it rests');

/** Every token the element hands over from now on. */
function tokensOf(join: JoinButton): RoomTokenEvent[] {
  const tokens: RoomTokenEvent[] = [];
  join.addEventListener('room-token', event => tokens.push(event));
  return tokens;
}

describe('<join-button>', () => {
  it('is accessible while it waits, joins and has failed', async () => {
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

  it('asks for a token on the click, and hands it over', async () => {
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
    expect(detail.expiresAt.getTime() - Date.now()).to.be.within(14 * 60_000, 16 * 60_000);
    expect(join.outerHTML + join.shadowRoot!.innerHTML).not.to.contain(detail.token);
  });

  it('mints one token for a double click, and for Enter and a click', async () => {
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

  it('mints another token for another gesture', async () => {
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

  it('is used by keyboard alone', async () => {
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

  it('says that it is joining, and takes no second press meanwhile', async () => {
    const stage = await openStage(['Lobby']);
    await stage.run('hold');
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    await until(() => inside(join, 'slot'));
    buttonOf(join).click();
    await until(() => labelOf(join) === 'Joining…');
    expect(buttonOf(join).getAttribute('aria-disabled')).to.equal('true');
    buttonOf(join).click();
    setTimeout(() => stage.run('release'));
    await oneEvent(join, 'room-token');
    expect(await stage.count('token')).to.equal(1);
  });

  it('counts down by the server’s clock, opens by itself and joins', async () => {
    const clockOffset = -3_600_000;
    const stage = await openStage([opensIn('Soon', 4000, clockOffset)], {clockOffset});
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    await until(() => inside(join, '[part=countdown]'));
    expect(textOf(join, '[part=countdown]')).to.match(/^00:00:0[1-5]$/);
    expect(sentence(join)).to.match(/^Opens /);
    expect(buttonOf(join).getAttribute('aria-disabled')).to.equal('true');
    buttonOf(join).click();
    expect(await stage.count('token')).to.equal(0);
    await until(() => buttonOf(join).getAttribute('aria-disabled') === 'false', 'it opens');
    expect(inside(join, '[part=countdown]')).to.equal(null);
    expect(sentence(join)).to.equal('');
    setTimeout(() => buttonOf(join).click());
    await oneEvent(join, 'room-token');
  });

  it('shows each refusal in words, and can be used again', async () => {
    const full = permanent('Full', {settings: {participants: 1}});
    const stage = await openStage(['Lobby', 'Gone', full, opensIn('Over', -60_000)]);
    const [lobby, gone, fullId, over] = stage.roomIds as [string, string, string, string];
    await stage.run('occupy', fullId);
    const join = await showButton(stage.endpoint, lobby);
    for (const [roomId, code, words, before] of [
      [gone, 'not_found', 'This room does not exist. Choose another one.', () => stage.run('remove', gone)],
      [fullId, 'room_full', 'This room is full. Try again in a moment.', () => undefined],
      [over, 'over', 'This room is over.', () => stage.run('advance', 3_600_000)],
    ] as const) {
      const gets = await stage.count('get');
      join.roomId = roomId;
      await until(async () => (await stage.count('get')) > gets);
      await before();
      setTimeout(() => buttonOf(join).click());
      expect((await nextError(join)).error.code).to.equal(code);
      await join.updateComplete;
      expect(sentence(join)).to.equal(words);
      expect(join.shadowRoot!.querySelectorAll('[role=status]')).to.have.length(1);
    }
    join.roomId = lobby;
    await join.updateComplete;
    expect(sentence(join)).to.equal('');
    setTimeout(() => buttonOf(join).click());
    await oneEvent(join, 'room-token');
  });

  it('waits when the platform knows better than the room when it opens', async () => {
    const stage = await openStage([opensIn('Soon', 4000)]);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    await until(() => inside(join, '[part=countdown]'));
    await until(() => !inside(join, '[part=countdown]'), 'it opens');
    await stage.run('advance', -6000);
    setTimeout(() => buttonOf(join).click());
    expect((await nextError(join)).error.code).to.equal('not_open_yet');
    await until(() => inside(join, '[part=countdown]'));
    await until(() => !inside(join, '[part=countdown]'), 'it opens again');
    expect(sentence(join)).to.equal('');
    setTimeout(() => buttonOf(join).click());
    await oneEvent(join, 'room-token');
  });

  it('refuses a role it is not allowed and a role that is none', async () => {
    const stage = await openStage(['Lobby']);
    for (const [role, code, words] of [
      ['moderator', 'denied', 'You are not allowed to do this.'],
      ['boss', 'role_invalid', 'This page asks for an unknown role. Check the role attribute.'],
    ] as const) {
      const join = await showButton(stage.endpoint, stage.roomIds[0]!, {role});
      setTimeout(() => buttonOf(join).click());
      const {error} = await nextError(join);
      expect(error.code).to.equal(code);
      await join.updateComplete;
      expect(sentence(join)).to.equal(words);
    }
    expect(await stage.count('token')).to.equal(0);
  });

  it('says what is wrong with its endpoint, and throws nothing', async () => {
    const thrown: unknown[] = [];
    const listen = (event: Event) => thrown.push(event);
    addEventListener('error', listen);
    addEventListener('unhandledrejection', listen);
    for (const [endpoint, code] of [
      ['', 'misconfigured'],
      ['javascript:alert(1)', 'misconfigured'],
      [`${await faults()}/html`, 'bad_reply'],
      ['http://127.0.0.1:9', 'offline'],
    ] as const) {
      const join = document.createElement('join-button');
      join.endpoint = endpoint;
      join.roomId = 'r1';
      setTimeout(() => document.body.append(join));
      const {error} = await nextError(join);
      expect([endpoint, error.code]).to.deep.equal([endpoint, code]);
      await join.updateComplete;
      expect(sentence(join)).to.match(/^[A-Z].*\.$/);
      setTimeout(() => buttonOf(join).click());
      expect((await nextError(join)).error.code).to.equal(code);
      join.remove();
    }
    removeEventListener('error', listen);
    removeEventListener('unhandledrejection', listen);
    expect(thrown).to.deep.equal([]);
  });

  it('shows nothing of a failure that the page took over', async () => {
    const stage = await openStage(['Lobby']);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!, {role: 'moderator'});
    join.addEventListener('room-error', event => event.preventDefault());
    setTimeout(() => buttonOf(join).click());
    await nextError(join);
    await join.updateComplete;
    expect(sentence(join)).to.equal('');
    expect(labelOf(join)).to.equal('Join');
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

  it('hands a page’s own rooms everything it would send', async () => {
    const asked: unknown[] = [];
    const rooms = {
      get: async (room_id: string) => ({room_id, name: 'Own', settings: {}}),
      token: async (...args: unknown[]) => (asked.push(args), {token: 'opaque'}),
    } as unknown as Rooms;
    const join = await fixture<JoinButton>(
      html`<join-button .rooms=${rooms} room-id="own" user-name=" Ann " user-ref="7" role="viewer"></join-button>`,
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

  it('can be disabled, and says what the page writes into it', async () => {
    const stage = await openStage(['Lobby']);
    const join = await fixture<JoinButton>(
      html`<join-button disabled endpoint=${stage.endpoint} room-id=${stage.roomIds[0]!}>Enter</join-button>`,
    );
    expect(buttonOf(join).disabled).to.equal(true);
    expect(buttonOf(join).querySelector('slot')!.assignedNodes()[0]!.textContent).to.equal('Enter');
  });
});

describe('<join-button for>', () => {
  async function showBoth(endpoint: string) {
    const form = await fixture<HTMLElement>(html`
      <div>
        <join-button for="tied" user-name="Ann"></join-button>
        <room-picker id="tied" endpoint=${endpoint}></room-picker>
      </div>
    `);
    const picker = form.querySelector<RoomPicker>('room-picker')!;
    await until(() => optionsOf(picker).length);
    return {picker, join: form.querySelector<JoinButton>('join-button')!, form};
  }

  it('joins what was chosen in the picker, through the picker’s endpoint, with no script', async () => {
    const stage = await openStage(['Lobby', 'Stand-up']);
    const {picker, join} = await showBoth(stage.endpoint);
    option(picker, 'Stand-up').click();
    await picker.updateComplete;
    setTimeout(() => buttonOf(join).click());
    const {detail} = await oneEvent(join, 'room-token');
    expect(detail.room.name).to.equal('Stand-up');
  });

  it('asks to choose first, and leads there', async () => {
    const stage = await openStage(['Lobby']);
    const {picker, join} = await showBoth(stage.endpoint);
    buttonOf(join).click();
    await join.updateComplete;
    expect(sentence(join)).to.equal('Choose a room first.');
    expect(document.activeElement?.id).to.equal('tied');
    option(picker, 'Lobby').click();
    await until(() => sentence(join) === '');
    expect(await stage.count('token')).to.equal(0);
  });

  it('keeps its request while the picker loads again, and drops it when another room is chosen', async () => {
    const stage = await openStage(['Lobby', 'Stand-up']);
    const {picker, join} = await showBoth(stage.endpoint);
    const tokens = tokensOf(join);
    picker.value = stage.roomIds[0]!;
    await picker.updateComplete;
    await stage.run('hold');
    buttonOf(join).click();
    await until(async () => (await stage.count('token')) === 1);
    await picker.reload();
    await stage.run('release');
    await until(() => tokens.length === 1);
    await rested(join);
    await stage.run('hold');
    buttonOf(join).click();
    await until(async () => (await stage.count('token')) === 2);
    picker.value = stage.roomIds[1]!;
    await until(() => labelOf(join) === 'Join');
    await stage.run('release');
    buttonOf(join).click();
    await until(() => tokens.length === 2);
    expect(tokens[1]!.detail.room.name).to.equal('Stand-up');
  });

  it('counts down to the chosen room, and not for the next', async () => {
    const stage = await openStage([opensIn('Later', 600_000), 'Lobby']);
    const {picker, join} = await showBoth(stage.endpoint);
    picker.value = stage.roomIds[0]!;
    await until(() => inside(join, '[part=countdown]'));
    picker.value = stage.roomIds[1]!;
    await until(() => !inside(join, '[part=countdown]'));
    setTimeout(() => buttonOf(join).click());
    await oneEvent(join, 'room-token');
  });

  it('finds a picker that comes later, and one that takes its place', async () => {
    const stage = await openStage(['Lobby']);
    const {picker, join, form} = await showBoth(stage.endpoint);
    picker.remove();
    const other = document.createElement('room-picker');
    other.endpoint = stage.endpoint;
    other.id = 'tied';
    other.value = stage.roomIds[0]!;
    form.append(other);
    await until(() => other.room);
    setTimeout(() => buttonOf(join).click());
    expect((await oneEvent(join, 'room-token')).detail.room.name).to.equal('Lobby');
  });

  it('asks to choose when its `for` names nothing, or nothing of ours', async () => {
    const thrown: unknown[] = [];
    const listen = (event: Event) => thrown.push(event);
    addEventListener('unhandledrejection', listen);
    const page = await fixture<HTMLElement>(html`
      <div>
        <div id="plain"></div>
        <join-button for="plain"></join-button>
        <join-button for="nothing"></join-button>
      </div>
    `);
    for (const join of page.querySelectorAll<JoinButton>('join-button')) {
      buttonOf(join).click();
      await until(() => sentence(join) === 'Choose a room first.');
    }
    removeEventListener('unhandledrejection', listen);
    expect(thrown).to.deep.equal([]);
  });

  it('finds a picker that is defined only later', async () => {
    const tag = `late-${crypto.randomUUID()}`;
    const stage = await openStage(['Lobby']);
    const page = await fixture<HTMLElement>(html`<div><join-button for="late" user-name="Ann"></join-button></div>`);
    const late = Object.assign(document.createElement(tag), {id: 'late'}) as unknown as RoomPicker;
    late.endpoint = stage.endpoint;
    late.value = stage.roomIds[0]!;
    page.append(late);
    const join = page.querySelector<JoinButton>('join-button')!;
    buttonOf(join).click();
    await until(() => sentence(join) === 'Choose a room first.');
    customElements.define(tag, class extends customElements.get('room-picker')! {});
    await until(() => late.room);
    await until(() => sentence(join) === '');
    setTimeout(() => buttonOf(join).click());
    expect((await oneEvent(join, 'room-token')).detail.room.name).to.equal('Lobby');
  });

  it('finds its picker again when it comes back to the page', async () => {
    const stage = await openStage(['Lobby']);
    const {picker, join, form} = await showBoth(stage.endpoint);
    join.remove();
    await join.updateComplete;
    picker.value = stage.roomIds[0]!;
    await picker.updateComplete;
    form.append(join);
    await join.updateComplete;
    setTimeout(() => buttonOf(join).click());
    expect((await oneEvent(join, 'room-token')).detail.room.name).to.equal('Lobby');
  });

  it('is one of two on a page, each with its own', async () => {
    const stages = await Promise.all([openStage(['One']), openStage(['Two'])]);
    const page = await fixture<HTMLElement>(html`
      <div>
        ${stages.map(
          ({endpoint, roomIds}, i) => html`
            <room-picker id="p${i}" endpoint=${endpoint} value=${roomIds[0]!}></room-picker>
            <join-button for="p${i}" user-name="Ann"></join-button>
          `,
        )}
      </div>
    `);
    const joins = [...page.querySelectorAll<JoinButton>('join-button')];
    await until(() => [...page.querySelectorAll<RoomPicker>('room-picker')].every(picker => picker.room));
    for (const [i, name] of ['One', 'Two'].entries()) {
      setTimeout(() => buttonOf(joins[i]!).click());
      expect((await oneEvent(joins[i]!, 'room-token')).detail.room.name).to.equal(name);
    }
  });
});
