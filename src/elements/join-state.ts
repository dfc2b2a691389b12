import type {RoomsError} from '../rooms/errors.js';
import {joinWindow} from '../rooms/rules.js';
import type {Room} from '../rooms/schema.js';

/** What stands below a button that can be pressed, for a reason of its own. */
type Remark = 'chooseFirst' | 'opened' | 'joined' | 'retry' | 'backOnline';

/** Where a `<join-button>` is. `until` is when that ends by itself: epoch ms by the server's clock. */
export type JoinState =
  | {status: 'idle'; remark?: Remark; until?: number}
  /**
   * For the room to open: as the room says, or as a `refused` request was told, which knows better. `said` is how long
   * that was to go, in ms, when it was last announced.
   */
  | {status: 'waiting'; until: number; refused?: boolean; said: number}
  | {status: 'requesting'; until?: undefined}
  /** The token was handed over. */
  | {status: 'done'; until?: undefined}
  | {status: 'failed'; error: RoomsError; until?: number};

const MINUTE = 60_000;

/** How long before the room opens this is announced once more, in ms. */
const MARKS = [10 * MINUTE, 5 * MINUTE, MINUTE, MINUTE / 2];

export const isBusy = ({status}: JoinState) => status === 'requesting' || status === 'done';

/** Time until the button can be pressed, in ms; 0 when it can, or nobody knows. */
export const waitOf = ({status, until = 0}: JoinState, now: number) =>
  status === 'idle' ? 0 : Math.max(until - now, 0);

/** Where time, and what is known of the room by now, have brought the button. */
export function settled(state: JoinState, room: Room | undefined, now: number): JoinState {
  const {status, until = 0} = state;
  if (isBusy(state)) return state;
  const waits = status === 'waiting' && state;
  // A room that is not known for the moment, since its picker loads, opens as it would have.
  const opensAt = waits && (waits.refused || !room) ? until : Number(room && joinWindow(room)?.opensAt);
  const said = opensAt - now;
  if (said > 0) {
    const again = !waits || until !== opensAt || MARKS.some(mark => said <= mark && mark < waits.said);
    return again ? {status: 'waiting', until: opensAt, refused: waits && waits.refused, said} : state;
  }
  if (waits) return {status: 'idle', remark: 'opened'};
  if (!until || until > now) return state;
  return {status: 'idle', remark: status === 'failed' ? 'retry' : undefined};
}
