import {RoomsError} from '../rooms/errors.js';

/** The error for an option that is wrong. `sentence` says what it must be; it never quotes a secret. */
export const wrong = (key: string, sentence: string) => new RoomsError('misconfigured', sentence, {key});
