import type {PreparingWords} from '../locales/preparing/preparing.js';
import type {Room} from '../rooms/room.js';

export type Fact = keyof PreparingWords['facts'];

/** Whether somebody in this role sends neither picture nor sound. */
export const watches = (role: string) => role === 'viewer' || role === 'audience';

/** What will happen to somebody who joins a room in a role; without a role, as a participant. */
export function factsOf(room: Room | undefined, role: string): Fact[] {
  const {knock, wait_for_moderator, auto_recording, live_recording, mode} = room?.settings ?? {};
  const isModerator = role === 'moderator';
  const isBroadcast = typeof live_recording === 'object' ? live_recording.auto_recording : live_recording;
  const facts: [Fact, unknown][] = [
    ['knock', knock === true && !isModerator && role !== 'audience'],
    ['wait', wait_for_moderator === true && !isModerator],
    ['watch', watches(role)],
    ['lecture', mode === 'lecture' && !isModerator && !watches(role)],
    ['recorded', auto_recording === true || isBroadcast === true],
  ];
  return facts.flatMap(([fact, holds]) => (holds ? [fact] : []));
}
