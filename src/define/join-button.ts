import {JoinButton} from '../elements/join-button.js';

export {JoinButton};

// A page may load the same element twice: the first registration stays.
if (!customElements.get('join-button')) customElements.define('join-button', JoinButton);
