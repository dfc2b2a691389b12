import {html, nothing, type TemplateResult} from 'lit';
import {INPUT, type Devices, type Kind} from '../controllers/permission.js';
import type {PreparingWords} from '../locales/preparing/preparing.js';
import {icon, ICONS} from './device-icons.js';

/** What the menus of devices show, and what choosing does. */
export interface MenusView {
  words: PreparingWords;
  devices: Devices;
  /** What the visitor can show or say something with. */
  kinds: readonly Kind[];
  /** The id of the speaker; empty: the system's. */
  speaker: string;
  onChoose: (kind: Kind, id: string) => void;
  /** Without an id, the browser asks which one. */
  onSpeaker: (id?: string) => void;
}

/** The menus of devices. They are there from the start, so nothing moves when the devices get their names. */
export function renderMenus({words, devices, kinds, speaker, onChoose, onSpeaker}: MenusView): TemplateResult {
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
              @click=${() => onSpeaker()}
              .textContent=${words.chooseSpeaker}
            ></button>`
          : renderMenu('speaker', outputs, speaker, words, false, onSpeaker)
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
    ${icon(ICONS[name])}
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
