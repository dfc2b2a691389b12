import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import '../../src/define/green-room.js';
import type {GreenRoom} from '../../src/elements/green-room.js';
import type {PreJoin} from '../../src/elements/pre-join.js';
import type {JoinButton, RoomPicker, Rooms} from '../../src/index.js';
import {room} from '../helpers/elements/picking.js';
import {
  buttonOf,
  emulate,
  inside,
  namesOf,
  openStage,
  option,
  press,
  textOf,
  until,
} from '../helpers/elements/stage.js';

const pickerOf = (element: GreenRoom) => inside<RoomPicker>(element, 'room-picker');
const joinOf = (element: GreenRoom) => inside<JoinButton>(element, 'join-button');
const preJoinOf = (element: GreenRoom) => inside<PreJoin>(element, 'pre-join');
const nameOf = (element: GreenRoom) =>
  preJoinOf(element)?.shadowRoot?.querySelector<HTMLInputElement>('[part=input]') as HTMLInputElement;
const titleOf = (element: GreenRoom) => textOf(element, '[part=title]');
/** The button that goes on from the present step. */
const nextOf = (element: GreenRoom) =>
  element.step === 'pick' ? inside(element, '[part=ready]') : buttonOf(joinOf(element));

/** Rooms of the page itself; tokens are as `answer` says. */
const own = (...names: string[]) =>
  ({
    list: async () => names.map(name => room(name)),
    get: async (id: string) => room(id),
    token: async () => ({token: crypto.randomUUID(), expires_at: new Date(Date.now() + 60_000).toISOString()}),
  }) as unknown as Rooms;

/** One with a client of the page in the stage, which takes each token. */
async function show(rooms: Rooms, attributes: Record<string, string> = {}) {
  const element = await fixture<GreenRoom>(
    html`<green-room .rooms=${rooms}><p slot="stage">The site’s own client</p></green-room>`,
  );
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.addEventListener('room-token', event => void event.detail.token);
  await element.updateComplete;
  if (element.step === 'pick') await until(() => namesOf(pickerOf(element)).length);
  return element;
}

async function choose(element: GreenRoom, name: string) {
  option(pickerOf(element), name).click();
  await until(() => titleOf(element) === name);
}

async function prepare(element: GreenRoom) {
  inside(element, '[part=ready]').click();
  await until(() => nameOf(element), 'the preview is there');
}

async function join(element: GreenRoom, name = 'Ada') {
  const input = nameOf(element);
  input.value = name;
  input.dispatchEvent(new InputEvent('input', {bubbles: true}));
  await preJoinOf(element).updateComplete;
  buttonOf(joinOf(element)).click();
  await until(() => element.step === 'call');
}

describe('<green-room>', () => {
  it('is accessible in each step, light and dark', async () => {
    const element = await show(own('Lobby', 'Stage'));
    for (const colorScheme of ['light', 'dark'] as const) {
      await emulate({colorScheme, reducedMotion: 'reduce'});
      await expect(element).to.be.accessible();
    }
    await choose(element, 'Lobby');
    await prepare(element);
    for (const colorScheme of ['light', 'dark'] as const) {
      await emulate({colorScheme, reducedMotion: 'reduce'});
      await expect(element).to.be.accessible();
    }
    await join(element);
    await expect(element).to.be.accessible();
    element.left();
    await element.updateComplete;
    await expect(element).to.be.accessible();
  });

  it('leads from the list to the call and back, over a real proxy', async () => {
    const {endpoint} = await openStage(['Lobby', 'Stage']);
    const element = await fixture<GreenRoom>(
      html`<green-room endpoint=${endpoint}><p slot="stage">The site’s own client</p></green-room>`,
    );
    await until(() => namesOf(pickerOf(element)).length === 2);
    expect([element.step, titleOf(element)]).to.deep.equal(['pick', 'Choose a room']);
    await choose(element, 'Stage');
    await prepare(element);
    const token = oneEvent(element, 'room-token');
    await join(element, 'Ada Obi');
    const {detail} = await token;
    expect([detail.room.name, detail.participant.name, detail.token.length > 20]).to.deep.equal([
      'Stage',
      'Ada Obi',
      true,
    ]);
    element.left('closed');
    await element.updateComplete;
    expect([element.step, element.room!.name]).to.deep.equal(['left', 'Stage']);
    inside(element, '[part=back]').click();
    await element.updateComplete;
    expect([element.step, titleOf(element)]).to.deep.equal(['pick', 'Stage']);
  });

  it('keeps what was chosen and typed when a visitor goes back', async () => {
    const element = await show(own('Lobby', 'Stage'));
    await choose(element, 'Lobby');
    await prepare(element);
    const preJoin = preJoinOf(element);
    nameOf(element).value = 'Keiko';
    nameOf(element).dispatchEvent(new InputEvent('input', {bubbles: true}));
    inside(element, '[part=back]').click();
    await element.updateComplete;
    expect([element.step, pickerOf(element).value]).to.deep.equal(['pick', 'Lobby']);
    expect(preJoin.isConnected).to.equal(false); // So its camera is off.
    await choose(element, 'Stage');
    await prepare(element);
    expect([preJoinOf(element), preJoinOf(element).userName]).to.deep.equal([preJoin, 'Keiko']);
  });

  it('puts the focus on the heading of each step, and says which step it is', async () => {
    const element = await show(own('Lobby'));
    expect(document.activeElement).to.equal(document.body);
    await choose(element, 'Lobby');
    await prepare(element);
    await until(() => element.shadowRoot!.activeElement === inside(element, '[part=title]'));
    const said = () =>
      inside(element, `#${inside(element, '[part=title]').getAttribute('aria-describedby')!}`).textContent;
    expect([titleOf(element), said()]).to.deep.equal(['Lobby', 'Step 2: get ready']);
    await join(element);
    await until(() => element.shadowRoot!.activeElement === inside(element, '[part=stage]'));
    expect(inside(element, '[part=stage]').ariaLabel).to.equal('Call in Lobby');
    element.left();
    await until(() => element.shadowRoot!.activeElement === inside(element, '[part=title]'));
    expect(said()).to.equal('After the call');
  });

  it('needs nothing but the keyboard', async () => {
    const element = await show(own('Lobby', 'Stage'));
    const focused = () => {
      let at: Element | null | undefined = element;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      return at?.getAttribute('part') ?? at?.localName;
    };
    pickerOf(element).focus();
    await press('ArrowDown');
    await press('Enter');
    await until(() => element.room);
    while (focused() !== 'ready') await press('Tab');
    await press('Enter');
    await until(() => nameOf(element));
    while (focused() !== 'input') await press('Tab');
    await press('A');
    while (focused() !== 'button') await press('Tab');
    await press('Enter');
    await until(() => element.step === 'call');
  });

  it('has its button at the same place in each step', async () => {
    const element = await show(own('Lobby'));
    const place = () => {
      const {x, y, width, height} = nextOf(element).getBoundingClientRect();
      const frame = inside(element, '[part=frame]').getBoundingClientRect();
      return [x - frame.x, y - frame.y, width, height].map(Math.round);
    };
    element.style.inlineSize = '1100px';
    await choose(element, 'Lobby');
    const first = place();
    await prepare(element);
    await until(() => place().join() === first.join(), `${place().join()} is ${first.join()}`);
    await join(element);
    element.left();
    await element.updateComplete;
    expect(place()).to.deep.equal(first);
  });

  it('skips the list with room-id, and getting ready with no-prejoin', async () => {
    const element = await show(own('Lobby'), {'room-id': 'Lobby'});
    await until(() => titleOf(element) === 'Lobby');
    expect([element.step, pickerOf(element), inside(element, '[part=back]').hidden]).to.deep.equal([
      'prepare',
      null,
      true,
    ]);
    const direct = await show(own('Lobby'), {'no-prejoin': ''});
    await choose(direct, 'Lobby');
    expect([preJoinOf(direct), inside(direct, '[part=ready]').hidden]).to.deep.equal([null, true]);
    joinOf(direct).userName = 'Ada';
    await joinOf(direct).updateComplete;
    buttonOf(joinOf(direct)).click();
    await until(() => direct.step === 'call');
  });

  it('takes a list of the page, which fires room-select, instead of its own', async () => {
    const element = await fixture<GreenRoom>(
      html`<green-room .rooms=${own('Lobby')}
        ><div slot="pick"><room-picker></room-picker></div
      ></green-room>`,
    );
    const picker = element.querySelector('room-picker')!;
    await until(() => namesOf(picker).length);
    expect(pickerOf(element)).to.equal(null);
    element.addEventListener('room-select', event => event.preventDefault(), {once: true});
    option(picker, 'Lobby').click();
    await element.updateComplete;
    expect(titleOf(element)).to.equal('Choose a room');
    option(picker, 'Lobby').click();
    await until(() => titleOf(element) === 'Lobby');
  });

  it('turns the camera off when a client of the page has not taken it', async () => {
    const element = await show(own('Lobby'), {'room-id': 'Lobby'});
    await until(() => nameOf(element));
    let taken = 0;
    preJoinOf(element).takeStream = () => (taken++, null);
    await join(element);
    await until(() => taken === 1);
  });

  it('survives a move in the page, and two of them do not meet', async () => {
    const [one, two] = [await show(own('Lobby')), await show(own('Stage'))];
    await choose(one, 'Lobby');
    await prepare(one);
    const place = await fixture<HTMLElement>(html`<section></section>`);
    place.append(one);
    await one.updateComplete;
    expect([one.step, titleOf(one), two.step, titleOf(two)]).to.deep.equal([
      'prepare',
      'Lobby',
      'pick',
      'Choose a room',
    ]);
  });

  it('says why the call ended, in the words of the page’s language', async () => {
    const element = await show(own('Lobby'), {lang: 'de'});
    await until(() => titleOf(element) === 'Raum wählen');
    element.dir = 'rtl';
    await choose(element, 'Lobby');
    await prepare(element);
    await join(element);
    element.left('removed');
    await element.updateComplete;
    expect(titleOf(element)).to.not.equal('');
    expect(textOf(element, '[part=back]')).to.not.equal('All rooms');
  });
});
