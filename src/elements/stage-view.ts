import type {Capture} from '../controllers/capture.js';
import type {Kind} from '../controllers/permission.js';
import type {CallingWords} from '../locales/calling/calling.js';
import type {PreparingWords} from '../locales/preparing/preparing.js';
import type {TokenDetail} from '../rooms/token-detail.js';
import type {Call, Person} from '../stage/call.js';

/** What the pieces of a `<room-stage>` show while one is in, and what their controls do. */
export interface StageView {
  words: CallingWords;
  preparing: PreparingWords;
  detail: TokenDetail;
  call: Call;
  capture: Capture;
  /** What the person may send now. */
  kinds: readonly Kind[];
  /** Whether you speak, by the level of the microphone. */
  isSpeaking: boolean;
  isSharing: boolean;
  /** Whether the devices are shown. */
  isOpen: boolean;
  /** The connection broke a while ago. */
  isBroken: boolean;
  /** The browser plays no sound before a press. */
  isSilent: boolean;
  /** The browser cannot play the broadcast. */
  isUnplayable: boolean;
  /** The id of the speaker; empty: the system's. */
  output: string;
  /** What happens, in a sentence. */
  said: string;
  canShare: boolean;
  canPopOut: boolean;
  onToggle(kind: Kind): void;
  onShare(): void;
  onPopOut(): void;
  onOpen(): void;
  onHear(): void;
  onUnplayable(): void;
  onLeave(): void;
  onEnd(): void;
  onChoose(kind: Kind, id: string): void;
  onSpeaker(id?: string): void;
  onMute(person: Person): void;
}
