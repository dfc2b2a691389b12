import {html, type TemplateResult} from 'lit';
import type {Language} from '../controllers/language.js';
import type {CallingWords} from '../locales/calling/calling.js';
import type {EnteringWords} from '../locales/entering/entering.js';
import {sayTime} from '../locales/time.js';
import type {Room} from '../rooms/room.js';
import {joinWindow, roomPhase} from '../rooms/times.js';
import type {EndReason} from '../stage/call.js';

/** Where a visitor is on the way in. */
export type Step = 'pick' | 'prepare' | 'call' | 'left';

type Lamp = 'live' | 'open' | 'soon' | 'over' | 'none';

/** What the lamp at the door shows: each has a shape of its own, besides its colour. */
export function lampOf(room: Room | undefined, now: number): Lamp {
  if (!room) return 'none';
  const phase = roomPhase(room, now);
  if (phase === 'early') return 'soon';
  if (phase === 'over') return 'over';
  return room.isRoomActive ? 'live' : 'open';
}

/** What the door shows. */
export interface DoorView {
  step: Step;
  room: Room | undefined;
  /** Why the call ended, after one. */
  reason: EndReason;
  /** The server's time in epoch ms. */
  now: number;
  language: Language;
  words: EnteringWords;
  calling: CallingWords;
}

/** The head of the door: the lamp, the room, and what the visitor should know of it. */
export function renderDoor({step, room, reason, now, language, words, calling}: DoorView): TemplateResult {
  const lamp = lampOf(room, now);
  const hasLeft = step === 'left';
  const title = hasLeft ? calling.ends[reason] : (room?.name ?? words.choose);
  const more = hasLeft ? calling.endsMore[reason] : descriptionOf(room);
  const state = stateOf(lamp, room, now, language);
  return html`<header part="door" class=${lamp}>
    <p part="state">
      <span class="lamp" aria-hidden="true"></span
      ><span .textContent=${hasLeft && room ? `${room.name}${state && ` · ${state}`}` : state}></span>
    </p>
    <h2 part="title" tabindex="-1" aria-describedby="step"><bdi .textContent=${title}></bdi></h2>
    <p class="unseen" id="step" .textContent=${words.steps[step]}></p>
    <p part="description"><bdi .textContent=${more}></bdi></p>
  </header>`;
}

/** Whether people are in, or when the room opens. */
function stateOf(lamp: Lamp, room: Room | undefined, now: number, language: Language): string {
  const {words} = language;
  switch (lamp) {
    case 'none':
      return '';
    case 'soon':
      return words.opens(sayTime(language.tag, joinWindow(room!)!.opensAt, now));
    case 'live':
      return words.inside();
    case 'over':
      return words.over;
    default:
      return words.groups.open;
  }
}

function descriptionOf(room: Room | undefined): string {
  return room?.settings.description ?? '';
}
