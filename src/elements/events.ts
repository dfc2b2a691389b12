import type {RoomsError} from '../rooms/errors.js';
import type {Role, Room, RoomDefinition} from '../rooms/schema.js';

// A bare verb asks before the act and can be cancelled; a noun tells a fact.

/** Who is about to join. `userRef` and `name` are what the page knows; a token proxy may know better. */
export interface JoiningParticipant {
  name?: string;
  role: Role;
  userRef?: string | number;
}

/** A token handed to the page: give it to a video client at once, it admits one connection. */
export interface TokenDetail {
  /** Opaque; never put it into a URL, an attribute or storage. */
  token: string;
  expiresAt: Date;
  /** Whether that is past by the server's clock, which may differ from the visitor's; read it when the token is used. */
  readonly expired: boolean;
  room: Room;
  participant: JoiningParticipant;
  /** Which kind of video client understands the token. */
  provider: string;
  /** Where the client takes the token, when the token proxy knows. */
  serverUrl?: string;
  connection?: Record<string, unknown>;
}

const asking = {bubbles: true, composed: true, cancelable: true};
const telling = {bubbles: true, composed: true};

/** A person chose a room. Cancel it to keep the old choice. */
export class RoomSelectEvent extends CustomEvent<{room: Room}> {
  constructor(room: Room) {
    super('room-select', {...asking, detail: {room}});
  }
}

/** A person asked to join; nothing was requested yet. Cancel it to request nothing. */
export class RoomJoinEvent extends CustomEvent<{room: Room; participant: JoiningParticipant}> {
  constructor(room: Room, participant: JoiningParticipant) {
    super('room-join', {...asking, detail: {room, participant}});
  }
}

/** A token was issued. */
export class RoomTokenEvent extends CustomEvent<TokenDetail> {
  constructor(detail: TokenDetail) {
    super('room-token', {...telling, detail});
  }
}

/** A room as it is to be: without `room_id` when it is to be made. */
export type RoomDraft = RoomDefinition & {room_id?: string};

/** A person asked to make or change a room; nothing was requested yet. Cancel it to request nothing. */
export class RoomSaveEvent extends CustomEvent<{room: RoomDraft}> {
  constructor(room: RoomDraft) {
    super('room-save', {...asking, detail: {room}});
  }
}

/** A room was made or changed. */
export class RoomSavedEvent extends CustomEvent<{room: Room}> {
  constructor(room: Room) {
    super('room-saved', {...telling, detail: {room}});
  }
}

/** A person asked, and confirmed, to delete a room; nothing was requested yet. Cancel it to request nothing. */
export class RoomDeleteEvent extends CustomEvent<{room: Room}> {
  constructor(room: Room) {
    super('room-delete', {...asking, detail: {room}});
  }
}

/** A room was deleted. */
export class RoomDeletedEvent extends CustomEvent<{room: Room}> {
  constructor(room: Room) {
    super('room-deleted', {...telling, detail: {room}});
  }
}

/** What an element was doing when it failed. */
export type Operation = 'list' | 'get' | 'token' | 'create' | 'update' | 'remove' | 'users';

/** An operation failed. Cancel it and the element shows nothing itself. */
export class RoomErrorEvent extends CustomEvent<{error: RoomsError; operation: Operation}> {
  constructor(error: RoomsError, operation: Operation) {
    super('room-error', {...asking, detail: {error, operation}});
  }
}

declare global {
  interface HTMLElementEventMap {
    'room-select': RoomSelectEvent;
    'room-join': RoomJoinEvent;
    'room-token': RoomTokenEvent;
    'room-save': RoomSaveEvent;
    'room-saved': RoomSavedEvent;
    'room-delete': RoomDeleteEvent;
    'room-deleted': RoomDeletedEvent;
    'room-error': RoomErrorEvent;
  }
}
