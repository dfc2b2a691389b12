import {RoomStage} from '../elements/room-stage.js';

export {RoomStage};

// A page may load the same element twice: the first registration stays.
if (!customElements.get('room-stage')) customElements.define('room-stage', RoomStage);
