import {html, nothing} from 'lit';
import type {RoomsError} from '../rooms/errors.js';

/** The place for the page's own link to its login, shown beside a failure that signing in can mend. */
export const renderSignIn = (error: RoomsError | false | undefined) =>
  error && /^(signed_out|unauthorized)$/.test(error.code) ? html`<slot name="sign-in"></slot>` : nothing;
