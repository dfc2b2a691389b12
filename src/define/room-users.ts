import {RoomUsers} from '../elements/room-users.js';

export {RoomUsers};

// A page may load the same element twice: the first registration stays.
if (!customElements.get('room-users')) customElements.define('room-users', RoomUsers);
