import type {Language} from '../controllers/language.js';
import type {Room} from '../rooms/room.js';
import {isoTime, roomPhase} from '../rooms/times.js';
import type {JoinState} from './join-state.js';

/** What the words of a `<join-button>` depend on. `now`: epoch ms by the server's clock. */
interface Scene {
  state: JoinState;
  room: Room | undefined;
  /** The room of the last token. */
  entered: Room | undefined;
  /** The role to join in. */
  role: string;
  now: number;
}

/** The text of the button. */
export function labelOf({words}: Language, {state, room, entered, role}: Scene): string {
  if (state.status === 'joined') return words.leave;
  // Another room may have been chosen during the call.
  const isBack = (entered ?? room)?.room_id === room?.room_id;
  if (state.status === 'idle' && state.remark === 'left' && isBack) return words.joinAgain;
  // Moderators let others in, and an audience is not let in at all.
  return room?.settings.knock && /^(participant|viewer|)$/.test(role) ? words.ask : words.join;
}

/** Why the visitor has to wait. Only visible, not announced: the wait itself is announced. */
export function reasonOf(language: Language, {state, now}: Scene): string {
  const {words} = language;
  return state.status === 'failed'
    ? words.failures[state.error.code]
    : `${words.opens(language.time(state.until!, now))}\n${words.opensByItself}`;
}

/** The announced sentence. It does not contain the countdown, so it is read only when something changes. */
export function sentenceOf(language: Language, {state, room, now}: Scene): string {
  const {words} = language;
  switch (state.status) {
    case 'waiting':
      return words.opensIn(language.wait(state.said));
    case 'asking':
      return state.fault ? words.nameFaults[state.fault] : '';
    case 'requesting':
      return words.joining;
    case 'done':
      return state.taken ? words.joined : words.joining;
    case 'joined':
      return words.inCall;
    case 'failed': {
      const {code, retryAfter} = state.error;
      return code === 'rate_limited' && retryAfter ? words.waitSeconds(retryAfter) : words.failures[code];
    }
    default:
      if (room && roomPhase(room, now) === 'over') return words.failures.over;
      return state.remark ? words[state.remark] : '';
  }
}

/** The time left as a clock, `00:04:05`; empty for a day or more. */
export const countdown = (ms: number) => (ms < 86_400_000 ? isoTime(ms + 999).slice(11) : '');
