import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import '../../src/index.js';
import type {JoinButton, RoomPicker} from '../../src/index.js';
import {announcementsOf, press, rested, sentence, tokensOf} from '../helpers/elements/join-button.js';
import {buttonOf, inside, labelOf, openStage, opensIn, option, optionsOf, until} from '../helpers/elements/stage.js';

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

  it('asks to choose a room first, and focuses the picker', async () => {
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

  it('counts down for the chosen room, and not for the next', async () => {
    const stage = await openStage([opensIn('Later', 590_000), 'Lobby']);
    const {picker, join} = await showBoth(stage.endpoint);
    picker.value = stage.roomIds[0]!;
    await until(() => inside(join, '[part=countdown]'));
    picker.value = stage.roomIds[1]!;
    await until(() => !inside(join, '[part=countdown]'));
    setTimeout(() => buttonOf(join).click());
    await oneEvent(join, 'room-token');
  });

  it('finds a picker that is added later, and one that replaces it', async () => {
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

  it('asks to choose a room when `for` names no element, or a plain one', async () => {
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

  it('keeps counting down while the picker loads again', async () => {
    const stage = await openStage([opensIn('Later', 590_000)]);
    const {picker, join} = await showBoth(stage.endpoint);
    picker.value = stage.roomIds[0]!;
    await until(() => inside(join, '[part=countdown]'));
    const said = announcementsOf(join);
    const loaded = picker.reload();
    expect(picker.room).to.equal(undefined);
    await picker.updateComplete;
    await join.updateComplete;
    expect(inside(join, '[part=countdown]')).not.to.equal(null);
    await loaded;
    await picker.updateComplete;
    await join.updateComplete;
    expect(said).to.deep.equal(['Opens in 10 minutes.']);
  });

  it('joins what is chosen before the picker has loaded it', async () => {
    const stage = await openStage(['Lobby']);
    const {picker, join} = await showBoth(stage.endpoint);
    picker.value = stage.roomIds[0]!;
    await picker.updateComplete;
    void picker.reload();
    expect(picker.room).to.equal(undefined);
    expect(await press(join)).to.equal('ok');
  });

  it('reloads its picker when the page returns from the back/forward cache', async () => {
    const stage = await openStage(['Lobby', opensIn('Later', 590_000)]);
    const {picker, join} = await showBoth(stage.endpoint);
    picker.value = stage.roomIds[1]!;
    await until(() => inside(join, '[part=countdown]'));
    const lists = await stage.count('list');
    await stage.run('advance', 1_200_000);
    dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}));
    await until(async () => (await stage.count('list')) > lists);
    expect(await press(join)).to.equal('ok');
    expect(await stage.count('token')).to.equal(1);
  });
});
