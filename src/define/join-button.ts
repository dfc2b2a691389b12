import {JoinButton} from '../elements/join-button.js';

export {JoinButton};

// The first to come stays: a page may load the same element twice.
if (!customElements.get('join-button')) customElements.define('join-button', JoinButton);
