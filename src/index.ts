export {httpRooms, type HttpRoomsOptions} from './http/client.js';
export {RoomsError, type RoomsErrorCode} from './rooms/errors.js';
export type * from './rooms/rooms.js';
export {RoomPicker} from './elements/room-picker.js';
export {JoinButton} from './elements/join-button.js';
export type * from './elements/events.js';
