// Every element as a class that is not registered: register it under its own name or another. src/define registers each.
export {GreenRoom} from './elements/green-room.js';
export {JoinButton} from './elements/join-button.js';
export {PreJoin} from './elements/pre-join.js';
export {RoomEditor} from './elements/room-editor.js';
export {RoomPicker} from './elements/room-picker.js';
export {RoomStage} from './elements/room-stage.js';
export {RoomUsers} from './elements/room-users.js';
export type * from './elements/events.js';
export type * from './elements/managing-events.js';
export type * from './elements/devices-event.js';
export type * from './elements/stage-events.js';
