import {expect, fixture, html} from '@open-wc/testing';
import '../../src/index.js';
import {RoomsError, type JoinButton} from '../../src/index.js';
import {isReady, ownRooms, sentence, tokensOf} from '../helpers/elements/join-button.js';
import {buttonOf, inside, press, until} from '../helpers/elements/stage.js';

const boxOf = (join: JoinButton) => inside(join, '.over');
const isShown = (join: JoinButton) => boxOf(join).getBoundingClientRect().height > 0;

/** A compact button among other things of a page, whose room is full. */
async function show(style = '', dir = 'ltr', userName = 'Ann') {
  const page = ownRooms();
  page.answer = async () => {
    throw new RoomsError('room_full', 'Full.');
  };
  const around = await fixture<HTMLElement>(html`<div dir=${dir}><button>Else</button></div>`);
  around.style.cssText = style;
  const join = document.createElement('join-button');
  Object.assign(join, {compact: true, rooms: page.rooms, roomId: 'own', userName});
  around.prepend(join);
  await until(() => join.room && boxOf(join));
  return {page, join, other: around.querySelector('button')!};
}

describe('<join-button compact>', () => {
  it('takes no more place than its button, and shows what there is to say above the page', async () => {
    const {join, other} = await show();
    const {height} = buttonOf(join).getBoundingClientRect();
    const {top} = other.getBoundingClientRect();
    expect([join.getBoundingClientRect().height, isShown(join)]).to.deep.equal([height, false]);
    join.focus();
    buttonOf(join).click();
    await until(() => isShown(join), 'it shows what went wrong');
    expect(boxOf(join).textContent).to.contain('This room is full. Try again in a moment.');
    // The announced sentence is not in the popover, so it is read even if nobody looks at that.
    expect(sentence(join)).to.equal('This room is full. Try again in a moment.');
    expect([join.getBoundingClientRect().height, other.getBoundingClientRect().top]).to.deep.equal([height, top]);
    await until(() => !join.shadowRoot!.getAnimations().length);
    await expect(join).to.be.accessible();
  });

  it('closes by Escape, and when the focus goes', async () => {
    const {join, other} = await show();
    join.focus();
    buttonOf(join).click();
    await until(() => isShown(join));
    await press('Escape');
    await until(() => !isShown(join));
    buttonOf(join).click();
    await until(() => isReady(join) && isShown(join), 'what is said anew is shown anew');
    other.focus();
    await until(() => !isShown(join));
  });

  it('stays in the window, on both sides and in both directions', async () => {
    for (const dir of ['ltr', 'rtl']) {
      for (const side of ['inset-inline-start', 'inset-inline-end']) {
        const {join} = await show(`position: fixed; inset-block-end: 0; ${side}: 0; inline-size: 6em`, dir);
        join.focus();
        buttonOf(join).click();
        await until(() => isShown(join));
        const {left, right, top, bottom} = boxOf(join).getBoundingClientRect();
        if (boxOf(join).popover)
          expect([left >= 0, right <= innerWidth, top >= 0, bottom <= innerHeight]).not.to.contain(false);
        join.remove();
      }
    }
  });

  it('asks for a name in the popover', async () => {
    const {page, join} = await show('', 'ltr', '');
    page.answer = async () => ({token: 'opaque'});
    const tokens = tokensOf(join);
    join.focus();
    buttonOf(join).click();
    await until(() => join.shadowRoot!.activeElement?.localName === 'input', 'the field has the focus');
    expect(isShown(join)).to.equal(true);
    const field = inside<HTMLInputElement>(join, '[part=input]');
    field.value = 'Bo';
    field.dispatchEvent(new InputEvent('input', {bubbles: true}));
    await press('Enter');
    await until(() => tokens.length);
    expect((page.asked[0]!.request as {name: string}).name).to.equal('Bo');
  });
});
