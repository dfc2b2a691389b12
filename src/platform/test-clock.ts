import {integer, object, optional, string, union, validate} from 'superstruct';
import {refusal} from '../http/server.js';
import {RoomsError} from '../rooms/errors.js';
import {noRoute, REASON} from '../rooms/results.js';

/** A clock that stands still until a request sets it. For tests. */
export class TestClock {
  /** Epoch ms. */
  now = Date.now();

  /** `GET` returns the time as `{"now"}`. `PUT` sets it, see `SetTime`, and returns the new time. */
  async answer(request: Request): Promise<Response> {
    const {method} = request;
    if (method === 'PUT') {
      const time = this.#timeOf(await request.json().catch(() => undefined));
      if (Number.isNaN(new Date(time).getTime())) {
        const desc = 'Send {"now": ISO 8601 or epoch ms} or {"advance": ms}.';
        return refusal(new RoomsError('invalid', 'This is not a time.', {key: 'now', desc}), REASON);
      }
      this.now = time;
    } else if (method !== 'GET' && method !== 'HEAD') {
      return refusal(noRoute('GET or PUT the time.', 405), REASON);
    }
    return Response.json({now: new Date(this.now).toISOString()}, {headers: {'cache-control': 'no-store'}});
  }

  /** The time that a body asks for, in epoch ms; NaN for any other body. */
  #timeOf(body: unknown): number {
    const [error, wanted] = validate(body, SetTime);
    if (error) return NaN;
    const {now = this.now, advance = 0} = wanted;
    return (typeof now === 'string' ? Date.parse(now) : now) + advance;
  }
}

/** `now` as ISO 8601 or in epoch ms; `advance` in ms. */
const SetTime = object({now: optional(union([string(), integer()])), advance: optional(integer())});
