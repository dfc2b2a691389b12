import './define/room-picker.js';
import './define/join-button.js';
import {onDemand} from './elements/on-demand.js';

export {httpRooms, type HttpRoomsOptions} from './http/client.js';
export {RoomsError, type RoomsErrorCode} from './rooms/errors.js';
export type * from './rooms/rooms.js';
export {RoomPicker} from './elements/room-picker.js';
export {JoinButton} from './elements/join-button.js';
export type {GreenRoom} from './elements/green-room.js';
export type {RoomEditor} from './elements/room-editor.js';
export type {RoomStage} from './elements/room-stage.js';
export type {RoomUsers} from './elements/room-users.js';
export type {PreJoin} from './elements/pre-join.js';
export type * from './elements/events.js';
export type * from './elements/managing-events.js';
export type * from './elements/devices-event.js';
export type * from './elements/stage-events.js';

// Few pages have these, so they are loaded when a page does.
onDemand('green-room', () => import('./define/green-room.js'));
onDemand('room-editor', () => import('./define/room-editor.js'));
onDemand('room-users', () => import('./define/room-users.js'));
onDemand('pre-join', () => import('./define/pre-join.js'));
onDemand('room-stage', () => import('./define/room-stage.js'));
