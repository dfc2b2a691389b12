import type {Words} from '../locales/joining/joining.js';
import type {Room} from '../rooms/room.js';
import {isBusy, type JoinState} from './join-state.js';

/** What the words of a `<join-button>` depend on. `now`: epoch ms by the server's clock. */
export interface Scene {
  state: JoinState;
  room: Room | undefined;
  /** The room of the last token. */
  entered: Room | undefined;
  /** The role to join in. */
  role: string;
  now: number;
}

/** The text of the button. */
export function labelOf(words: Words, {state, room, entered, role}: Scene): string {
  if (state.status === 'joined') return words.leave;
  // Another room may have been chosen during the call.
  const isBack = (entered ?? room)?.room_id === room?.room_id;
  if (state.status === 'idle' && state.remark === 'left' && isBack) return words.joinAgain;
  // Moderators let others in, and an audience is not let in at all.
  return room?.settings.knock && /^(participant|viewer|)$/.test(role) ? words.ask : words.join;
}

/** The sentence below the button until `JoinStatus` is there, which knows them all. */
export const plainSentence = (words: Words, {state}: Scene): string =>
  isBusy(state) ? words.joining : state.status === 'failed' ? words.failed : '';
