import type {RoomDefinition} from '../rooms/definition.js';
import type {Room} from '../rooms/room.js';

// The events of `<room-editor>`, apart from those of every page: pages that only join rooms do not load them.

const request = {bubbles: true, composed: true, cancelable: true};
const fact = {bubbles: true, composed: true};

/** A room before it is saved; a new room has no `room_id` yet. */
export type RoomDraft = RoomDefinition & {room_id?: string | undefined};

/** A person asked to create or change a room, and nothing was requested yet. Cancel the event to stop it. */
export class RoomSaveEvent extends CustomEvent<{room: RoomDraft}> {
  constructor(room: RoomDraft) {
    super('room-save', {...request, detail: {room}});
  }
}

/** A room was created or changed. */
export class RoomSavedEvent extends CustomEvent<{room: Room}> {
  constructor(room: Room) {
    super('room-saved', {...fact, detail: {room}});
  }
}

/** A person asked to delete a room and confirmed it, and nothing was requested yet. Cancel the event to stop it. */
export class RoomDeleteEvent extends CustomEvent<{room: Room}> {
  constructor(room: Room) {
    super('room-delete', {...request, detail: {room}});
  }
}

/** A room was deleted. */
export class RoomDeletedEvent extends CustomEvent<{room: Room}> {
  constructor(room: Room) {
    super('room-deleted', {...fact, detail: {room}});
  }
}
