import {RoomPicker} from '../elements/room-picker.js';

export {RoomPicker};

// The first to come stays: a page may load the same element twice.
if (!customElements.get('room-picker')) customElements.define('room-picker', RoomPicker);
