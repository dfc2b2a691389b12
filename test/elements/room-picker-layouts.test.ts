import {expect, fixture, html} from '@open-wc/testing';
import {sendKeys} from '@web/test-runner-commands';
import '../../src/index.js';
import type {Room, RoomPicker} from '../../src/index.js';
import {numbered, own, reload, room} from '../helpers/elements/picking.js';
import {inside, namesOf, option, textOf, until} from '../helpers/elements/stage.js';

const toggleOf = (picker: RoomPicker) => inside<HTMLButtonElement>(picker, '[part=toggle]');
const isOpen = (picker: RoomPicker) => inside(picker, '[part=menu]').checkVisibility();
const atOf = (picker: RoomPicker) => {
  const at = picker.shadowRoot!.activeElement;
  return at?.role ?? at?.getAttribute('part');
};

async function showMenu(rooms = [room('Lobby'), room('Stand-up'), room('Talk')]) {
  const page = await fixture(
    html`<div>
      <label for="where">Room</label>
      <room-picker id="where" layout="menu" .rooms=${own(rooms).source}></room-picker>
      <button>After</button>
    </div>`,
  );
  const picker = page.querySelector('room-picker')!;
  await until(() => toggleOf(picker) && picker.shadowRoot!.querySelector('[role=option]'));
  return {page, picker};
}

describe('<room-picker layout="menu">', () => {
  it('is one button that says what is chosen, and opens the list', async () => {
    const {picker} = await showMenu();
    const toggle = toggleOf(picker);
    expect([toggle.textContent!.trim(), toggle.ariaLabel]).to.deep.equal(['Choose a room', 'Room: Choose a room']);
    expect([isOpen(picker), toggle.ariaExpanded, picker.offsetHeight]).to.deep.equal([false, 'false', 44]);
    await expect(picker).to.be.accessible();
    toggle.click();
    await until(() => isOpen(picker));
    expect([toggle.ariaExpanded, atOf(picker), picker.offsetHeight]).to.deep.equal(['true', 'listbox', 44]);
    await expect(picker).to.be.accessible();
    let changes = 0;
    picker.addEventListener('change', () => changes++);
    option(picker, 'Stand-up').click();
    await until(() => !isOpen(picker));
    expect([picker.value, changes, toggle.textContent!.trim()]).to.deep.equal(['Stand-up', 1, 'Stand-up']);
    expect(picker.shadowRoot!.activeElement).to.equal(toggle);
    toggle.click();
    await until(() => isOpen(picker));
    // Whoever chooses the same again is done, too.
    option(picker, 'Stand-up').click();
    await until(() => !isOpen(picker));
  });

  it('can be used by keyboard alone', async () => {
    const {page, picker} = await showMenu();
    picker.focus();
    expect(picker.shadowRoot!.activeElement).to.equal(toggleOf(picker));
    await sendKeys({press: 'ArrowDown'});
    await until(() => isOpen(picker) && atOf(picker) === 'listbox');
    await sendKeys({press: 'ArrowDown'});
    await sendKeys({press: 'Enter'});
    await until(() => !isOpen(picker));
    expect([picker.value, picker.shadowRoot!.activeElement]).to.deep.equal(['Stand-up', toggleOf(picker)]);
    await sendKeys({press: 'Enter'});
    await until(() => isOpen(picker));
    await sendKeys({press: 'Home'});
    await sendKeys({press: ' '});
    await until(() => !isOpen(picker));
    expect(picker.value).to.equal('Lobby');
    await sendKeys({press: 'ArrowUp'});
    await until(() => isOpen(picker));
    await sendKeys({press: 'Escape'});
    await until(() => !isOpen(picker));
    expect(picker.shadowRoot!.activeElement).to.equal(toggleOf(picker));
    await sendKeys({press: 'ArrowDown'});
    await until(() => isOpen(picker));
    // Out of the list, which closes it.
    page.querySelector('button')!.focus();
    await until(() => !isOpen(picker));
    expect(document.activeElement).to.equal(page.querySelector('button'));
  });

  it('begins with the search where there are many rooms, and closes by a press elsewhere', async () => {
    const {page, picker} = await showMenu(numbered(12));
    toggleOf(picker).click();
    await until(() => isOpen(picker));
    expect(atOf(picker)).to.equal('search');
    await sendKeys({type: 'room 11'});
    await until(() => namesOf(picker).length === 1);
    page.querySelector('label')!.dispatchEvent(new PointerEvent('pointerdown', {bubbles: true, composed: true}));
    await until(() => !isOpen(picker));
  });

  it('opens inside the window, also at its end, and right to left', async () => {
    const {page, picker} = await showMenu(numbered(12));
    for (const [dir, place] of [
      ['ltr', 'inset: auto 0 0 auto'],
      ['rtl', 'inset: auto auto 0 0'],
      ['ltr', 'inset: 0 auto auto 0'],
    ] as const) {
      (page as HTMLElement).dir = dir;
      picker.style.cssText = `position: fixed; ${place}; inline-size: 120px`;
      toggleOf(picker).click();
      await until(() => isOpen(picker));
      const {left, right, top, bottom} = inside(picker, '[part=menu]').getBoundingClientRect();
      expect(
        [left, top].every(edge => edge >= 0),
        place,
      ).to.equal(true);
      expect(right, place).to.be.at.most(innerWidth);
      expect(bottom, place).to.be.at.most(innerHeight);
      await sendKeys({press: 'Escape'});
      await until(() => !isOpen(picker));
    }
  });

  it('does not open while it is disabled', async () => {
    const {picker} = await showMenu();
    picker.disabled = true;
    await picker.updateComplete;
    toggleOf(picker).click();
    await picker.updateComplete;
    expect(isOpen(picker)).to.equal(false);
  });
});

describe('<room-picker layout="card">', () => {
  const showCard = async (rooms: Room[], value = '') => {
    const held = own(rooms);
    const picker = await fixture<RoomPicker>(
      html`<room-picker layout="card" value=${value} .rooms=${held.source}></room-picker>`,
    );
    await until(() => !inside(picker, '[aria-busy=true]'));
    return {held, picker};
  };

  it('shows one room, which is chosen: that of value, else one that is live or open', async () => {
    const description = 'A long description. '.repeat(8).trim();
    const rooms = [room('Lobby'), room('Talk', {isRoomActive: true, settings: {description}})];
    const {picker, held} = await showCard(rooms);
    expect([namesOf(picker), picker.value, picker.room?.name]).to.deep.equal([['Talk'], 'Talk', 'Talk']);
    expect(textOf(picker, '[part=description]')).to.equal(description);
    const {offsetHeight} = picker;
    await expect(picker).to.be.accessible();
    // Its room stays, whatever goes on in others.
    held.rooms = [room('Lobby', {isRoomActive: true}), room('Talk')];
    await reload(picker);
    expect([namesOf(picker), picker.offsetHeight]).to.deep.equal([['Talk'], offsetHeight]);
    expect(namesOf((await showCard(rooms, 'Lobby')).picker)).to.deep.equal(['Lobby']);
  });

  it('shows no other room if that of value is not there', async () => {
    const {picker} = await showCard([room('Lobby')], 'gone');
    expect([namesOf(picker), picker.value]).to.deep.equal([[], 'gone']);
    expect(inside(picker, '[part~=empty]')).not.to.equal(null);
  });
});
