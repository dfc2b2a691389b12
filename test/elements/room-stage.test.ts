import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import {setViewport} from '@web/test-runner-commands';
import '../../src/index.js';
import '../../src/define/room-stage.js';
import type {Room, RoomStage, TokenDetail} from '../../src/index.js';
import {RoomJoinEvent} from '../../src/elements/events.js';
import {emulate, inside, itForcesColors, openStage, press, textOf, until} from '../helpers/elements/stage.js';
import {itWithCalls, replace, watchMedia} from '../helpers/elements/preparing.js';

type Platform = Awaited<ReturnType<typeof openStage>>;
type Role = TokenDetail['participant']['role'];

/** A detail as a button gives it, for the platform of a test; `read` counts how often the token was read. */
async function detailFor(platform: Platform, name: string, role: Role = 'participant', settings = {}) {
  const [room_id = ''] = platform.roomIds;
  const issued = (await platform.run('token', room_id, {name, role, user_ref: name})) as {token: string};
  const counted = {read: 0};
  const detail = {
    get token() {
      counted.read++;
      return issued.token;
    },
    expiresAt: new Date(Date.now() + 60_000),
    expired: false,
    once: true,
    room: {room_id, name: 'Lobby', settings},
    participant: {name, role},
    provider: 'rooms',
    serverUrl: `${platform.endpoint.replace('http', 'ws').replace('/proxy/', '/platform/')}/video/v2/session`,
  } as TokenDetail;
  return Object.assign(counted, {detail});
}

const show = (detail?: TokenDetail) => fixture<RoomStage>(html`<room-stage .detail=${detail}></room-stage>`);

/** A stage of somebody who is in. */
async function enter(platform: Platform, name: string, role: Role = 'participant', settings = {}) {
  const stage = await show();
  const joined = oneEvent(stage, 'stage-joined');
  stage.detail = (await detailFor(platform, name, role, settings)).detail;
  await joined;
  await stage.updateComplete;
  return stage;
}

const all = <T extends Element = HTMLElement>(stage: RoomStage, selector: string) => [
  ...stage.shadowRoot!.querySelectorAll<T>(selector),
];
const namesIn = (stage: RoomStage) => all(stage, '[part=name]').map(each => each.textContent);
const said = (stage: RoomStage) => textOf(stage, '[role=status]');
const noticed = (stage: RoomStage) => textOf(stage, '[part=notice] h2');
const tool = (stage: RoomStage, part: string) => inside<HTMLButtonElement>(stage, `.bar [part=${part}]`);

/** Waits until a stage plays moving pictures of somebody. */
async function sees(stage: RoomStage, name: string) {
  const video = () => all<HTMLVideoElement>(stage, `video[aria-label="Video of ${name}"]`)[0];
  await until(() => (video()?.videoWidth ?? 0) > 0, `sees ${name}`);
  const {currentTime} = video()!;
  await until(() => video()!.currentTime > currentTime, `${name} moves`);
}

describe('<room-stage>', () => {
  itWithCalls('is accessible before a call, while one knocks, in a call, and after it, in light and dark', async () => {
    const hall = await openStage([{name: 'Hall', settings: {knock: true, moderators: 1}}]);
    const lobby = await openStage(['Lobby']);
    const mo = await enter(hall, 'Mo', 'moderator');
    const ann = await show((await detailFor(hall, 'Ann')).detail);
    await until(() => inside(mo, '[part=admit]'), 'Mo sees that Ann knocks');
    const bob = await enter(lobby, 'Bob');
    tool(bob, 'devices').click();
    const left = await enter(lobby, 'Cem');
    await left.leave();
    for (const colorScheme of ['light', 'dark'] as const) {
      await emulate({colorScheme});
      for (const stage of [await show(), ann, mo, bob, left]) await expect(stage).to.be.accessible();
    }
  });

  itWithCalls('lets two people see each other, and says who is in', async () => {
    const lobby = await openStage([{name: 'Lobby', settings: {participants: 3}}]);
    const ann = await enter(lobby, 'Ann Lee');
    expect(said(ann)).to.equal('Nobody else is here yet.');
    const bob = await enter(lobby, 'Bob');
    await Promise.all([sees(ann, 'Bob'), sees(bob, 'Ann Lee'), sees(bob, 'Bob')]);
    expect([namesIn(ann), namesIn(bob)]).to.deep.equal([
      ['Bob', 'Ann Lee (You)'],
      ['Ann Lee', 'Bob (You)'],
    ]);
    expect(said(ann)).to.equal('Bob came in.');
    expect(textOf(bob, '[part=count]')).to.equal('2 inside');
  });

  itWithCalls('goes on playing what it plays when something else changes', async () => {
    const lobby = await openStage([{name: 'Lobby', settings: {participants: 3}}]);
    const [ann, bob] = [await enter(lobby, 'Ann'), await enter(lobby, 'Bob')];
    await Promise.all([sees(ann, 'Bob'), sees(ann, 'Ann')]);
    const again: string[] = [];
    for (const video of all<HTMLVideoElement>(ann, 'video')) {
      video.addEventListener('emptied', () => again.push(video.ariaLabel!));
    }
    tool(ann, 'devices').click();
    tool(bob, 'microphone').click();
    await until(() => inside(ann, '.mark').ariaLabel === 'muted', 'Bob is muted');
    await enter(lobby, 'Cem');
    await until(() => namesIn(ann).length === 3, 'Cem is there');
    expect(again).to.deep.equal([]);
  });

  it('loads the client while the token is on its way, where the room says which one it will be', async () => {
    const page = await fixture<HTMLElement>(html`<div><join-button id="press"></join-button></div>`);
    const stage = Object.assign(document.createElement('room-stage'), {for: 'press'});
    page.append(stage);
    await stage.updateComplete;
    const loaded: string[] = [];
    new PerformanceObserver(list => loaded.push(...list.getEntries().map(({name}) => name))).observe({
      type: 'resource',
    });
    const room = {room_id: 'lobby', name: 'Lobby', settings: {}, provider: 'janus'};
    const asked = (room: Room) => new RoomJoinEvent(room, {role: 'participant'});
    const button = page.querySelector('join-button')!;
    // No client of ours.
    button.dispatchEvent(asked({...room, provider: 'toString'}));
    button.dispatchEvent(asked(room));
    await until(() => loaded.some(name => /stage\/janus\.[jt]s/.test(name)), 'the client is loaded');
    expect(inside(stage, '[part=notice]')).to.not.equal(null);
  });

  itWithCalls('closes the camera when it is off, keeps the microphone open, and ends both after the call', async () => {
    const {tracks} = watchMedia();
    const ann = await enter(await openStage(['Lobby']), 'Ann');
    await until(() => tracks.length === 2, 'both are open');
    await until(() => tool(ann, 'camera').innerText.trim() === 'Stop video', 'the camera is on');
    const [audio, video] = ['audio', 'video'].map(kind => tracks.find(track => track.kind === kind)!);
    tool(ann, 'camera').click();
    tool(ann, 'microphone').click();
    await until(() => tool(ann, 'microphone').innerText.trim() === 'Unmute', 'the microphone is off');
    expect([audio!.readyState, video!.readyState]).to.deep.equal(['live', 'ended']);
    expect(inside(ann, '.mark').ariaLabel).to.equal('muted');
    const gone = oneEvent(ann, 'stage-left');
    tool(ann, 'leave').click();
    expect((await gone).detail.reason).to.equal('left');
    expect(tracks.every(({readyState}) => readyState === 'ended')).to.equal(true);
    expect(noticed(ann)).to.equal('You left the room.');
  });

  itWithCalls('takes the token of the button that `for` names, reads it once, and joins again', async () => {
    const lobby = await openStage(['Lobby']);
    const {detail: first, ...counted} = await detailFor(lobby, 'Ann');
    const page = await fixture<HTMLElement>(html`<div><join-button id="join"></join-button></div>`);
    const stage = Object.assign(document.createElement('room-stage'), {for: 'join'});
    page.append(stage);
    await stage.updateComplete;
    const button = page.querySelector('join-button')!;
    const give = (detail: TokenDetail) =>
      button.dispatchEvent(new CustomEvent('room-token', {detail, bubbles: true, composed: true}));
    expect(counted.read).to.equal(0);
    const joined = oneEvent(stage, 'stage-joined');
    const watchedDetail = await detailFor(lobby, 'Ann');
    give(watchedDetail.detail);
    expect((await joined).detail.room.name).to.equal('Lobby');
    expect(watchedDetail.read).to.equal(1);
    expect(first.room.name).to.equal('Lobby');

    const gone = oneEvent(stage, 'stage-left');
    button.dispatchEvent(new CustomEvent('room-leave', {bubbles: true, composed: true}));
    expect((await gone).detail.reason).to.equal('left');
    await stage.updateComplete;
    let pressed = 0;
    inside(button, '[part~=button]').addEventListener('click', () => pressed++);
    inside(stage, '[part=rejoin]').click();
    expect(pressed).to.equal(1);
    const back = oneEvent(stage, 'stage-back');
    inside(stage, '[part=back]').click();
    await back;
    await stage.updateComplete;
    expect(noticed(stage)).to.equal('Your call appears here.');
  });

  itWithCalls('admits people who knock, one and all, and tells those whom a moderator denies', async () => {
    const hall = await openStage([{name: 'Hall', settings: {knock: true, moderators: 1, participants: 5}}]);
    const mo = await enter(hall, 'Mo', 'moderator');
    const guests = await Promise.all(
      ['Ann', 'Bob', 'Cem'].map(async name => show((await detailFor(hall, name)).detail)),
    );
    await until(() => all(mo, '[part=knocker]').length === 3, 'three knock');
    expect(noticed(guests[0]!)).to.equal('You are knocking at Lobby.');
    all(mo, '[part=deny]')
      .find(({ariaLabel}) => ariaLabel === 'Deny Cem')!
      .click();
    await until(() => noticed(guests[2]!) === 'A moderator did not let you in.', 'Cem reads it');
    inside(mo, '[part=admit-all]').click();
    await until(() => namesIn(mo).length === 3, 'two came in');
    await until(() => !inside(mo, '[part=knocking]'), 'nobody knocks any more');
  });

  it('leaves the call to the page’s own client for a provider that is not ours, and does not read the token', async () => {
    const counted = await detailFor(await openStage(['Lobby']), 'Ann');
    Object.defineProperty(counted.detail, 'provider', {value: 'twilio'});
    const stage = await show(counted.detail);
    expect(noticed(stage)).to.equal('The call opens in this site’s own window.');
    expect(counted.read).to.equal(0);
  });

  it('says that a browser without WebRTC cannot make calls', async () => {
    replace(window, 'RTCPeerConnection', undefined);
    const stage = await show((await detailFor(await openStage(['Lobby']), 'Ann')).detail);
    await until(() => noticed(stage).startsWith('This browser cannot make calls.'), 'it says so');
  });

  itWithCalls('shows a button to hear where the browser waits for a press', async () => {
    const lobby = await openStage([{name: 'Lobby', settings: {participants: 3}}]);
    let isAllowed = false;
    // Browsers differ in what they allow a page that nobody has pressed yet.
    replace(HTMLAudioElement.prototype, 'play', () =>
      isAllowed ? Promise.resolve() : Promise.reject(new DOMException('No.', 'NotAllowedError')),
    );
    replace(HTMLMediaElement.prototype, 'autoplay', false);
    const ann = await enter(lobby, 'Ann');
    await enter(lobby, 'Bob');
    await until(() => inside(ann, '[part=hear]'), 'it asks for a press');
    isAllowed = true;
    inside(ann, '[part=hear]').click();
    await until(() => !inside(ann, '[part=hear]'), 'it plays');
  });

  itWithCalls('leaves when the page goes, and when it is removed, but not when it is moved', async () => {
    const lobby = await openStage([{name: 'Lobby', settings: {participants: 5}}]);
    const [roomId = ''] = lobby.roomIds;
    const inRoom = async () => ((await lobby.run('users', roomId)) as {name: string}[]).map(({name}) => name).join();
    const ann = await enter(lobby, 'Ann');
    document.body.append(ann);
    await ann.updateComplete;
    expect(await inRoom()).to.equal('Ann');
    ann.remove();
    const deadline = performance.now() + 15_000;
    while ((await inRoom()) !== '' && performance.now() < deadline);
    expect(await inRoom()).to.equal('');
    const bob = await enter(lobby, 'Bob');
    dispatchEvent(new PageTransitionEvent('pagehide'));
    await until(() => noticed(bob) === 'You left the room.', 'Bob left');
  });

  itWithCalls('leaves one call when it gets a token for the next', async () => {
    const [one, two] = [await openStage(['One']), await openStage(['Two'])];
    const stage = await enter(one, 'Ann');
    const [left, joined] = [oneEvent(stage, 'stage-left'), oneEvent(stage, 'stage-joined')];
    stage.detail = (await detailFor(two, 'Ann')).detail;
    expect((await left).detail.reason).to.equal('left');
    await joined;
    expect(await one.run('users', one.roomIds[0])).to.deep.equal([]);
  });

  itWithCalls('leaves no track, connection or audio context behind', async () => {
    const lobby = await openStage([{name: 'Lobby', settings: {participants: 5}}]);
    const {tracks} = watchMedia();
    const opened: {close(): unknown; state?: string; connectionState?: string}[] = [];
    for (const name of ['RTCPeerConnection', 'AudioContext'] as const) {
      const Own = window[name] as new (...args: unknown[]) => (typeof opened)[number];
      replace(
        window,
        name,
        class extends Own {
          constructor(...args: unknown[]) {
            super(...args);
            opened.push(this);
          }
        },
      );
    }
    const bob = await enter(lobby, 'Bob');
    for (let mounts = 0; mounts < 3; mounts++) {
      const ann = await enter(lobby, `Ann ${mounts}`);
      await sees(ann, 'Bob');
      ann.remove();
    }
    bob.remove();
    for (let mounts = 0; mounts < 100; mounts++) (await show()).remove();
    const isOver = ({state, connectionState}: (typeof opened)[number]) => (connectionState ?? state) === 'closed';
    await until(() => opened.length > 3 && opened.every(isOver), 'all are closed');
    expect(tracks.filter(({readyState}) => readyState === 'live')).to.deep.equal([]);
  });

  itWithCalls('works by keyboard alone, and Escape closes the devices', async () => {
    const ann = await enter(await openStage(['Lobby']), 'Ann');
    tool(ann, 'devices').focus();
    await press('Enter');
    await until(() => !inside(ann, '[part=panel]').hidden, 'the devices are shown');
    await press('Escape');
    await until(() => inside(ann, '[part=panel]').hidden, 'they are hidden');
    expect(ann.shadowRoot!.activeElement).to.equal(tool(ann, 'devices'));
  });

  itWithCalls('fits 320 px and a right-to-left page in Arabic', async () => {
    await setViewport({width: 320, height: 640});
    const page = await fixture<HTMLElement>(html`<div lang="ar" dir="rtl"><room-stage></room-stage></div>`);
    const stage = page.querySelector('room-stage')!;
    const lobby = await openStage(['Lobby']);
    const joined = oneEvent(stage, 'stage-joined');
    stage.detail = (await detailFor(lobby, 'Ann')).detail;
    await joined;
    await until(() => tool(stage, 'leave').innerText.trim() === 'مغادرة', 'the words come');
    expect(document.documentElement.scrollWidth).to.equal(320);
    const {left, right, height} = tool(stage, 'leave').getBoundingClientRect();
    expect(left >= 0 && right <= 320 && height >= 44).to.equal(true);
    expect(tool(stage, 'microphone').getBoundingClientRect().left).to.be.greaterThan(left);
    await setViewport({width: 800, height: 600});
  });

  itForcesColors('shows what is pressed in forced colours', async () => {
    const ann = await enter(await openStage(['Lobby']), 'Ann', 'participant');
    await emulate({forcedColors: 'active'});
    const colour = () => getComputedStyle(tool(ann, 'devices')).backgroundColor;
    const before = colour();
    tool(ann, 'devices').click();
    await until(() => colour() !== before, 'the button changes');
  });
});
