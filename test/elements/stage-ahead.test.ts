import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import '../../src/index.js';
import type {IssuedToken, JoinButton, Room, Rooms, RoomStage} from '../../src/index.js';
import * as livekitClient from '../helpers/elements/livekit-client.js';
import {itWithCalls} from '../helpers/elements/preparing.js';
import {buttonOf, until} from '../helpers/elements/stage.js';

const ROOM = {room_id: 'own', name: 'Own', settings: {}, provider: 'livekit'} as Room;

/** A button whose token is held back until `issue` is called, and a stage for it. */
async function open(stageHas: Partial<RoomStage>) {
  let resolve!: (issued: IssuedToken) => void;
  const token = new Promise<IssuedToken>(given => (resolve = given));
  const rooms = {get: async () => ROOM, token: () => token} as unknown as Rooms;
  const page = await fixture<HTMLElement>(
    html`<div>
      <join-button id="join" .rooms=${rooms} room-id="own" user-name="Ann"></join-button>
      <room-stage for="join"></room-stage>
    </div>`,
  );
  const [join, stage] = [page.querySelector<JoinButton>('join-button')!, page.querySelector('room-stage')!];
  Object.assign(stage, stageHas);
  await until(() => join.room, 'the button knows its room');
  const press = async () => {
    const asked = oneEvent(join, 'room-join');
    buttonOf(join).click();
    await asked;
  };
  const issue = async () => {
    const isIn = oneEvent(stage, 'stage-joined');
    const expires_at = new Date(Date.now() + 60_000).toISOString();
    const livekit = {provider: 'livekit', server_url: 'wss://127.0.0.1:9'};
    resolve({token: 'none', expires_at, once: false, ...livekit} as unknown as IssuedToken);
    await isIn;
    await stage.leave();
  };
  return {stage, press, issue};
}

const isLoaded = (part: string) => performance.getEntriesByType('resource').some(({name}) => name.includes(part));

describe('a <room-stage> that has no token yet', () => {
  // The order matters: a file is loaded once in a page.
  itWithCalls('loads its client when it knows the room, and the vendor’s at the press', async () => {
    expect(isLoaded('/stage/livekit')).to.equal(false);
    const address = new URL('../helpers/elements/livekit-client.ts?late', import.meta.url).href;
    const {press, issue} = await open({clientOrigins: address});
    await until(() => isLoaded('/stage/livekit'), 'its client is loaded');
    expect(isLoaded('livekit-client.ts?late')).to.equal(false);
    await press();
    await until(() => isLoaded('livekit-client.ts?late'), 'the vendor’s is loaded before the token is there');
    await issue();
    const {count} = (await import(address)) as typeof livekitClient;
    expect(count).to.deep.equal({made: 1, joined: 1});
  });

  itWithCalls('makes a room of the vendor’s client if the page has that', async () => {
    const {count} = livekitClient;
    const {press, issue} = await open({client: livekitClient});
    await until(() => count.made === 1, 'it is ready');
    expect(count.joined).to.equal(0);
    await press();
    await issue();
    expect(count).to.deep.equal({made: 1, joined: 1});
  });

  itWithCalls('joins all the same if nothing could be made ready', async () => {
    const before = {...livekitClient.count};
    const {stage, press, issue} = await open({});
    await press();
    stage.client = livekitClient;
    await issue();
    expect(livekitClient.count).to.deep.equal({made: before.made + 1, joined: before.joined + 1});
  });
});
