import type {LitElement} from 'lit';
import {Gesture} from '../controllers/gesture.js';
import {asRoomsError} from '../controllers/load.js';
import {withRooms, type Source} from '../controllers/source.js';
import type {RoomChanges} from '../rooms/definition.js';
import type {RoomsError} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
import type {Room} from '../rooms/room.js';
import {reportError, type Operation} from './events.js';
import {RoomDeletedEvent, RoomDeleteEvent, RoomSavedEvent, RoomSaveEvent, type RoomDraft} from './managing-events.js';

export type Writing =
  {status: 'idle'} | {status: 'saving'} | {status: 'deleting'} | {status: 'failed'; error: RoomsError};

interface Write<T> {
  status: 'saving' | 'deleting';
  /** The event that asks the page before anything is requested. */
  ask: Event;
  operation: Operation;
  run: (rooms: Rooms) => Promise<T>;
  /** Called with the outcome, unless the element shows something else by then. */
  show: (value: T) => void;
  /** Makes the event that tells the page about the outcome, whatever the element shows by then. */
  tell: (value: T) => Event;
}

/**
 * Saves or deletes a room, one write at a time: it asks the page, sends the request and tells the page the outcome. A
 * request that was sent is completed even if the element leaves the page or shows another room.
 */
export class RoomWriter {
  state: Writing = {status: 'idle'};
  #host: LitElement;
  #source: Source;
  /** The write whose outcome the element shows. */
  #work?: object;
  /** A second press after a lost answer creates no second room. */
  #creation = new Gesture();

  constructor(host: LitElement, source: Source) {
    this.#host = host;
    this.#source = source;
  }

  get busy(): boolean {
    return this.state.status === 'saving' || this.state.status === 'deleting';
  }

  /** Creates a room from `body`, or applies `body` to `before`. */
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

  /** Stops showing the outcome of any earlier write, even of one that is still running. */
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
      const value = await withRooms(() => this.#source.rooms, run);
      this.#creation.ended();
      if (end({status: 'idle'})) show(value);
      this.#host.dispatchEvent(tell(value));
    } catch (cause) {
      const error = asRoomsError(cause);
      const isShown = reportError(this.#host, error, operation);
      end(isShown ? {status: 'failed', error} : {status: 'idle'});
    }
  }

  #set(state: Writing): true {
    this.state = state;
    this.#host.requestUpdate();
    return true;
  }
}

/** The room as it will be after the change. */
const laidOver = (room: Room, {data, ...body}: RoomChanges): RoomDraft =>
  ({
    ...room,
    ...body,
    settings: {...room.settings, ...body.settings},
    ...(data && {data: {...room.data, ...data}}),
  }) as RoomDraft;

async function changed(rooms: Rooms, body: RoomChanges, draft: Room): Promise<Room> {
  await rooms.update(draft.room_id, body);
  // The room was changed, even if it cannot be read again.
  return rooms.get(draft.room_id).catch(() => draft);
}

/** A missing room counts as deleted: the answer to an earlier try may have been lost. */
function gone(error: unknown) {
  if (asRoomsError(error).code !== 'not_found') throw error;
}
