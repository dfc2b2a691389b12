import {expect, fixture, html} from '@open-wc/testing';
import {sendKeys} from '@web/test-runner-commands';
import '../../src/index.js';
import type {JoinButton} from '../../src/index.js';
import {
  buttonOf,
  emulate,
  expectOutline,
  faults,
  inside,
  itForcesColors,
  openStage,
  opensIn,
  option,
  optionsOf,
  permanent,
  press,
  showPicker,
  textOf,
  until,
} from '../helpers/elements/stage.js';

const showButton = (endpoint: string, roomId: string) =>
  fixture<JoinButton>(html`<join-button endpoint=${endpoint} room-id=${roomId} user-name="Ann"></join-button>`);

const says = (join: JoinButton) => textOf(join, '[role=status]');

describe('accessibility of <room-picker>', () => {
  it('has enough contrast in dark colours', async () => {
    await emulate({colorScheme: 'dark'});
    const {endpoint, roomIds} = await openStage(['Lobby', opensIn('Later', 3_600_000)]);
    const picker = await showPicker(endpoint, {value: roomIds[0]!});
    const [red] = /\d+/.exec(getComputedStyle(picker).color)!;
    expect(Number(red)).to.be.above(200);
    await expect(picker).to.be.accessible();
    await expect(await showPicker(`${await faults()}/html`)).to.be.accessible();
  });

  it('is announced as a search field and a list of rooms', async () => {
    const talk = permanent('Talk', {settings: {mode: 'lecture', description: 'About doors'}});
    const picker = await showPicker((await openStage(['Lobby', talk, 'Stand-up'])).endpoint);
    await expectOutline([
      'searchbox Search rooms',
      'listbox Rooms',
      '  option Lobby',
      '  option Talk Lecture About doors',
      '  option Stand-up',
      'status',
    ]);
    picker.focus();
    await sendKeys({type: 'talk'});
    await expectOutline([
      'searchbox Search rooms',
      'listbox Rooms',
      '  option Talk Lecture About doors',
      'status',
      '  1 room',
    ]);
  });

  it('takes two presses of Tab, and one when disabled', async () => {
    const {endpoint} = await openStage(['Lobby', 'Stand-up']);
    const page = await fixture<HTMLElement>(html`
      <div>
        <a href="#before">Before</a><room-picker search endpoint=${endpoint}></room-picker><a href="#after">After</a>
      </div>
    `);
    const picker = page.querySelector('room-picker')!;
    await until(() => optionsOf(picker).length);
    const stop = async (keys: string) => {
      await press(keys);
      const at = picker.shadowRoot!.activeElement ?? document.activeElement!;
      return at.role ?? at.getAttribute('part') ?? at.textContent;
    };
    page.querySelector('a')!.focus();
    expect(await stop('Tab')).to.equal('search');
    expect(await stop('Tab')).to.equal('listbox');
    expect(await stop('Tab')).to.equal('After');
    expect(await stop('Shift+Tab')).to.equal('listbox');
    picker.disabled = true;
    await until(() => inside<HTMLInputElement>(picker, '[part=search]').disabled);
    page.querySelector('a')!.focus();
    expect(await stop('Tab')).to.equal('listbox');
    expect(await stop('Tab')).to.equal('After');
  });

  itForcesColors('marks the chosen room by a wider edge when the system forces the colours', async () => {
    await emulate({forcedColors: 'active'});
    const {endpoint, roomIds} = await openStage(['Lobby', 'Stand-up']);
    const picker = await showPicker(endpoint, {value: roomIds[1]!});
    const edge = (name: string) => parseFloat(getComputedStyle(option(picker, name)).borderInlineStartWidth);
    expect(edge('Stand-up')).to.be.above(edge('Lobby'));
  });
});

describe('accessibility of <join-button>', () => {
  it('has enough contrast in dark colours', async () => {
    await emulate({colorScheme: 'dark'});
    const {endpoint, roomIds} = await openStage([opensIn('Later', 60_000)]);
    const waiting = await showButton(endpoint, roomIds[0]!);
    await until(() => inside(waiting, '[part=countdown]'));
    await expect(waiting).to.be.accessible();
    const failed = await showButton(endpoint, 'no-such-room');
    await until(() => says(failed));
    await expect(failed).to.be.accessible();
  });

  it('is announced as a button, and a failure as its status', async () => {
    const {endpoint, roomIds} = await openStage(['Lobby']);
    const join = await showButton(endpoint, roomIds[0]!);
    await expectOutline(['button Join', 'status']);
    join.userRole = 'moderator';
    buttonOf(join).click();
    await until(() => says(join));
    await expectOutline(['button Join', 'status', '  You are not allowed to do this.']);
  });
});
