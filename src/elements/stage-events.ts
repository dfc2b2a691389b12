import type {Room} from '../rooms/room.js';
import type {EndReason} from '../stage/call.js';

// The events of `<room-stage>`, apart from those of every page: pages without a stage do not load them.

const fact = {bubbles: true, composed: true};

/** A call began: the person is in the room. */
export class StageJoinedEvent extends CustomEvent<{room: Room}> {
  constructor(room: Room) {
    super('stage-joined', {...fact, detail: {room}});
  }
}

/** A call is over, and why. */
export class StageLeftEvent extends CustomEvent<{room: Room; reason: EndReason}> {
  constructor(room: Room, reason: EndReason) {
    super('stage-left', {...fact, detail: {room, reason}});
  }
}

/** A person asked for the list of rooms after a call. Cancel the event to keep what the stage shows. */
export class StageBackEvent extends CustomEvent<{room: Room}> {
  constructor(room: Room) {
    super('stage-back', {...fact, cancelable: true, detail: {room}});
  }
}
