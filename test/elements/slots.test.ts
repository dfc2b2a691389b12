import {expect, fixture, html} from '@open-wc/testing';
import '../../src/index.js';
import type {JoinButton, RoomPicker, Rooms} from '../../src/index.js';
import {own, room} from '../helpers/elements/picking.js';
import {inside, labelOf, option, optionsOf, textOf, until} from '../helpers/elements/stage.js';

/** What templates, editors and frameworks leave between two tags. */
const NOTHING = [
  '\n',
  ' \u00A0\u200B\uFEFF',
  '<!-- v-if -->',
  '<!--?lit$1$-->\n',
  '<span></span>',
  '<p><br></p>',
  '<p>&nbsp;</p>',
  '<div><span> </span><!-- --></div>',
  '<span hidden>Enter</span>',
  '<template><b>Enter</b></template>',
  '<script type="text/plain">Enter</script>',
  '<style></style>',
  '<noscript><a href="/call">Enter</a></noscript>',
];

const SOMETHING: [markup: string, label: string][] = [
  ['Enter', 'Enter'],
  ['\n  <!-- a label --> <b>Enter</b>\n', 'Enter'],
  ['<span><span></span><span>Enter</span></span>', 'Enter'],
  ['<svg role="img" aria-label="Enter" width="9" height="9"></svg>', ''],
  ['<img alt="Enter" src="data:,">', ''],
  ['<i aria-label="Enter"></i>', ''],
];

async function buttonWith(markup: string) {
  const page = await fixture<HTMLElement>(html`<div></div>`);
  page.innerHTML = `<join-button>${markup}</join-button>`;
  const join = page.querySelector<JoinButton>('join-button')!;
  await join.updateComplete;
  return join;
}

const show = (rooms: Rooms, markup: string) => {
  const picker = document.createElement('room-picker');
  picker.innerHTML = markup;
  picker.rooms = rooms;
  picker.search = true;
  return fixture<RoomPicker>(html`<div>${picker}</div>`).then(() => picker);
};

describe('the slots', () => {
  for (const markup of NOTHING) {
    it(`of a button keep the word Join for ${JSON.stringify(markup)}`, async () => {
      const join = await buttonWith(markup);
      expect(labelOf(join)).to.equal('Join');
      await expect(join).to.be.accessible();
    });
  }

  for (const [markup, label] of SOMETHING) {
    it(`of a button show ${markup.trim()}`, async () => {
      const join = await buttonWith(markup);
      expect(labelOf(join)).to.equal(label);
      expect(inside<HTMLSlotElement>(join, 'slot').assignedNodes()).not.to.have.length(0);
    });
  }

  it('of a button follow what a framework changes later', async () => {
    const join = await buttonWith('<!-- -->');
    const text = join.appendChild(document.createTextNode(''));
    for (const [change, label] of [
      [() => (text.data = 'Enter'), 'Enter'],
      [() => (text.data = ' '), 'Join'],
      [() => join.append(Object.assign(document.createElement('b'), {textContent: 'Come in'})), 'Come in'],
      [() => (join.querySelector('b')!.hidden = true), 'Join'],
      [() => (join.querySelector('b')!.hidden = false), 'Come in'],
      [() => join.replaceChildren(), 'Join'],
    ] as const) {
      change();
      await until(() => labelOf(join) === label, label);
    }
  });

  it('of a button follow the slot of a component around it', async () => {
    const outer = await fixture<HTMLElement>(html`<div></div>`);
    outer.attachShadow({mode: 'open'}).innerHTML = '<join-button><slot></slot></join-button>';
    const join = outer.shadowRoot!.querySelector<JoinButton>('join-button')!;
    await join.updateComplete;
    await until(() => labelOf(join) === 'Join');
    outer.append('Enter');
    await until(() => labelOf(join) === 'Enter');
    outer.replaceChildren(' ');
    await until(() => labelOf(join) === 'Join');
  });

  it('of a picker keep their sentences for empty elements', async () => {
    const slots = ['empty', 'none', 'failed'].map(name => `<div slot="${name}"> <!-- --><p></p></div>`).join('');
    const held = own([]);
    const picker = await show(held.source, slots);
    const said = () => textOf(picker, '[part~=list]');
    await until(() => said() === 'There are no rooms yet.');
    picker.querySelector('[slot=empty]')!.append('Nothing on today');
    await until(() => inside(picker, 'slot[name=empty]'));
    held.rooms = [room('Lobby')];
    await picker.reload();
    const search = inside<HTMLInputElement>(picker, 'input');
    search.value = 'x';
    search.dispatchEvent(new InputEvent('input', {bubbles: true, composed: true}));
    await until(() => said() === 'No room matches “x”.');
    const failing = {...held.source, list: () => Promise.reject(new Error('no'))};
    const other = await show(failing, slots);
    await until(() => textOf(other, '[part~=list]').startsWith('Something went wrong.'));
  });

  it('of a row are there only while the page fills them', async () => {
    const picker = await show(own([room('a'), room('b')]).source, '<em slot="room-a"></em>');
    await until(() => optionsOf(picker).length);
    expect(inside(picker, 'li slot')).to.equal(null);
    const note = picker.querySelector('em')!;
    note.textContent = 'Bring tea';
    await until(() => option(picker, 'a').querySelector('slot'));
    note.textContent = ' ';
    await until(() => !inside(picker, 'li slot'));
  });
});
