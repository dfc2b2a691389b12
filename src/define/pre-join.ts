import {PreJoin} from '../elements/pre-join.js';

export {PreJoin};

// A page may load the same element twice: the first registration stays.
if (!customElements.get('pre-join')) customElements.define('pre-join', PreJoin);
