import {html, nothing, svg, type TemplateResult} from 'lit';
import {INPUT, type Devices, type Kind, type Trouble} from '../controllers/permission.js';
import type {PreparingWords} from '../locales/preparing/preparing.js';
import {initialsOf} from '../rooms/initials.js';

/** What the preview, the menus and the level of `<pre-join>` show, and what their controls do. */
export interface PreparingView {
  words: PreparingWords;
  /** Why a device is not used; undefined while the words load, and empty if they cannot be loaded. */
  reasons: Partial<Record<Trouble, string>> | undefined;
  devices: Devices;
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

/** Drawings on a grid of 20. */
const ICONS = {
  microphone: 'M10 3a2 2 0 0 0-2 2v5a2 2 0 0 0 4 0V5a2 2 0 0 0-2-2M5 10a5 5 0 0 0 10 0M10 15v3',
  camera: 'M5 5h6a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2M13 9l4-2v6l-4-2',
  speaker: 'M3 8v4h3l4 3V5L6 8zM13 7a4 4 0 0 1 0 6M15 5a7 7 0 0 1 0 10',
  flip: 'M4 10a6 6 0 0 1 11-3V3m0 4h-4M16 10a6 6 0 0 1-11 3v4m0-4h4',
};

const STRIKE = 'M3 3l14 14';

const icon = (name: keyof typeof ICONS, isOff = false) =>
  html`<svg viewBox="0 0 20 20" aria-hidden="true">
    <path d=${ICONS[name]} />
    ${isOff ? svg`<path d=${STRIKE} />` : nothing}
  </svg>`;

/** The picture of the visitor, or their initials, with the buttons on it. The box never changes its size. */
export function renderPreview(view: PreparingView): TemplateResult {
  const {words, devices, kinds, name, onStart} = view;
  const isOn = devices.isOn('camera');
  const isMirrored = isOn && devices.facing !== 'environment';
  const isBusy = devices.waiting.length > 0;
  const all = kinds.length > 1 ? 'both' : kinds[0]!;
  return html`<div part="preview">
    ${
      devices.asked
        ? html`<span class="initials" translate="no" aria-hidden="true" .textContent=${initialsOf(name)}></span>`
        : html`<button part="start" @click=${onStart} .textContent=${words.turnOn[all]}></button>`
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

function renderToggle(kind: Kind, {words, devices, onToggle}: PreparingView, isBusy: boolean) {
  const isOn = devices.isOn(kind);
  const [off, on] = kind === 'camera' ? [words.startVideo, words.stopVideo] : [words.unmute, words.mute];
  // Both labels share one cell, so the button has the size of the larger one.
  return html`<button
    part=${kind}
    class="tool ${isOn ? '' : 'off'}"
    aria-disabled=${isBusy}
    aria-busy=${devices.waiting.includes(kind)}
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
const canFlip = (devices: Devices) =>
  devices.isOn('camera') && devices.of('videoinput').length > 1 && matchMedia('(pointer: coarse)').matches;

/** Troubles after which a new try can help, and those where another browser can. */
const RETRIED = /^(denied|dismissed|refused|refusedInFrame|inUse|failed|unplugged|silent|slow)$/;
const ELSEWHERE = /^(unsupported|slow|refusedInFrame)$/;

/** Why something is not on; without a trouble, that nobody sees or hears the visitor yet. */
export function renderNote({words, reasons, devices, kinds, copied, onRetry, onCopy}: PreparingView): TemplateResult {
  const {troubles, waiting} = devices;
  const troubled = kinds.filter(kind => reasons && troubles[kind]);
  const [first, second] = troubled.map(kind => troubles[kind]!);
  const said: [label: string, trouble: Trouble][] =
    first && first === second ? [[words.both, first]] : troubled.map(kind => [words[kind], troubles[kind]!]);
  const has = (which: RegExp) => said.some(([, trouble]) => which.test(trouble));
  const canCopy = has(ELSEWHERE) && 'clipboard' in navigator;
  const rest = waiting.length
    ? words.asking
    : copied
      ? words.copied
      : `${said.length ? '' : `${words.quiet} `}${devices.stream ? '' : words.without}`;
  return html`<div part="note ${said.length ? 'trouble' : ''}">
    <div role="status">
      ${
        // Two templates, since a line that is kept and moves down counts as a layout shift.
        said.length
          ? html`${said.map(
                ([label, trouble]) =>
                  html`<p><b .textContent=${label}></b> <span .textContent=${reasons![trouble] ?? ''}></span></p>`,
              )}
              <p .textContent=${rest}></p>`
          : html`<p .textContent=${rest}></p>`
      }
    </div>
    ${
      has(RETRIED)
        ? html`<button
            part="action"
            class="quiet"
            aria-disabled=${waiting.length > 0}
            @click=${() => waiting.length || onRetry(troubled)}
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
  view: Pick<PreparingView, 'words' | 'devices' | 'kinds' | 'output' | 'onChoose' | 'onSpeaker'>,
): TemplateResult {
  const {words, devices, kinds, output, onChoose, onSpeaker} = view;
  const menus = kinds.map(kind => {
    const id = devices.track(kind)?.getSettings().deviceId ?? devices.wanted[kind] ?? '';
    const isBusy = devices.waiting.length > 0;
    return renderMenu(kind, devices.of(INPUT[kind]), id, words, isBusy, id => onChoose(kind, id));
  });
  const outputs = devices.of('audiooutput');
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
  choices: MediaDeviceInfo[],
  id: string,
  words: PreparingWords,
  isBusy: boolean,
  choose: (id: string) => void,
) {
  const isKnown = choices.some(({deviceId}) => deviceId === (id || 'default'));
  return html`<div class="field">
    ${icon(name)}
    <select
      part="menu"
      aria-label=${words[name]}
      ?disabled=${!choices.length || isBusy}
      @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}
    >
      ${isKnown ? nothing : html`<option value="" .selected=${true} .textContent=${words.systemDefault}></option>`}
      ${choices.map(({deviceId, label}) =>
        deviceId === 'default'
          ? html`<option
              value="default"
              .selected=${id === '' || id === 'default'}
              .textContent=${words.systemDefault}
            ></option>`
          : html`<option value=${deviceId} translate="no" .selected=${deviceId === id} .textContent=${label}></option>`,
      )}
    </select>
  </div>`;
}

/** How loud the microphone is, and a button to hear the speaker. */
export function renderLevel({words, devices, kinds, heard, isPlaying, onTone}: PreparingView): TemplateResult {
  const isOn = devices.isOn('microphone');
  const said = isOn ? (heard ? words.heard : words.speak) : words.muted;
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
