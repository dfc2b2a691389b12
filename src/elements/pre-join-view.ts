import {html, nothing, type TemplateResult} from 'lit';
import type {Capture} from '../controllers/capture.js';
import type {Devices, Kind} from '../controllers/permission.js';
import type {PreparingWords} from '../locales/preparing/preparing.js';
import {initialsOf} from '../rooms/initials.js';
import {icon, ICONS} from './device-icons.js';
import type {PreJoinDevices} from './pre-join-devices.js';

/** What the preview, the note and the level of `<pre-join>` show, and what their controls do. */
export interface PreparingView {
  words: PreparingWords;
  devices: Devices;
  /** What the visitor can show or say something with. */
  kinds: readonly Kind[];
  name: string;
  /** What is loaded once something is turned on, or cannot be. */
  opened: PreJoinDevices | undefined;
  /** Turns something on or off. */
  turn: (work: (capture: Capture) => Promise<void>) => void;
  onTone: () => void;
}

/** The picture of the visitor, or their initials, with the buttons on it. The box never changes its size. */
export function renderPreview(view: PreparingView): TemplateResult {
  const {words, devices, kinds, name, turn} = view;
  const isOn = devices.isOn('camera');
  const isMirrored = isOn && devices.facing !== 'environment';
  const isBusy = devices.waiting.length > 0;
  const all = kinds.length > 1 ? 'both' : kinds[0]!;
  return html`<div part="preview">
    ${
      devices.asked
        ? html`<span class="initials" translate="no" aria-hidden="true" .textContent=${initialsOf(name)}></span>`
        : html`<button
            part="start"
            @click=${() => turn(capture => capture.open(kinds))}
            .textContent=${words.turnOn[all]}
          ></button>`
    }
    <video
      part="video"
      class=${isMirrored ? 'mirrored' : ''}
      ?hidden=${!isOn}
      .muted=${true}
      autoplay
      playsinline
      aria-hidden="true"
    ></video>
    <span class="tag" .textContent=${isMirrored ? words.mirrored : words.onlyYou}></span>
    ${canFlip(devices) ? renderFlip(view, isBusy) : nothing}
    <div class="tools">${kinds.toReversed().map(kind => renderToggle(kind, view, isBusy))}</div>
  </div>`;
}

function renderToggle(kind: Kind, {words, devices, kinds, turn}: PreparingView, isBusy: boolean) {
  const isOn = devices.isOn(kind);
  const [off, on] = kind === 'camera' ? [words.startVideo, words.stopVideo] : [words.unmute, words.mute];
  // Both labels share one cell, so the button has the size of the larger one.
  return html`<button
    part=${kind}
    class="tool ${isOn ? '' : 'off'}"
    aria-disabled=${isBusy}
    aria-busy=${devices.waiting.includes(kind)}
    @click=${() => isBusy || turn(capture => capture.toggle(kind, kinds))}
  >
    ${icon(ICONS[kind], !isOn)}
    <span class="both"
      ><span class=${isOn ? 'behind' : ''} .textContent=${off}></span
      ><span class=${isOn ? '' : 'behind'} .textContent=${on}></span
    ></span>
  </button>`;
}

const renderFlip = ({words, turn}: PreparingView, isBusy: boolean) =>
  html`<button
    part="flip"
    class="tool"
    aria-disabled=${isBusy}
    @click=${() => isBusy || turn(capture => capture.flip())}
  >
    ${icon(ICONS.flip)}<span .textContent=${words.flip}></span>
  </button>`;

/** Phones and tablets have a camera on each side. */
const canFlip = (devices: Devices) =>
  devices.isOn('camera') && devices.of('videoinput').length > 1 && matchMedia('(pointer: coarse)').matches;

/** What is on below the preview, or why something is not. Without a trouble, that nobody sees or hears the visitor yet. */
export function renderNote({words, devices, kinds, opened, turn}: PreparingView): TemplateResult {
  const {waiting, stream} = devices;
  const wrong = opened?.trouble?.render(opened.capture, kinds, words, which => turn(capture => capture.open(which)));
  const rest = waiting.length ? words.asking : `${words.quiet} ${stream ? '' : words.without}`;
  return html`<div part="note ${wrong ? 'trouble' : ''}">
    <div role="status">
      ${
        // Two templates, since a line that is kept and moves down counts as a layout shift.
        wrong?.said ?? html`<p .textContent=${rest}></p>`
      }
    </div>
    ${wrong?.actions ?? nothing}
  </div>`;
}

/** How loud the microphone is, and a button to hear the speaker. */
export function renderLevel({words, devices, kinds, opened, onTone}: PreparingView): TemplateResult {
  const isOn = devices.isOn('microphone');
  const said = isOn ? (opened?.heard ? words.heard : words.speak) : words.muted;
  // All sentences share one cell, so the line has the size of the longest.
  const sentences = [words.muted, words.speak, words.heard].map(
    each => html`<span class=${each === said ? '' : 'behind'} .textContent=${each}></span>`,
  );
  const hasLevel = kinds.includes('microphone');
  return html`<div class="hearing">
    ${
      hasLevel
        ? html`<span part="level"
              ><meter class="unseen" max="12" aria-label=${words.level}></meter
              ><svg viewBox="0 0 108 16" aria-hidden="true">
                <line x1="2" x2="106" y1="8" y2="8" />
                <line x1="2" x2="2" y1="8" y2="8" /></svg></span
            ><span class="said below">${sentences}</span>`
        : nothing
    }
    <button part="tone" class="quiet" aria-disabled=${opened?.isPlaying ?? false} @click=${onTone}>
      ${icon(ICONS.speaker)}<span .textContent=${words.playTone}></span>
    </button>
  </div>`;
}
