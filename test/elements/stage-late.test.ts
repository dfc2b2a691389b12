import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import '../../src/define/join-button.js';
import type {RoomStage} from '../../src/index.js';
import {itWithCalls} from '../helpers/elements/preparing.js';
import {buttonOf, inside, openStage, textOf, until} from '../helpers/elements/stage.js';

/** Presses a button, and waits for its token, which nobody reads. */
async function press(page: HTMLElement, join: HTMLElementTagNameMap['join-button']) {
  await until(() => buttonOf(join) && join.room, 'the button knows its room');
  setTimeout(() => buttonOf(join).click());
  return (await oneEvent(page, 'room-token')) as HTMLElementEventMap['room-token'];
}

/** What a page holds as text: markup and storage. */
const written = () => {
  const roots = (root: ParentNode): string[] =>
    [...root.querySelectorAll('*')].flatMap(({shadowRoot}) =>
      shadowRoot ? [shadowRoot.innerHTML, ...roots(shadowRoot)] : [],
    );
  return [
    document.documentElement.outerHTML,
    ...roots(document),
    JSON.stringify([localStorage, sessionStorage]),
  ].join();
};

describe('a <room-stage> that is loaded after the token came', () => {
  // The order matters: an element is loaded once in a page.
  itWithCalls('takes the token of a button that nobody has read, and of no other', async () => {
    expect(customElements.get('room-stage')).to.equal(undefined);
    const lobby = await openStage(['Lobby', 'Garden', 'Hall']);
    const page = await fixture<HTMLElement>(html`
      <div>
        ${lobby.roomIds.map(
          (id, at) => html`
            <join-button id="join${at}" endpoint=${lobby.endpoint} room-id=${id} user-name="Ann"></join-button>
            <room-stage for="join${at}"></room-stage>
          `,
        )}
      </div>
    `);
    const [one, two] = [...page.querySelectorAll('join-button')];
    const stages = [...page.querySelectorAll<RoomStage>('room-stage')];
    const joined: string[] = [];
    page.addEventListener('stage-joined', event => joined.push(event.detail.room.name));
    await press(page, one!);
    // A client of the page has read this one.
    const {token} = (await press(page, two!)).detail;
    expect(token).not.to.equal('');
    expect(written()).not.to.contain(token);

    await import('../../src/define/room-stage.js');
    await until(() => joined.length > 0, 'the first stage is in');
    await Promise.all(stages.map(each => each.updateComplete));
    expect(joined).to.deep.equal(['Lobby']);
    expect(textOf(stages[0]!, '[part=title]')).to.equal('Lobby');
    expect(stages.slice(1).map(each => textOf(each, '[part=notice] h2'))).to.deep.equal([
      'Your call appears here.',
      'Your call appears here.',
    ]);
    await until(() => inside(one!, '[part~=leave]'), 'the button leaves');
    inside(stages[0]!, '.bar [part=leave]').click();
    await until(() => !inside(one!, '[part~=leave]'), 'the button joins again');
  });

  itWithCalls('takes one that it was added for later, but not one that has expired', async () => {
    const lobby = await openStage(['Lobby']);
    const page = await fixture<HTMLElement>(html`
      <div>
        <join-button id="late" endpoint=${lobby.endpoint} room-id=${lobby.roomIds[0]!} user-name="Ann"></join-button>
      </div>
    `);
    const join = page.querySelector('join-button')!;
    const {detail} = await press(page, join);
    const add = async () => {
      const stage = Object.assign(document.createElement('room-stage'), {for: 'late'});
      page.append(stage);
      await stage.updateComplete;
      return stage;
    };
    let isExpired = true;
    Object.defineProperty(detail, 'expired', {get: () => isExpired});
    const first = await add();
    expect(textOf(first, '[part=notice] h2')).to.equal('Your call appears here.');
    first.remove();
    isExpired = false;
    const stage = await add();
    await oneEvent(stage, 'stage-joined');
    await stage.leave();
  });
});
