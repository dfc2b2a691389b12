import {create, type, type Infer} from 'superstruct';
import {recall, remember} from '../controllers/storage.js';
import {Flag, isObject, lenient, Text} from '../rooms/values.js';

/** What `<pre-join>` remembers of a visitor: the name, the ids of the devices, and what was turned off. */
const Remembered = type({
  name: lenient(Text),
  camera: lenient(Text),
  microphone: lenient(Text),
  speaker: lenient(Text),
  cameraOff: lenient(Flag),
  microphoneOff: lenient(Flag),
});
export type Remembered = Infer<typeof Remembered>;

const NAME = 'visitor';

/** Other scripts of the page may have written anything there, so it is checked. */
export function recallVisitor(): Remembered {
  const value = recall(NAME);
  return create(isObject(value) ? value : {}, Remembered);
}

/** Remembers more, beside what is remembered already. */
export const rememberVisitor = (more: Remembered) => remember(NAME, {...recallVisitor(), ...more});
