import {expect, fixture, html} from '@open-wc/testing';
import {LitElement} from 'lit';
import '../../src/define/room-editor.js';
import '../../src/define/room-users.js';
import '../../src/index.js';
import type {RoomPicker, Rooms} from '../../src/index.js';
import type {GreenRoom} from '../../src/elements/green-room.js';
import {room} from '../helpers/elements/picking.js';
import {namesOf, openStage, until} from '../helpers/elements/stage.js';

/** Rooms of the page itself, which the element around lends. */
const lent = (...names: string[]) =>
  ({list: async () => names.map(name => room(name)), get: async (id: string) => room(id)}) as unknown as Rooms;

/** The `authorization` of every request that the page sends from now on. */
function asked() {
  const before = window.fetch.bind(window);
  const seen: [path: string, authorization: string | null][] = [];
  window.fetch = async (input, init) => {
    const {url, headers} = new Request(input, init);
    seen.push([new URL(url).pathname, headers.get('authorization')]);
    return Response.json({result: 0, rooms: []});
  };
  after.push(() => (window.fetch = before));
  return seen;
}

const after: (() => void)[] = [];
afterEach(() => after.splice(0).forEach(undo => undo()));

/** A component that wraps what the page gives it in a `<green-room>` in its own shadow root. */
class Wrapper extends LitElement {
  static override properties = {rooms: {attribute: false}};
  declare rooms: Rooms;
  override render() {
    return html`<green-room .rooms=${this.rooms}><slot slot="pick"></slot></green-room>`;
  }
}

describe('what <green-room> lends', () => {
  it('is found before <green-room> itself is loaded, and stays the same after', async () => {
    const seen = asked();
    await fixture(html`<green-room endpoint="/early" grant="g"><room-picker slot="pick"></room-picker></green-room>`);
    await until(() => seen.length);
    expect(customElements.get('green-room')).to.equal(undefined);
    const {GreenRoom} = await import('../../src/define/green-room.js');
    const page = await fixture<GreenRoom>(html`<green-room></green-room>`);
    await page.updateComplete;
    expect(page).to.be.an.instanceOf(GreenRoom);
    expect(seen).to.deep.equal([['/early/rooms', 'Bearer g']]);
  });

  it('is the endpoint for every element inside it, as the platform answers', async () => {
    const {endpoint} = await openStage(['Lobby', 'Stage']);
    const page = await fixture<GreenRoom>(
      html`<green-room endpoint=${endpoint}
        ><div slot="pick"><room-picker id="rooms"></room-picker><join-button for="rooms"></join-button></div
      ></green-room>`,
    );
    const picker = page.querySelector('room-picker')!;
    await until(() => namesOf(picker).length === 2);
    expect(namesOf(picker)).to.have.members(['Lobby', 'Stage']);
  });

  it('reaches elements through shadow roots and slots, also of a component that is defined later', async () => {
    const picker = document.createElement('room-picker');
    const late = document.createElement('late-wrapper') as Wrapper;
    late.append(picker);
    late.rooms = lent('Behind a slot');
    await fixture(html`<main>${late}</main>`);
    customElements.define('late-wrapper', Wrapper);
    await until(() => namesOf(picker).length, 'it is lent the rooms');
    expect(namesOf(picker)).to.deep.equal(['Behind a slot']);

    const host = document.createElement('div');
    const inner = host.attachShadow({mode: 'open'}).appendChild(document.createElement('room-picker'));
    await fixture(html`<green-room .rooms=${lent('In a shadow root')}>${host}</green-room>`);
    await until(() => namesOf(inner).length);
    expect(namesOf(inner)).to.deep.equal(['In a shadow root']);
  });

  it('changes with its attributes, and when an element moves from one to another', async () => {
    const seen = asked();
    const page = await fixture<HTMLElement>(
      html`<main>
        <green-room endpoint="/one" grant="g1"
          ><p slot="pick">None</p>
          <room-picker slot="pick"></room-picker></green-room
        ><green-room endpoint="/two"><p slot="pick">None</p></green-room>
      </main>`,
    );
    const [one, two] = page.querySelectorAll('green-room');
    const picker = page.querySelector('room-picker')!;
    await until(() => seen.length === 1);
    one!.grant = 'g2';
    await until(() => seen.length === 2);
    one!.setAttribute('endpoint', '/three');
    await until(() => seen.length === 3);
    two!.append(picker);
    await until(() => seen.length === 4);
    expect(seen).to.deep.equal([
      ['/one/rooms', 'Bearer g1'],
      ['/one/rooms', 'Bearer g2'],
      ['/three/rooms', 'Bearer g2'],
      ['/two/rooms', null],
    ]);
  });

  it('is not used by an element with an endpoint of its own, and its grant does not go there', async () => {
    const seen = asked();
    await fixture(
      html`<green-room endpoint="/ours" grant="secret"
        ><room-picker endpoint="/theirs" slot="pick"></room-picker
      ></green-room>`,
    );
    await until(() => seen.length);
    expect(seen).to.deep.equal([['/theirs/rooms', null]]);
  });

  it('comes from the nearest one that has an endpoint', async () => {
    const seen = asked();
    await fixture(
      html`<green-room endpoint="/outer" grant="outer"
        ><green-room slot="pick" grant="inner"><room-picker slot="pick"></room-picker></green-room
      ></green-room>`,
    );
    await until(() => seen.length);
    expect(seen).to.deep.equal([['/outer/rooms', 'Bearer inner']]);
  });

  it('stands before the meta element of the page', async () => {
    const seen = asked();
    const meta = Object.assign(document.createElement('meta'), {name: 'greenroom-endpoint', content: '/meta'});
    document.head.append(meta);
    after.push(() => meta.remove());
    await fixture(
      html`<green-room endpoint="/lent"><room-picker slot="pick"></room-picker></green-room>
        <green-room grant="for-meta"><room-picker slot="pick"></room-picker></green-room>`,
    );
    await until(() => seen.length === 2);
    expect(seen).to.deep.equal([
      ['/lent/rooms', null],
      ['/meta/rooms', 'Bearer for-meta'],
    ]);
  });

  it('is lent to <room-users>, <room-editor> and <join-button>, too', async () => {
    const seen = asked();
    await fixture(
      html`<green-room endpoint="/all"
        ><div slot="pick">
          <room-users room-id="r"></room-users><room-editor room-id="r"></room-editor
          ><join-button room-id="r"></join-button></div
      ></green-room>`,
    );
    await until(() => seen.length === 3);
    expect(seen.map(([path]) => path)).to.have.members(['/all/rooms/r/users', '/all/rooms/r', '/all/rooms/r']);
  });

  it('lets a page ask a <join-button> for its room', async () => {
    const page = await fixture(
      html`<green-room .rooms=${lent('Lobby')}><join-button room-id="Lobby"></join-button></green-room>`,
    );
    const join = page.querySelector('join-button')!;
    expect(join.room).to.equal(undefined);
    await until(() => join.room);
    expect(join.room!.name).to.equal('Lobby');
  });

  it('leaves nothing behind when an element is removed', async () => {
    const picker = (
      await fixture<GreenRoom>(
        html`<green-room .rooms=${lent('Lobby')}><room-picker slot="pick"></room-picker></green-room>`,
      )
    ).querySelector<RoomPicker>('room-picker')!;
    await until(() => namesOf(picker).length);
    picker.remove();
    let updates = 0;
    picker.addController({hostUpdated: () => updates++});
    document.dispatchEvent(new Event('greenroom-lent'));
    await picker.updateComplete;
    expect(updates).to.equal(0);
  });
});
