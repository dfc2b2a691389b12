import {GreenRoom} from '../elements/green-room.js';

export {GreenRoom};

// A page may load the same element twice: the first registration stays.
if (!customElements.get('green-room')) customElements.define('green-room', GreenRoom);
