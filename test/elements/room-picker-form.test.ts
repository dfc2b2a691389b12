import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import {sendKeys, sendMouse} from '@web/test-runner-commands';
import '../../src/index.js';
import type {RoomPicker, Rooms} from '../../src/index.js';
import {own, room} from '../helpers/elements/picking.js';
import {
  accessibilityTree,
  inside,
  option,
  optionsOf,
  textOf,
  until,
  type Accessible,
} from '../helpers/elements/stage.js';

const {source} = own([room('Lobby'), room('Stand-up')]);
const never = {list: () => new Promise(() => {})} as unknown as Rooms;
const broken = {list: () => Promise.reject(new Error('down'))} as unknown as Rooms;

/** A form with a required picker and a button. */
async function showForm(rooms: Rooms = source) {
  const form = await fixture<HTMLFormElement>(
    html`<form>
      <fieldset><room-picker search name="room" required .rooms=${rooms}></room-picker></fieldset>
      <button>Book</button>
    </form>`,
  );
  const picker = form.querySelector('room-picker')!;
  if (rooms === source) await until(() => optionsOf(picker).length);
  return {form, picker, sent: () => new FormData(form).get('room')};
}

const allOf = (node: Accessible): Accessible[] => [node, ...node.children.flatMap(allOf)];

/** Waits until a screen reader finds an element of this role and name. */
async function untilNamed(role: string, name: string) {
  const deadline = performance.now() + 15_000;
  let names: (string | undefined)[];
  do
    names = allOf(await accessibilityTree())
      .filter(node => node.role === role)
      .map(node => node.name);
  while (!names.includes(name) && performance.now() < deadline);
  expect(names).to.include(name);
}

describe('<room-picker> in a form', () => {
  it('has what every field of a form has', async () => {
    const {form, picker} = await showForm();
    expect([...form.elements]).to.include(picker);
    expect(picker.form).to.equal(form);
    expect(picker.type).to.equal('room-picker');
    expect(picker.labels).to.have.length(0);
    expect(picker.willValidate).to.equal(true);
    expect(picker.validity.valueMissing).to.equal(true);
    expect(picker.validationMessage).to.equal('Choose a room first.');
    setTimeout(() => picker.checkValidity());
    await oneEvent(picker, 'invalid');
    picker.disabled = true;
    expect(picker.willValidate).to.equal(false);
  });

  it('tells the form of each property in the task in which it is set', async () => {
    const {form, picker, sent} = await showForm();
    picker.value = 'Lobby';
    expect([sent(), picker.validity.valid, form.checkValidity()]).to.deep.equal(['Lobby', true, true]);
    picker.value = '';
    expect([sent(), form.checkValidity()]).to.deep.equal([null, false]);
    picker.required = false;
    expect([picker.validationMessage, form.checkValidity()]).to.deep.equal(['', true]);
    picker.required = true;
    expect(picker.matches(':invalid')).to.equal(true);
    picker.value = 'Lobby';
    picker.name = 'place';
    expect([sent(), new FormData(form).get('place')]).to.deep.equal([null, 'Lobby']);
    picker.disabled = true;
    expect([...new FormData(form).keys()]).to.deep.equal([]);
    picker.disabled = false;
    picker.removeAttribute('value');
    picker.setAttribute('value', 'Stand-up');
    expect(new FormData(form).get('place')).to.equal('Stand-up');
    picker.removeAttribute('value');
    expect([picker.value, form.checkValidity()]).to.deep.equal(['', false]);
  });

  it('is true to the form before its first render', async () => {
    const form = await fixture<HTMLFormElement>(html`<form></form>`);
    const picker = document.createElement('room-picker');
    Object.assign(picker, {name: 'room', value: 'Lobby', required: true, rooms: source});
    form.append(picker);
    expect(new FormData(form).get('room')).to.equal('Lobby');
    expect(form.checkValidity()).to.equal(true);
  });

  it('adds no attribute that nobody asked for', async () => {
    const picker = await fixture<RoomPicker>(html`<room-picker .rooms=${source}></room-picker>`);
    expect(picker.getAttributeNames()).to.deep.equal([]);
  });

  it('joins the form that a framework sets as a property', async () => {
    const {form} = await showForm();
    form.id = 'booking';
    const picker = await fixture<RoomPicker>(html`<room-picker .rooms=${source}></room-picker>`);
    (picker as {form: unknown}).form = 'booking';
    expect(picker.form).to.equal(form);
    (picker as {form: unknown}).form = null;
    expect(picker.form).to.equal(null);
  });

  it('is invalid for as long as the page says so', async () => {
    const {form, picker} = await showForm();
    picker.value = 'Lobby';
    picker.setCustomValidity('The Lobby is being painted.');
    expect([picker.validity.customError, picker.validationMessage]).to.deep.equal([
      true,
      'The Lobby is being painted.',
    ]);
    picker.value = 'Stand-up';
    await picker.updateComplete;
    expect(form.checkValidity()).to.equal(false);
    // Validators of forms write what they have, which may be nothing.
    for (const nothing of ['', undefined, null]) {
      picker.setCustomValidity('The Lobby is being painted.');
      picker.setCustomValidity(nothing!);
      picker.value = 'Lobby';
      expect(form.checkValidity()).to.equal(true);
    }
  });

  it('fires input and change once, with the new value, when a person chooses, and at no other time', async () => {
    const {form, picker, sent} = await showForm();
    const heard: unknown[] = [];
    for (const type of ['input', 'change', 'beforeinput']) {
      form.addEventListener(type, ({target}) => heard.push([type, target === picker, picker.value, sent()]));
    }
    picker.value = 'Stand-up';
    inside(picker, '[part=search]').focus();
    await sendKeys({type: 'lob'});
    await sendKeys({press: 'Backspace'});
    await until(() => optionsOf(picker).length === 1);
    expect(heard).to.deep.equal([]);
    const {x, y} = option(picker, 'Lobby').getBoundingClientRect();
    await sendMouse({type: 'click', position: [Math.ceil(x) + 5, Math.ceil(y) + 5]});
    expect(heard.splice(0)).to.deep.equal([
      ['input', true, 'Lobby', 'Lobby'],
      ['change', true, 'Lobby', 'Lobby'],
    ]);
    option(picker, 'Lobby').click();
    form.reset();
    expect(heard).to.deep.equal([]);
    inside(picker, '[role=listbox]').focus();
    await sendKeys({press: 'Enter'});
    expect(heard).to.have.length(2);
    picker.addEventListener('room-select', event => event.preventDefault());
    picker.value = '';
    option(picker, 'Lobby').click();
    expect(heard).to.have.length(2);
  });

  it('goes back to its `value` attribute when the form is reset, and takes a restored value', async () => {
    const {form, picker} = await showForm();
    picker.value = 'Lobby';
    form.reset();
    expect(picker.value).to.equal('');
    picker.setAttribute('value', 'Stand-up');
    picker.value = 'Lobby';
    form.reset();
    expect(picker.value).to.equal('Stand-up');
    picker.formStateRestoreCallback('Lobby');
    expect(new FormData(form).get('room')).to.equal('Lobby');
    form.querySelector('fieldset')!.disabled = true;
    expect([picker.matches(':disabled'), [...new FormData(form).keys()]]).to.deep.equal([true, []]);
  });

  it('keeps the choice in the copy of a page to which Turbo goes back', async () => {
    const {picker} = await showForm();
    option(picker, 'Lobby').click();
    document.dispatchEvent(new Event('turbo:before-cache'));
    const copy = picker.cloneNode(true) as RoomPicker;
    expect(copy.value).to.equal('Lobby');
    picker.value = '';
    document.dispatchEvent(new Event('turbo:before-cache'));
    expect((picker.cloneNode(true) as RoomPicker).value).to.equal('');
  });

  for (const [state, rooms, reason] of [
    ['loads', never, 'Loading rooms…'],
    ['failed to load', broken, 'Something went wrong. Try again.'],
    ['has no rooms', own([]).source, 'There are no rooms yet.'],
    ['has rooms', source, 'Choose a room first.'],
  ] as const) {
    it(`gets the focus when the form is refused, and says why, if it ${state}`, async () => {
      for (const noSearch of [true, false]) {
        const {form, picker} = await showForm(rooms);
        picker.noSearch = noSearch;
        await until(() => picker.validationMessage === reason, reason);
        await picker.updateComplete;
        form.querySelector('button')!.click();
        await until(() => document.activeElement === picker, 'it has the focus');
        expect(picker.shadowRoot!.activeElement).not.to.equal(null);
      }
    });
  }

  it('is named and focused by its label, and described by the page', async () => {
    const page = await fixture<HTMLElement>(
      html`<div>
        <label for="where">Where do you want to meet?</label>
        <p id="hint">All rooms have a camera.</p>
        <room-picker search id="where" aria-describedby="hint" .rooms=${source}></room-picker>
      </div>`,
    );
    const picker = page.querySelector('room-picker')!;
    await untilNamed('listbox', 'Where do you want to meet?');
    const list = inside(picker, '[role=listbox]');
    expect(textOf(picker, `#${list.getAttribute('aria-describedby')}`)).to.equal('All rooms have a camera.');
    expect(inside(picker, '[part=search]').ariaLabel).to.equal('Where do you want to meet? – Search rooms');
    await expect(picker).to.be.accessible();
    page.querySelector('label')!.click();
    expect(document.activeElement).to.equal(picker);
    // Other ways to name it, and a label that changes.
    page.querySelector('label')!.textContent = 'Which room?';
    inside(picker, '[role=listbox]').focus();
    await untilNamed('listbox', 'Which room?');
    picker.setAttribute('aria-label', 'Places');
    await untilNamed('listbox', 'Places');
    picker.setAttribute('aria-labelledby', 'hint nowhere');
    await untilNamed('listbox', 'All rooms have a camera.');
  });

  it('is named by a label around it, without the texts inside the element, also while it is empty', async () => {
    const label = await fixture<HTMLElement>(
      html`<label
        >Where?
        <room-picker no-search .rooms=${own([]).source}><b slot="empty">Come back tomorrow.</b></room-picker></label
      >`,
    );
    const picker = label.querySelector('room-picker')!;
    await until(() => inside(picker, '[part~=empty]'));
    expect(inside(picker, '[part~=empty]').ariaLabel).to.equal('Where?');
    await expect(picker).to.be.accessible();
  });
});
