import type {Load} from '../controllers/load.js';
import type {ManagingWords} from '../locales/managing/managing.js';
import type {TellingWords} from '../locales/telling/telling.js';
import type {RoomsError} from '../rooms/errors.js';
import type {Room} from '../rooms/room.js';
import {failureOf} from './room-form.js';
import type {Writing} from './room-write.js';

/** The state of a `<room-editor>` beside what it loads and writes. */
export type EditorState =
  | {status: 'editing'}
  /** Submitted with `count` wrong fields; nothing was requested. */
  | {status: 'wrong'; count: number}
  | {status: 'done'; say: (words: ManagingWords) => string; made?: Room}
  | {status: 'deleted'; name: string};

/** What the sentences of a `<room-editor>` depend on. */
interface Scene {
  words: ManagingWords;
  failures: TellingWords['failures'];
  state: EditorState;
  loaded: Load<Room>;
  writing: Writing;
  /** `gone`: the room cannot be shown, because it was deleted or could not be loaded. */
  phase: 'ready' | 'loading' | 'gone';
  /** Whether the platform refused a field of the form, which says so itself. */
  isFieldRefused: boolean;
  tooLate: boolean;
}

/** The message below the form or instead of it; empty if there is nothing to say. */
export function messageOf({words, failures, state, loaded, writing, phase, isFieldRefused, tooLate}: Scene): string {
  const failure = ({code}: RoomsError) => failureOf(code, words) ?? failures[code];
  if (state.status === 'deleted') return words.deleted(state.name);
  if (phase === 'loading') return words.loading;
  if (phase === 'gone') return loaded.status === 'failed' ? failure(loaded.error) : '';
  if (writing.status === 'failed') return isFieldRefused ? words.faultCount(1) : failure(writing.error);
  if (state.status === 'wrong') return words.faultCount(state.count);
  if (state.status === 'done') return state.say(words);
  return tooLate ? words.faults.tooLate : '';
}
