import type {LitElement} from 'lit';
import {Gesture} from '../controllers/gesture.js';
import {asRoomsError} from '../controllers/load.js';
import type {Source} from '../controllers/source.js';
import type {RoomsError} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
import type {Room, RoomChanges} from '../rooms/schema.js';
import {
  RoomDeletedEvent,
  RoomDeleteEvent,
  RoomErrorEvent,
  RoomSavedEvent,
  RoomSaveEvent,
  type Operation,
  type RoomDraft,
} from './events.js';

type Writing = {status: 'idle'} | {status: 'saving'} | {status: 'deleting'} | {status: 'failed'; error: RoomsError};

interface Write<T> {
  status: 'saving' | 'deleting';
  /** Asks the page before anything is requested. */
  ask: Event;
  operation: Operation;
  run: (rooms: Rooms) => Promise<T>;
  /** Shows what came of it, unless something else is shown meanwhile. */
  show: (value: T) => void;
  /** Tells the page, whatever is shown. */
  tell: (value: T) => Event;
}

/**
 * One save or deletion of a room at a time: the page is asked, the request is sent, and what came of it is told. What
 * was sent is seen through, also when the element has left the page or shows another room.
 */
export class RoomWriter {
  state: Writing = {status: 'idle'};
  #host: LitElement;
  #source: Source;
  /** The write whose outcome is shown. */
  #work?: object;
  /** A lost answer and a second press are one creation. */
  #creation = new Gesture();

  constructor(host: LitElement, source: Source) {
    this.#host = host;
    this.#source = source;
  }

  get busy(): boolean {
    return this.state.status === 'saving' || this.state.status === 'deleting';
  }

  /** Makes a room of `body`, or changes `before` by it. */
  save(body: RoomChanges, before: Room | undefined, show: (saved: Room) => void): Promise<void> {
    const draft = before ? laidOver(before, body) : (body as RoomDraft);
    return this.#write({
      status: 'saving',
      ask: new RoomSaveEvent(draft),
      operation: before ? 'update' : 'create',
      run: async rooms =>
        before
          ? changed(rooms, body, draft as Room)
          : rooms.create(body as RoomDraft, {idempotencyKey: this.#creation.keyOf(body)}),
      show,
      tell: saved => new RoomSavedEvent(saved),
    });
  }

  remove(room: Room, show: () => void): Promise<void> {
    return this.#write({
      status: 'deleting',
      ask: new RoomDeleteEvent(room),
      operation: 'remove',
      run: rooms => rooms.remove(room.room_id).catch(gone),
      show,
      tell: () => new RoomDeletedEvent(room),
    });
  }

  /** Shows nothing any more of what was done or failed, or is on its way. */
  forget() {
    this.#work = undefined;
    this.#set({status: 'idle'});
  }

  async #write<T>({status, ask, operation, run, show, tell}: Write<T>): Promise<void> {
    const work = (this.#work = {});
    const end = (state: Writing) => work === this.#work && this.#set(state);
    this.#set({status});
    if (!this.#host.dispatchEvent(ask)) return void end({status: 'idle'});
    try {
      const value = await run(this.#source.rooms);
      this.#creation.ended();
      if (end({status: 'idle'})) show(value);
      this.#host.dispatchEvent(tell(value));
    } catch (cause) {
      const error = asRoomsError(cause);
      const isShown = this.#host.dispatchEvent(new RoomErrorEvent(error, operation));
      end(isShown ? {status: 'failed', error} : {status: 'idle'});
    }
  }

  #set(state: Writing): true {
    this.state = state;
    this.#host.requestUpdate();
    return true;
  }
}

/** A room as a change will leave it. */
const laidOver = (room: Room, {data, ...body}: RoomChanges): RoomDraft =>
  ({
    ...room,
    ...body,
    settings: {...room.settings, ...body.settings},
    ...(data && {data: {...room.data, ...data}}),
  }) as RoomDraft;

async function changed(rooms: Rooms, body: RoomChanges, draft: Room): Promise<Room> {
  await rooms.update(draft.room_id, body);
  // What is changed stays changed when it cannot be read again.
  return rooms.get(draft.room_id).catch(() => draft);
}

/** A room that is not there is one that is deleted: the answer to the first try may have been lost. */
function gone(error: unknown) {
  if (asRoomsError(error).code !== 'not_found') throw error;
}
