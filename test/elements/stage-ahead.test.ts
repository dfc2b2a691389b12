import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import '../../src/index.js';
import type {IssuedToken, Room, Rooms, RoomStage} from '../../src/index.js';
import {itWithCalls} from '../helpers/elements/preparing.js';
import {buttonOf, until} from '../helpers/elements/stage.js';

const ROOM = {room_id: 'own', name: 'Own', settings: {}, provider: 'livekit'} as Room;

/** The rooms of a page, which hold a token back. */
function slow() {
  let resolve!: (issued: IssuedToken) => void;
  const promise = new Promise<IssuedToken>(given => (resolve = given));
  const rooms = {get: async () => ROOM, token: () => promise} as unknown as Rooms;
  const issue = () =>
    resolve({
      token: 'none',
      expires_at: new Date(Date.now() + 60_000).toISOString(),
      provider: 'livekit',
      server_url: 'wss://127.0.0.1:9',
      once: false,
    } as unknown as IssuedToken);
  return {rooms, issue};
}

/** As much of `livekit-client` as a stage needs whose person sends nothing. It counts what is made and joined. */
function counting() {
  const count = {made: 0, joined: 0};
  class Room {
    localParticipant = {identity: 'me', name: 'Me', isSpeaking: false, trackPublications: new Map()};
    remoteParticipants = new Map();
    constructor() {
      count.made++;
    }
    async connect() {
      count.joined++;
    }
    async disconnect() {}
    on() {}
  }
  return {count, client: {Room}};
}

const isLoaded = () => performance.getEntriesByType('resource').some(({name}) => name.includes('/stage/livekit'));

describe('a <room-stage> that has no token yet', () => {
  // The order matters: a client is loaded once in a page.
  itWithCalls('loads the client when it knows the room, and gets it ready while the token is on its way', async () => {
    const {rooms, issue} = slow();
    const {count, client} = counting();
    expect(isLoaded()).to.equal(false);
    const page = await fixture<HTMLElement>(
      html`<div>
        <join-button id="ahead" .rooms=${rooms} room-id="own" user-name="Ann"></join-button>
        <room-stage for="ahead" .client=${client}></room-stage>
      </div>`,
    );
    const [join, stage] = [page.querySelector('join-button')!, page.querySelector<RoomStage>('room-stage')!];
    await until(isLoaded, 'the client is loaded');
    expect(count).to.deep.equal({made: 0, joined: 0});

    const asked = oneEvent(join, 'room-join');
    buttonOf(join).click();
    await asked;
    await until(() => count.made === 1, 'it is ready');
    expect(count.joined).to.equal(0);

    const isIn = oneEvent(stage, 'stage-joined');
    issue();
    await isIn;
    expect(count).to.deep.equal({made: 1, joined: 1});
    await stage.leave();
  });

  itWithCalls('joins all the same if the client could not be got ready', async () => {
    const {rooms, issue} = slow();
    const page = await fixture<HTMLElement>(
      html`<div>
        <join-button id="late" .rooms=${rooms} room-id="own" user-name="Ann"></join-button>
        <room-stage for="late"></room-stage>
      </div>`,
    );
    const [join, stage] = [page.querySelector('join-button')!, page.querySelector<RoomStage>('room-stage')!];
    const asked = oneEvent(join, 'room-join');
    await until(() => join.room, 'the button knows its room');
    buttonOf(join).click();
    await asked;
    const {count, client} = counting();
    stage.client = client;
    const isIn = oneEvent(stage, 'stage-joined');
    issue();
    await isIn;
    expect(count).to.deep.equal({made: 1, joined: 1});
    await stage.leave();
  });
});
