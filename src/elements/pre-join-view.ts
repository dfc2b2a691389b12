import {html, nothing, svg, type TemplateResult} from 'lit';
import {live} from 'lit/directives/live.js';
import type {Capture} from '../controllers/capture.js';
import type {Kind, Trouble} from '../controllers/permission.js';
import type {PreparingWords} from '../locales/preparing/preparing.js';

/** What the preview, the menus and the level of `<pre-join>` show, and what their controls do. */
export interface PreparingView {
  words: PreparingWords;
  capture: Capture;
  /** What the visitor can show or say something with. */
  kinds: readonly Kind[];
  name: string;
  /** The id of the speaker; empty: the system's. */
  output: string;
  /** Whether a voice was heard. */
  heard: boolean;
  copied: boolean;
  isPlaying: boolean;
  onStart: () => void;
  onToggle: (kind: Kind) => void;
  onRetry: (kinds: Kind[]) => void;
  onFlip: () => void;
  onChoose: (kind: Kind, id: string) => void;
  onSpeaker: (id: string | undefined) => void;
  onTone: () => void;
  onCopy: () => void;
}

const INPUT = {camera: 'videoinput', microphone: 'audioinput'} as const;

/** Drawings on a grid of 20. */
const ICONS = {
  microphone:
    'M10 2.5a2.5 2.5 0 0 0-2.5 2.5v4.500a2.5 2.5 0 0 0 5 0V5A2.5 2.5 0 0 0 10 2.500M4.5 9.500a5.5 5.5 0 0 0 11 0M10 15v2.500',
  camera:
    'M5 5h5.500A2.5 2.5 0 0 1 13 7.500v5a2.5 2.5 0 0 1-2.5 2.500H5a2.5 2.5 0 0 1-2.5-2.500v-5A2.5 2.5 0 0 1 5 5M13 9l4.5-2.500v7L13 11',
  speaker: 'M3 8v4h3l4 3.500v-11L6 8zM13 7.500a3.5 3.5 0 0 1 0 5M15.2 5a7 7 0 0 1 0 10',
  flip: 'M16.5 10A6.5 6.5 0 0 1 5 14.200M3.5 10A6.5 6.5 0 0 1 15 5.800M15.5 2.500v3.500H12M4.5 17.500V14H8',
};

const STRIKE = 'M3 3l14 14';

const icon = (name: keyof typeof ICONS, isOff = false) =>
  html`<svg viewBox="0 0 20 20" aria-hidden="true">
    <path d=${ICONS[name]} />
    ${isOff ? svg`<path d=${STRIKE} />` : nothing}
  </svg>`;

/** The first letters of the first and the last word of a name. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return ends
    .map(([...letters]) => letters[0])
    .join('')
    .toUpperCase();
}

/** The picture of the visitor, or their initials, with the buttons on it. The box never changes its size. */
export function renderPreview(view: PreparingView): TemplateResult {
  const {words, capture, kinds, name, onStart} = view;
  const isOn = capture.isOn('camera');
  const isMirrored = isOn && capture.facing !== 'environment';
  const isBusy = capture.waiting.length > 0;
  const all = kinds.length > 1 ? 'both' : kinds[0]!;
  return html`<div part="preview">
    <span class="initials" translate="no" aria-hidden="true" .textContent=${initialsOf(name)}></span>
    <video
      part="video"
      class=${isMirrored ? 'mirrored' : ''}
      ?hidden=${!isOn}
      .muted=${true}
      autoplay
      playsinline
      disablepictureinpicture
      aria-hidden="true"
    ></video>
    <span class="tag" .textContent=${isMirrored ? words.mirrored : words.onlyYou}></span>
    ${
      capture.asked || capture.stream
        ? nothing
        : html`<button part="start" @click=${onStart} .textContent=${words.turnOn[all]}></button>`
    }
    <div class="tools">
      ${kinds.toReversed().map(kind => renderToggle(kind, view, isBusy))}
      ${canFlip(capture) ? renderFlip(view, isBusy) : nothing}
    </div>
  </div>`;
}

function renderToggle(kind: Kind, {words, capture, onToggle}: PreparingView, isBusy: boolean) {
  const isOn = capture.isOn(kind);
  const [off, on] = kind === 'camera' ? [words.startVideo, words.stopVideo] : [words.unmute, words.mute];
  // Both labels share one cell, so the button has the size of the larger one.
  return html`<button
    part=${kind}
    class="tool ${isOn ? '' : 'off'}"
    aria-disabled=${isBusy}
    aria-busy=${capture.waiting.includes(kind)}
    @click=${() => isBusy || onToggle(kind)}
  >
    ${icon(kind, !isOn)}
    <span class="both"
      ><span class=${isOn ? 'behind' : ''} .textContent=${off}></span
      ><span class=${isOn ? '' : 'behind'} .textContent=${on}></span
    ></span>
  </button>`;
}

const renderFlip = ({words, onFlip}: PreparingView, isBusy: boolean) =>
  html`<button part="flip" class="tool" aria-disabled=${isBusy} @click=${() => isBusy || onFlip()}>
    ${icon('flip')}<span .textContent=${words.flip}></span>
  </button>`;

/** Phones and tablets have a camera on each side. */
const canFlip = (capture: Capture) =>
  capture.isOn('camera') && capture.lists.of('videoinput').length > 1 && matchMedia('(pointer: coarse)').matches;

/** Troubles after which a new try can help, and those where another browser can. */
const RETRIED = /^(denied|dismissed|refused|refusedInFrame|inUse|failed|unplugged|silent|slow)$/;
const ELSEWHERE = /^(unsupported|slow|refusedInFrame)$/;

/** Why something is not on; without a trouble, that nobody sees or hears the visitor yet. */
export function renderNote({words, capture, kinds, copied, onRetry, onCopy}: PreparingView): TemplateResult {
  const {troubles, waiting} = capture;
  const troubled = kinds.filter(kind => troubles[kind]);
  const [first, second] = troubled.map(kind => troubles[kind]!);
  const said: [label: string, trouble: Trouble][] =
    first && first === second ? [[words.both, first]] : troubled.map(kind => [words[kind], troubles[kind]!]);
  const has = (which: RegExp) => said.some(([, trouble]) => which.test(trouble));
  const canCopy = has(ELSEWHERE) && 'clipboard' in navigator;
  const rest = waiting.length
    ? words.asking
    : copied
      ? words.copied
      : `${said.length ? '' : `${words.quiet} `}${capture.stream ? '' : words.without}`;
  return html`<div part="note ${said.length ? 'trouble' : ''}">
    <div role="status">
      ${said.map(
        ([label, trouble]) =>
          html`<p><b .textContent=${label}></b> <span .textContent=${words.troubles[trouble]}></span></p>`,
      )}
      <p .textContent=${rest}></p>
    </div>
    ${
      has(RETRIED) && !waiting.length
        ? html`<button
            part="action"
            class="quiet"
            @click=${() => onRetry(troubled)}
            .textContent=${words.retry}
          ></button>`
        : nothing
    }
    ${
      canCopy
        ? html`<button part="action" class="quiet" @click=${onCopy} .textContent=${words.copyLink}></button>`
        : nothing
    }
  </div>`;
}

/** The menus of devices. They are there from the start, so nothing moves when the devices get their names. */
export function renderMenus(
  view: Pick<PreparingView, 'words' | 'capture' | 'kinds' | 'output' | 'onChoose' | 'onSpeaker'>,
): TemplateResult {
  const {words, capture, kinds, output, onChoose, onSpeaker} = view;
  const menus = kinds.map(kind => {
    const id = capture.track(kind)?.getSettings().deviceId ?? capture.wanted[kind] ?? '';
    const isBusy = capture.waiting.length > 0;
    return renderMenu(kind, capture.lists.of(INPUT[kind]), id, words, isBusy, id => onChoose(kind, id));
  });
  const outputs = capture.lists.of('audiooutput');
  return html`<div class="menus">
    ${menus.toReversed()}
    ${
      !CHOOSES_SPEAKER
        ? nothing
        : ASKS_FOR_SPEAKER && !outputs.length
          ? html`<button
              part="menu"
              class="quiet"
              @click=${() => onSpeaker(undefined)}
              .textContent=${words.chooseSpeaker}
            ></button>`
          : renderMenu('speaker', outputs, output, words, false, onSpeaker)
    }
  </div>`;
}

/**
 * Whether the page can choose the speaker. Safari alone has gesture events; its `setSinkId` does not yet do all that it says,
 * so nothing is offered there.
 */
const CHOOSES_SPEAKER =
  'setSinkId' in (globalThis.HTMLMediaElement?.prototype ?? {}) && !('GestureEvent' in globalThis);
/** Firefox gives an output only after it has asked by itself. */
const ASKS_FOR_SPEAKER = 'selectAudioOutput' in (globalThis.navigator?.mediaDevices ?? {});

function renderMenu(
  name: Kind | 'speaker',
  devices: MediaDeviceInfo[],
  id: string,
  words: PreparingWords,
  isBusy: boolean,
  choose: (id: string) => void,
) {
  const isKnown = devices.some(({deviceId}) => deviceId === (id || 'default'));
  return html`<div class="field">
    ${icon(name)}
    <select
      part="menu"
      aria-label=${words[name]}
      ?disabled=${!devices.length || isBusy}
      @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}
    >
      ${isKnown ? nothing : html`<option value="" .selected=${live(true)} .textContent=${words.systemDefault}></option>`}
      ${devices.map(({deviceId, label}) =>
        deviceId === 'default'
          ? html`<option
              value="default"
              .selected=${live(id === '' || id === 'default')}
              .textContent=${words.systemDefault}
            ></option>`
          : html`<option
              value=${deviceId}
              translate="no"
              .selected=${live(deviceId === id)}
              .textContent=${label}
            ></option>`,
      )}
    </select>
  </div>`;
}

/** How many bars the level has, and how far apart they are. */
export const BARS = 12;
export const PITCH = 9;

/** How loud the microphone is, and a button to hear the speaker. */
export function renderLevel({words, capture, kinds, heard, isPlaying, onTone}: PreparingView): TemplateResult {
  const isOn = capture.isOn('microphone');
  const said = isOn ? (heard ? words.heard : words.speak) : words.muted;
  const hasLevel = kinds.includes('microphone');
  return html`<div class="hearing">
    ${
      hasLevel
        ? html`<span part="level"
              ><meter class="unseen" max=${BARS} aria-label=${words.level}></meter
              ><svg viewBox="0 0 108 16" aria-hidden="true">
                <line x1="2" x2="106" y1="8" y2="8" />
                <line x1="2" x2="2" y1="8" y2="8" /></svg></span
            ><span class="said" .textContent=${said}></span>`
        : nothing
    }
    <button part="tone" class="quiet" aria-disabled=${isPlaying} @click=${() => isPlaying || onTone()}>
      ${icon('speaker')}<span .textContent=${words.playTone}></span>
    </button>
  </div>`;
}

/** Lets the browser ask which speaker to use, where it insists on that. Throws if the person closes its question. */
export async function askForSpeaker(page: Document): Promise<string> {
  const media = page.defaultView!.navigator.mediaDevices as MediaDevices & {
    selectAudioOutput(): Promise<MediaDeviceInfo>;
  };
  return (await media.selectAudioOutput()).deviceId;
}
