import {RoomEditor} from '../elements/room-editor.js';

export {RoomEditor};

// The first to come stays: a page may load the same element twice.
if (!customElements.get('room-editor')) customElements.define('room-editor', RoomEditor);
