import {RoomPicker} from '../elements/room-picker.js';

export {RoomPicker};

// A page may load the same element twice: the first registration stays.
if (!customElements.get('room-picker')) customElements.define('room-picker', RoomPicker);
