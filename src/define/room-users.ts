import {RoomUsers} from '../elements/room-users.js';

export {RoomUsers};

// The first to come stays: a page may load the same element twice.
if (!customElements.get('room-users')) customElements.define('room-users', RoomUsers);
