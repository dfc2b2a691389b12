import {html, nothing, type TemplateResult} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import type {CallingWords} from '../locales/calling/calling.js';
import {renderBar, renderKnocking, renderPanel} from './stage-bar.js';
import {failureOf, type Failures} from './stage-failures.js';
import {icon} from './stage-icons.js';
import {renderPeople} from './stage-people.js';
import {broadcastOf, type StageState} from './stage-state.js';
import type {StageView} from './stage-view.js';

/** The call: its heading, the pictures, and what floats above them. */
export function renderCall(view: StageView): TemplateResult {
  const {words, call, detail, said, isBroken, isSilent, onHear} = view;
  const isAudience = detail.participant.role === 'audience';
  return html`<div class="call">
    <div class="head ${isBroken ? 'broken' : ''}">
      <span class="lamp"></span>
      <h2 part="title" id="title" tabindex="-1" dir="auto" translate="no" .textContent=${detail.room.name}></h2>
      ${isAudience ? nothing : html`<span part="count" .textContent=${words.inside(call.others.length + 1)}></span>`}
    </div>
    <div class="floor ${isBroken ? 'broken' : ''}">
      ${isAudience ? renderBroadcast(view) : renderPeople(view)} ${renderKnocking(view)}
      ${
        isSilent
          ? html`<button part="hear" class="go" @click=${onHear}>
              ${icon('sound')}<span .textContent=${words.clickToHear}></span>
            </button>`
          : nothing
      }
    </div>
    <p part="status" aria-hidden="true" .textContent=${said}></p>
    ${renderPanel(view)} ${renderBar(view)}
  </div>`;
}

/** What an audience sees: the broadcast, a link where the browser cannot play it, or that there is none. */
function renderBroadcast({words, detail, isUnplayable, onUnplayable}: StageView) {
  const address = broadcastOf(detail);
  if (!address) return notice(words.audience, words.noBroadcast);
  const plays = !isUnplayable && document.createElement('video').canPlayType('application/vnd.apple.mpegurl');
  return plays
    ? html`<video
        part="video"
        class="broadcast"
        controls
        autoplay
        playsinline
        src=${address}
        aria-label=${words.broadcast}
        @error=${onUnplayable}
      ></video>`
    : notice(
        words.audience,
        words.broadcastElsewhere,
        html`<a
          class="broadcast"
          href=${address}
          target="_blank"
          rel="noopener noreferrer"
          .textContent=${words.openBroadcast}
        ></a>`,
      );
}

export interface PlainView {
  words: CallingWords;
  failures: Failures;
  canRejoin: boolean;
  onLeave(): void;
  onRejoin(): void;
  onBack(): void;
}

/** A notice is made anew when its title changes, so that none of its lines moves. */
const notice = (title: string, more: string, actions: unknown = nothing) =>
  html`${repeat(
    [title],
    each => each,
    () =>
      html`<div part="notice">
        <h2 tabindex="-1" .textContent=${title}></h2>
        <p .textContent=${more}></p>
        ${actions}
      </div>`,
  )}`;

/** A sentence instead of a call: before it, while knocking, after it, and where another client has it. */
export function renderPlain(state: StageState, view: PlainView): TemplateResult {
  const {words, onLeave} = view;
  switch (state.status) {
    case 'joining': {
      const {name} = state.detail.room;
      if (!state.knocks) return notice(words.entering(name), '');
      const stop = html`<button
        part="leave"
        class="leave"
        @click=${onLeave}
        .textContent=${words.stopKnocking}
      ></button>`;
      return notice(words.knocking(name), words.knockingMore, stop);
    }
    case 'framed':
      return html`<slot name="frame"></slot>`;
    case 'elsewhere':
      return notice(words.elsewhere, words.elsewhereMore);
    case 'left':
      return renderLeft(state, view);
    default:
      return html`<slot>${notice(words.idle, words.idleMore)}</slot>`;
  }
}

function renderLeft({reason, error, knocked}: Extract<StageState, {status: 'left'}>, view: PlainView) {
  const {words, failures, canRejoin, onRejoin, onBack} = view;
  const title = error ? failureOf(error, Boolean(knocked), words, failures) : words.ends[reason];
  // Nobody comes back into a room that was closed. Who is in elsewhere moves the call.
  const label = reason === 'replaced' ? words.moveHere : words.rejoin;
  return notice(
    title,
    error ? '' : words.endsMore[reason],
    html`<div class="row">
      ${
        canRejoin && reason !== 'closed'
          ? html`<button part="rejoin" class="go" @click=${onRejoin} .textContent=${label}></button>`
          : nothing
      }
      <button part="back" @click=${onBack} .textContent=${words.allRooms}></button>
    </div>`,
  );
}
