// Every element as a class, registered by whoever imports it, under its own name or another; see also src/define.
export {JoinButton} from './elements/join-button.js';
export {RoomEditor} from './elements/room-editor.js';
export {RoomPicker} from './elements/room-picker.js';
export {RoomUsers} from './elements/room-users.js';
export type * from './elements/events.js';
