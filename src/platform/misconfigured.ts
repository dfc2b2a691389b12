import {RoomsError} from '../rooms/errors.js';

/** The error for an option that is wrong. `desc` says what to do. */
export const misconfigured = (message: string, desc: string, cause?: unknown) =>
  new RoomsError('misconfigured', message, {desc, cause});
