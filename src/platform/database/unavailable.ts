import {RoomsError} from '../../rooms/errors.js';
import {errorOf} from '../../rooms/results.js';

/**
 * The database can do nothing for a call right now. If the call was to change something, nobody knows whether it did. It is
 * answered with 503 and the time to try again.
 */
export class Unavailable extends RoomsError {
  private constructor(result: number, retryAfter: number, desc: string, cause: unknown) {
    const {code, message} = errorOf(result);
    super(code, message, {result, status: 503, retryAfter, desc, cause});
  }

  /** For everybody: it is away, full, or only reads. */
  static away(cause: unknown) {
    return new Unavailable(19014, 2, 'Its database is away. Send the request again.', cause);
  }

  /**
   * For this call: somebody else holds for too long what it needs, such as a room. It is no `platform_down`, so that proxies
   * do not pause all calls.
   */
  static busy(cause?: unknown) {
    return new Unavailable(19016, 1, 'The room was busy for too long. Send the request again.', cause);
  }
}
