import {html, nothing, type TemplateResult} from 'lit';
import type {RoomsError} from '../rooms/errors.js';

/** Whether signing in, or signing in again, can mend a failure. */
export const needsSignIn = (error: RoomsError) => /^(signed_out|unauthorized)$/.test(error.code);

/** The place for the page's own link to its login, shown beside a failure that signing in can mend. */
export const renderSignIn = (error: RoomsError | false | undefined): TemplateResult | typeof nothing =>
  error && needsSignIn(error) ? html`<slot name="sign-in"></slot>` : nothing;
