import {RoomEditor} from '../elements/room-editor.js';

export {RoomEditor};

// A page may load the same element twice: the first registration stays.
if (!customElements.get('room-editor')) customElements.define('room-editor', RoomEditor);
