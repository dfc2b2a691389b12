import type {RoomsError, RoomsErrorCode} from '../rooms/errors.js';
import type {Room} from '../rooms/room.js';
import type {JoiningParticipant, TokenDetail} from '../rooms/token-detail.js';
import type {DevicesChangeEvent} from './devices-event.js';
import type {RoomDeletedEvent, RoomDeleteEvent, RoomSavedEvent, RoomSaveEvent} from './managing-events.js';
import type {StageBackEvent, StageJoinedEvent, StageLeftEvent} from './stage-events.js';

export type {JoiningParticipant, TokenDetail};

// An event named by a bare verb comes before the act and can be cancelled; one named by a noun or a participle states a fact.

const request = {bubbles: true, composed: true, cancelable: true};
const fact = {bubbles: true, composed: true};

/** A person chose a room. Cancel the event to keep the previous choice. */
export class RoomSelectEvent extends CustomEvent<{room: Room}> {
  constructor(room: Room) {
    super('room-select', {...request, detail: {room}});
  }
}

/** A person asked to join, and nothing was requested yet. Cancel the event to stop it. */
export class RoomJoinEvent extends CustomEvent<{room: Room; participant: JoiningParticipant}> {
  constructor(room: Room, participant: JoiningParticipant) {
    super('room-join', {...request, detail: {room, participant}});
  }
}

/** A token was issued. */
export class RoomTokenEvent extends CustomEvent<TokenDetail> {
  constructor(detail: TokenDetail) {
    super('room-token', {...fact, detail});
  }
}

/** A person asked to leave the call. The page, or a `<room-stage>`, leaves it and calls `left()` of the button. */
export class RoomLeaveEvent extends CustomEvent<{room: Room | undefined}> {
  constructor(room: Room | undefined) {
    super('room-leave', {...fact, detail: {room}});
  }
}

/** The operation that failed. */
export type Operation = 'list' | 'get' | 'token' | 'create' | 'update' | 'remove' | 'users' | 'join';

/** An operation failed. Cancel the event to keep the element from showing the failure. */
export class RoomErrorEvent extends CustomEvent<{error: RoomsError; operation: Operation}> {
  constructor(error: RoomsError, operation: Operation) {
    super('room-error', {...request, detail: {error, operation}});
  }
}

/** Failures that only the author of the page can fix, besides an empty `room-id`. */
const FOR_THE_AUTHOR: readonly RoomsErrorCode[] = ['misconfigured', 'role_invalid', 'bad_reply', 'signed_out'];

/** The warnings that the console has already. */
const warned = new Set<string>();

/**
 * Fires `room-error` and returns whether the element should show the failure. The visitor reads a neutral sentence. If
 * only the author of the page can fix the failure, the console also says once what is wrong and what to do.
 *
 * @param host - The element that failed; it fires the event.
 */
export function reportError(host: HTMLElement, error: RoomsError, operation: Operation): boolean {
  const isShown = host.dispatchEvent(new RoomErrorEvent(error, operation));
  const {code, message, desc, key = 'endpoint'} = error;
  const warning = `<${host.localName}>: ${message} Check its ${key}. ${desc}`;
  if (isShown && (FOR_THE_AUTHOR.includes(code) || key === 'room-id') && !warned.has(warning)) {
    warned.add(warning);
    console.warn(warning);
  }
  return isShown;
}

/** The events of the elements, by name. */
export interface RoomEventMap {
  'room-select': RoomSelectEvent;
  'room-join': RoomJoinEvent;
  'room-token': RoomTokenEvent;
  'room-leave': RoomLeaveEvent;
  'room-save': RoomSaveEvent;
  'room-saved': RoomSavedEvent;
  'room-delete': RoomDeleteEvent;
  'room-deleted': RoomDeletedEvent;
  'stage-joined': StageJoinedEvent;
  'stage-left': StageLeftEvent;
  'stage-back': StageBackEvent;
  'room-error': RoomErrorEvent;
  'devices-change': DevicesChangeEvent;
}

// The events bubble and cross shadow roots, so that a page can listen anywhere above an element.
declare global {
  /** HTML elements, `document` and `window`. */
  interface GlobalEventHandlersEventMap extends RoomEventMap {}
  interface ElementEventMap extends RoomEventMap {}
  interface ShadowRootEventMap extends RoomEventMap {}
  /** Everything else, such as a `DocumentFragment` or the `currentTarget` of an event. */
  interface EventTarget {
    addEventListener<K extends keyof RoomEventMap>(
      type: K,
      listener: (this: this, event: RoomEventMap[K]) => unknown,
      options?: boolean | AddEventListenerOptions,
    ): void;
    removeEventListener<K extends keyof RoomEventMap>(
      type: K,
      listener: (this: this, event: RoomEventMap[K]) => unknown,
      options?: boolean | EventListenerOptions,
    ): void;
  }
}
