import {html, nothing, svg, type TemplateResult} from 'lit';
import {guard} from 'lit/directives/guard.js';
import {repeat} from 'lit/directives/repeat.js';
import type {CallingWords} from '../locales/calling/calling.js';
import {initialsOf} from '../rooms/initials.js';
import type {Person, Source} from '../stage/call.js';
import {icon} from './stage-icons.js';
import type {StageView} from './stage-view.js';

/** The most tiles; the others are heard and counted. */
const MOST = 25;

/** What an element plays: set only for another track, because an element that gets its stream once more begins anew. */
const playing = (track: MediaStreamTrack | undefined) =>
  guard([track], () => (track ? new MediaStream([track]) : null));

interface Tile {
  key: string;
  person: Person;
  isYou: boolean;
  isScreen: boolean;
}

/** Shared screens first, then the others, and you at the end. */
function tilesOf(you: Person, others: readonly Person[]): Tile[] {
  const screens = [...others, you].filter(({tracks}) => tracks.screen);
  const tile = (person: Person, isScreen = false) => ({
    key: `${isScreen ? 'screen' : 'person'} ${person.id}`,
    person,
    isYou: person === you,
    isScreen,
  });
  const seen = others.slice(0, MOST - 1);
  return [...screens.map(person => tile(person, true)), ...seen.map(person => tile(person)), tile(you)];
}

/** The pictures of all. Where each one is, `updated` of the stage says. */
export function renderPeople(view: StageView): TemplateResult {
  const {you} = view.call;
  return html`<ul class="tiles" part="people" role="list" aria-labelledby="title">
      ${repeat(
        tilesOf(you, view.call.others),
        ({key}) => key,
        tile => renderTile(tile, view),
      )}
    </ul>
    ${repeat(
      soundsOf(view.call.others),
      ([key]) => key,
      ([, track]) => html`<audio autoplay .srcObject=${playing(track)}></audio>`,
    )}`;
}

function soundsOf(people: readonly Person[]) {
  const heard = (person: Person, source: Source) => {
    const track = person.tracks[source];
    return track ? [[`${source} ${person.id}`, track] as const] : [];
  };
  return people.flatMap(person => [...heard(person, 'microphone'), ...heard(person, 'screen-audio')]);
}

function renderTile({person, isYou, isScreen}: Tile, view: StageView) {
  const {words, capture} = view;
  const {name, tracks, away} = person;
  const track = isScreen ? tracks.screen : tracks.camera;
  const speaks = !isScreen && (isYou ? view.isSpeaking && Boolean(tracks.microphone) : person.speaking);
  const isMirrored = isYou && !isScreen && capture.facing !== 'environment';
  const label = isScreen ? words.screenOf(name) : words.videoOf(name);
  const classes = `tile h${hueOf(name)} ${speaks ? 'talk' : ''} ${away ? 'gone' : ''} ${isScreen ? 'screen' : ''}`;
  return html`<li part="person" class=${classes}>
    <div class="face">
      <svg class="initials" viewBox="0 0 100 100" aria-hidden="true" translate="no">
        ${svg`<text x="50" y="50" dy=".35em" text-anchor="middle" .textContent=${initialsOf(name)}></text>`}
      </svg>
      <video
        part="video"
        class=${isMirrored ? 'mirrored' : ''}
        aria-label=${label}
        aria-hidden=${!track}
        .srcObject=${playing(track)}
        .muted=${true}
        autoplay
        playsinline
        ?disablepictureinpicture=${isYou}
      ></video>
      ${isYou || isScreen || !view.call.moderation ? nothing : renderActions(person, view)}
      <p class="tag">
        <span part="name" dir="auto" translate="no" .textContent=${isYou ? `${name} (${words.you})` : name}></span>
        ${isScreen ? icon('share') : renderMark(person, speaks, words)}
      </p>
    </div>
  </li>`;
}

/** One mark at most, always in the same place. */
function renderMark({away, tracks}: Person, speaks: boolean, words: CallingWords) {
  if (away) return mark('away', words.isAway);
  if (!tracks.microphone) return mark('microphone', words.isMuted);
  return speaks ? mark('speaking', words.isSpeaking) : html`<span class="mark"></span>`;
}

const mark = (name: 'microphone' | 'speaking' | 'away', label: string) =>
  html`<span class="mark ${name}" role="img" aria-label=${label}>${icon(name, name === 'microphone')}</span>`;

function renderActions(person: Person, {words, call, onMute}: StageView) {
  const {id, name, floor, tracks} = person;
  const {moderation} = call;
  return html`<div class="actions">
    ${
      moderation?.mute
        ? html`<button
            part="action"
            class=${tracks.microphone ? '' : 'behind'}
            aria-label=${words.mutePerson(name)}
            @click=${() => onMute(person)}
          >
            ${icon('microphone', true)}
          </button>`
        : nothing
    }
    ${
      moderation?.remove
        ? html`<button part="action" aria-label=${words.removePerson(name)} @click=${() => moderation.remove!(id)}>
            ${icon('remove')}
          </button>`
        : nothing
    }
    ${
      moderation?.floor && floor !== undefined
        ? html`<button
            part="action"
            aria-label=${floor ? words.takeFloorFrom(name) : words.giveFloorTo(name)}
            @click=${() => moderation.floor!(id, !floor)}
            .textContent=${floor ? words.takeFloor : words.giveFloor}
          ></button>`
        : nothing
    }
  </div>`;
}

/** One of six colours, the same for the same name. */
const hueOf = (name: string) =>
  (Array.from(name).reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 9973, 7) % 6) + 1;
