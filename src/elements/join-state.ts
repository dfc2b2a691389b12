import type {RoomsError} from '../rooms/errors.js';
import {joinWindow} from '../rooms/times.js';
import type {Room} from '../rooms/room.js';

/** A sentence below a button that can be pressed. */
type Remark = 'chooseFirst' | 'opened' | 'joined' | 'left' | 'retry' | 'backOnline';

/** The state of a `<join-button>`. `until`: when the state ends by itself, in epoch ms by the server's clock. */
export type JoinState =
  | {status: 'idle'; remark?: Remark; until?: number}
  /** The visitor has to give a name. `fault`: what is wrong with the present one. */
  | {status: 'asking'; fault?: 'missing' | 'invalid' | undefined; until?: undefined}
  /**
   * The room is not open yet. With `refused` the time comes from the answer to a request, which is more exact than the
   * room's own settings. `said`: the wait that was last announced, in ms.
   */
  | {status: 'waiting'; until: number; refused?: boolean; said: number}
  | {status: 'requesting'; taken?: undefined; until?: undefined}
  /** The token was handed over. `taken`: the page has read it. */
  | {status: 'done'; taken?: boolean; until?: undefined}
  /** The page says that the visitor is in the call. `since`: by `performance.now()`. */
  | {status: 'joined'; since: number; until?: undefined}
  | {status: 'failed'; error: RoomsError; until?: number};

const MINUTE = 60_000;

/** The waits that are announced again, in ms before the room opens. */
const MARKS = [10 * MINUTE, 5 * MINUTE, MINUTE, MINUTE / 2];

export const isBusy = (state: JoinState): state is Extract<JoinState, {status: 'requesting' | 'done'}> =>
  state.status === 'requesting' || state.status === 'done';

/** The name of a state for styles: `:state(busy)`. */
export const cssState = (state: JoinState) => {
  if (state.status === 'idle' && state.remark === 'joined') return 'done';
  return state.status === 'requesting' ? 'busy' : state.status;
};

/** Time until the button can be pressed, in ms; 0 if it can be pressed or the time is unknown. */
export const waitOf = ({status, until = 0}: JoinState, now: number) =>
  status === 'idle' ? 0 : Math.max(until - now, 0);

/** The next state, given the time and what is known about the room. */
export function settled(state: JoinState, room: Room | undefined, now: number): JoinState {
  const {status, until = 0} = state;
  if (isBusy(state) || status === 'joined') return state;
  const waits = status === 'waiting' && state;
  // While its picker loads again the room is unknown, and the time known before stays.
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
