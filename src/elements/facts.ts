import type {PreparingWords} from '../locales/preparing/preparing.js';
import type {Room} from '../rooms/room.js';

export type Fact = keyof PreparingWords['facts'];

/** What will happen to somebody who joins a room in a role; without a role, as a participant. */
export function factsOf(room: Room | undefined, role: string): Fact[] {
  const {knock, wait_for_moderator, auto_recording, live_recording, mode} = room?.settings ?? {};
  const isModerator = role === 'moderator';
  const watches = role === 'viewer' || role === 'audience';
  const isBroadcast = typeof live_recording === 'object' ? live_recording.auto_recording : live_recording;
  const facts: [Fact, unknown][] = [
    ['knock', knock === true && !isModerator && role !== 'audience'],
    ['wait', wait_for_moderator === true && !isModerator],
    ['watch', watches],
    ['lecture', mode === 'lecture' && !isModerator && !watches],
    ['recorded', auto_recording === true || isBroadcast === true],
  ];
  return facts.flatMap(([fact, holds]) => (holds ? [fact] : []));
}
