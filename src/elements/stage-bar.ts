import {html, nothing, type TemplateResult} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import type {Kind} from '../controllers/permission.js';
import {initialsOf} from '../rooms/initials.js';
import {renderMenus} from './device-menus.js';
import {icon, type Icon} from './stage-icons.js';
import type {StageView} from './stage-view.js';

interface Tool {
  part: string;
  icon: Icon;
  label: string;
  onClick: () => void;
  isOff?: boolean;
  isDisabled?: boolean;
}

const tool = ({part, icon: name, label, onClick, isOff = false, isDisabled = false}: Tool, more = '') =>
  html`<button
    part=${part}
    class="tool ${isOff ? 'off' : ''} ${more}"
    aria-disabled=${isDisabled}
    @click=${() => isDisabled || onClick()}
  >
    ${icon(name, isOff)}<span .textContent=${label}></span>
  </button>`;

/** What a person can do in the call. No tool moves: Mute is first, Leave last, and End for all apart at the far end. */
export function renderBar(view: StageView): TemplateResult {
  const {words, call, isOpen, onOpen, onLeave, onEnd} = view;
  return html`<div part="bar" class="bar" role="toolbar" aria-label=${words.call}>
    ${renderToggle('microphone', view)} ${renderToggle('camera', view)} ${renderExtras(view, 'wide')}
    <button part="devices" class="tool" aria-expanded=${isOpen} aria-controls="panel" @click=${onOpen}>
      ${icon('more')}<span .textContent=${words.more}></span>
    </button>
    ${tool({part: 'leave', icon: 'leave', label: words.leave, onClick: onLeave}, 'leave')}
    ${
      call.moderation?.end
        ? tool({part: 'end', icon: 'end', label: words.endForAll, onClick: onEnd}, 'wide apart')
        : nothing
    }
  </div>`;
}

function renderToggle(kind: Kind, view: StageView) {
  const {words, capture, kinds, onToggle} = view;
  const isOn = capture.isOn(kind);
  const [off, on] = kind === 'camera' ? [words.startVideo, words.stopVideo] : [words.unmute, words.mute];
  const isDisabled = !kinds.includes(kind) || capture.waiting.includes(kind);
  return tool({
    part: kind,
    icon: kind,
    label: isOn ? on : off,
    isOff: !isOn,
    isDisabled,
    onClick: () => onToggle(kind),
  });
}

/** Tools that a narrow stage has among the devices. */
function renderExtras(view: StageView, more: string) {
  const {words, isSharing, canShare, canPopOut, call, onShare, onPopOut} = view;
  const hasVideo = call.others.some(({tracks}) => tracks.camera ?? tracks.screen);
  return html`${
    canShare
      ? tool(
          {
            part: 'share',
            icon: 'share',
            label: isSharing ? words.stopSharing : words.share,
            isDisabled: !call.may.has('screen'),
            onClick: onShare,
          },
          `${more} ${isSharing ? 'pressed' : ''}`,
        )
      : nothing
  }
  ${canPopOut ? tool({part: 'pop-out', icon: 'popOut', label: words.popOut, isDisabled: !hasVideo, onClick: onPopOut}, more) : nothing}`;
}

/** The devices, and what does not fit into the bar of a narrow stage. */
export function renderPanel(view: StageView): TemplateResult {
  const {words, preparing, capture, kinds, isOpen, output, call, onChoose, onSpeaker, onEnd} = view;
  return html`<div part="panel" id="panel" class="float low" ?hidden=${!isOpen}>
    ${renderMenus({words: preparing, devices: capture, kinds, speaker: output, onChoose, onSpeaker})}
    <div class="extras">
      ${renderExtras(view, 'narrow')}
      ${
        call.moderation?.end
          ? tool({part: 'end', icon: 'end', label: words.endForAll, onClick: onEnd}, 'narrow')
          : nothing
      }
    </div>
  </div>`;
}

/** Who asks to come in. It floats, so that no picture moves. */
export function renderKnocking({words, call: {moderation}}: StageView): TemplateResult | typeof nothing {
  const knocking = moderation?.knocking ?? [];
  if (!knocking.length) return nothing;
  return html`<section part="knocking" class="float" aria-labelledby="asking">
    <div class="row">
      <h3 id="asking" .textContent=${words.ask(knocking.length)}></h3>
      ${
        knocking.length > 1 && moderation!.admit
          ? html`<button
              part="admit-all"
              class="go"
              @click=${() => knocking.forEach(({id}) => moderation!.admit!(id))}
              .textContent=${words.admitAll}
            ></button>`
          : nothing
      }
    </div>
    <ul role="list" class=${knocking.length > 1 ? 'several' : ''}>
      ${repeat(
        knocking,
        ({id}) => id,
        ({id, name}) =>
          html`<li class="row">
            <span class="dot" aria-hidden="true" translate="no" .textContent=${initialsOf(name)}></span>
            <span part="knocker" dir="auto" translate="no" .textContent=${name}></span>
            <button
              part="admit"
              class="go"
              aria-label=${words.admitPerson(name)}
              @click=${() => moderation!.admit?.(id)}
              .textContent=${words.admit}
            ></button>
            <button
              part="deny"
              aria-label=${words.denyPerson(name)}
              @click=${() => moderation!.deny?.(id)}
              .textContent=${words.deny}
            ></button>
          </li>`,
      )}
    </ul>
  </section>`;
}
