import './join-button.js';
import './room-picker.js';
import {GreenRoom} from '../elements/green-room.js';
import {onDemand} from '../elements/on-demand.js';

export {GreenRoom};

// Parts of the way that a visitor may not need.
onDemand('pre-join', () => import('./pre-join.js'));
onDemand('room-stage', () => import('./room-stage.js'));

// A page may load the same element twice: the first registration stays.
if (!customElements.get('green-room')) customElements.define('green-room', GreenRoom);
