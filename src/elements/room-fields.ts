import {css, html, nothing} from 'lit';
import {ifDefined} from 'lit/directives/if-defined.js';
import {live} from 'lit/directives/live.js';
import type {ManagingWords} from '../locales/managing/managing.js';
import type {Room} from '../rooms/schema.js';
import {defaultOf, GROUPS, isAsked, type Form, type FormField, type Group, type Kind} from './room-form.js';

/** What a form shows. */
export interface View {
  form: Form;
  /** The room that is changed, once it is there. */
  room?: Room;
  /** Whether there is a room already, of which not everything can be changed. */
  editing: boolean;
  words: ManagingWords;
  /** What is said to be wrong with a field; '' when nothing is. */
  faultOf: (field: FormField) => string;
  /** A time of the platform's, ISO 8601, as the visitor says it. */
  timeOf: (iso: string) => string;
}

/** The looks of the form, of what stands in its place, and of its dialog. */
export const formStyles = css`
  :host {
    grid-template: auto auto / minmax(0, 1fr);
  }
  [part='form'] {
    grid-area: 1 / 1;
    max-inline-size: 40rem;
  }
  form[inert] {
    visibility: hidden;
  }
  /* Fields whose values are on their way have their size and their label already. */
  form[aria-busy='true'] {
    visibility: visible;
  }
  [aria-busy='true'] :is(h2, input, select, textarea, dd:not(.help)) {
    border-color: transparent;
    border-radius: var(--room-radius, 10px);
    background: var(--_raised);
    color: transparent;
    /* What stands there is not true yet, in forced colours neither. */
    forced-color-adjust: none;
  }
  h2 {
    /* Round corners would take a piece of the letters. */
    border-radius: 0;
    overflow: hidden;
    font-size: 1.25em;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .groups {
    display: grid;
    gap: calc(2 * var(--_space));
  }
  .actions > button {
    display: grid;
    place-items: center;
  }
  .actions > button > * {
    grid-area: 1 / 1;
  }
  [part='delete'] {
    margin-inline-start: auto;
  }
  [part='delete'].quiet:not([aria-disabled='true']) {
    color: var(--_danger);
  }
  [part~='status'] {
    color: var(--_muted);
  }
  /* As high, whatever it says. */
  [role='status'] {
    grid-area: 2 / 1;
    container-type: inline-size;
    display: flow-root;
  }
  [role='status']::before {
    content: '';
    float: inline-start;
    block-size: 2.8em;
  }
  @container (inline-size < 24em) {
    [role='status']::before {
      block-size: 5.6em;
    }
  }
  [part~='failure'] {
    color: var(--_danger);
  }
  /* What is said instead of the form takes its place, so that nothing below moves. */
  .instead {
    display: grid;
    grid-area: 1 / 1 / 3;
    gap: calc(3 * var(--_space));
    align-content: start;
    justify-items: start;
  }
  dialog {
    margin: auto;
    border: 1px solid var(--_edge);
    padding: calc(5 * var(--_space));
    inline-size: min(100% - 2rem, 28rem);
    background: var(--_surface);
    color: inherit;
    overflow-wrap: anywhere;
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 50%);
  }
  .field {
    display: grid;
    gap: var(--_space);
    overflow-wrap: anywhere;
  }
  .below {
    display: grid;
    min-block-size: 1.4em;
  }
  .below > * {
    grid-area: 1 / 1;
  }
  .behind {
    visibility: hidden;
  }
  /* It is read out, and keeps its place. */
  .unseen {
    clip-path: inset(50%);
  }
  .tick > :not(label) {
    padding-inline-start: calc(1.5rem + 3 * var(--_space));
  }
  details .field {
    margin-block-start: calc(3 * var(--_space));
  }
  dt {
    font-weight: 600;
  }
  dd {
    white-space: pre-wrap;
  }
`;

/** All fields; those that are not for everybody behind disclosures. */
export function renderGroups(view: View) {
  const {words} = view;
  const labels = {description: words.fields.description[0], ...words.groups};
  const [first, ...others] = Object.keys(GROUPS) as Group[];
  return html`${renderGroup(first!, view)}
    <div class="groups">
      ${others.map(
        group =>
          html`<details part="group">
            <summary>${labels[group]}</summary>
            ${renderGroup(group, view)}
          </details>`,
      )}
    </div>`;
}

/** What a button says, and what it says while it works, in one place, so that it is as large with either. */
export const renderLabels = (idle: string, working: string, isWorking: boolean) =>
  html`<span class=${isWorking ? 'behind' : ''}>${idle}</span
    ><span class=${isWorking ? '' : 'behind'}>${working}</span>`;

/** What is asked before a room is deleted. */
export const renderQuestion = (name: string, words: ManagingWords) =>
  html`<form method="dialog" @click=${onlyOnce}>
    <p id="question">${words.confirmDelete(name)}</p>
    <div class="actions">
      <button part="keep" class="quiet" value="keep">${words.keep}</button>
      <button part="delete" class="danger" value="delete">${words.delete}</button>
    </div>
  </form>`;

/** The second of two clicks does nothing: it was meant for what was there at the first. */
export const onlyOnce = (event: MouseEvent) => event.detail > 1 && event.preventDefault();

/** The fields of a group that one is asked, and what is given with them. */
function renderGroup(group: Group, view: View) {
  const fields = Object.entries(GROUPS[group]) as [FormField, Kind][];
  return html`${fields.filter(([field]) => isAsked(field, view.form)).map(([field, kind]) => renderField(field, kind, view))}
  ${renderGiven(group, view)}`;
}

function renderField(field: FormField, kind: Kind, view: View) {
  if (view.editing && (field === 'mode' || field === 'opening')) return renderFixed(field, view);
  if (field === 'opening') return renderOpening(view);
  return kind === 'tick' ? renderTick(field, view) : renderLabelled(field, kind, view);
}

function renderLabelled(field: FormField, kind: Kind, view: View) {
  const [label] = wordsOf(field, view.words);
  const isLeft = kind !== 'choice' && !isRequired(field, view.form) && !defaultOf(field, view.form);
  return html`<div part="field" class="field">
    <label part="label" for=${field}
      >${label}${isLeft ? html` <small class="help">${view.words.optional}</small>` : nothing}</label
    >
    ${renderControl(field, kind, view)} ${renderBelow(field, view)}
  </div>`;
}

/** Who does without the scheduled kind needs neither. */
const isRequired = (field: FormField, {opening}: Form) =>
  /^(name|scheduled_time)$/.test(field) || (field === 'duration' && opening === 'scheduled');

function renderControl(field: FormField, kind: Kind, view: View) {
  const {form, faultOf} = view;
  const value = form[field] as string;
  const wrong = faultOf(field) !== '';
  const described = `${field}-help ${field}-fault`;
  switch (kind) {
    case 'choice':
      return html`<select part="input" id=${field} name=${field} aria-describedby=${described} aria-invalid=${wrong}>
        ${choicesOf(field, view).map(
          ([key, word]) => html`<option value=${key} .selected=${live(key === value)}>${word}</option>`,
        )}
      </select>`;
    case 'text':
    case 'json':
      return html`<textarea
        part="input"
        id=${field}
        name=${field}
        rows="3"
        dir=${kind === 'json' ? 'ltr' : 'auto'}
        spellcheck=${kind === 'text'}
        aria-describedby=${described}
        aria-invalid=${wrong}
        aria-errormessage="${field}-fault"
        .value=${live(value)}
      ></textarea>`;
    default:
      return html`<input
        part="input"
        id=${field}
        name=${field}
        type=${kind === 'time' ? 'datetime-local' : 'text'}
        max=${ifDefined(kind === 'time' ? '9999-12-31T23:59' : undefined)}
        inputmode=${kind === 'number' ? 'numeric' : kind === 'url' ? 'url' : nothing}
        dir=${ifDefined(kind === 'line' ? 'auto' : kind === 'url' ? 'ltr' : undefined)}
        placeholder=${ifDefined(kind === 'number' ? defaultOf(field, form) : undefined)}
        ?required=${isRequired(field, form)}
        aria-describedby=${described}
        aria-invalid=${wrong}
        aria-errormessage="${field}-fault"
        .value=${live(value)}
      />`;
  }
}

function renderTick(field: FormField, view: View) {
  const {form, words} = view;
  return html`<div part="field" class="field tick">
    <label part="label">
      <input
        part="input"
        type="checkbox"
        id=${field}
        name=${field}
        aria-describedby="${field}-help ${field}-fault"
        aria-invalid=${view.faultOf(field) !== ''}
        .checked=${live(form[field] === true)}
      />
      ${wordsOf(field, words)[0]}
    </label>
    ${renderBelow(field, view)}
  </div>`;
}

/** Help, and in its place what is wrong, so that nothing moves; what is read out of a field are both. */
function renderBelow(field: FormField, {words, faultOf}: View) {
  const fault = faultOf(field);
  return html`<div class="below">
    <p part="help" class="help ${fault ? 'behind' : ''}" id="${field}-help">${wordsOf(field, words)[1]}</p>
    <p part="fault" class="fault" id="${field}-fault">${fault}</p>
  </div>`;
}

function renderOpening(view: View) {
  const {form, words, faultOf} = view;
  return html`<div
      part="field"
      class="field"
      role="radiogroup"
      aria-label=${words.groups.schedule}
      aria-describedby="opening-fault"
    >
      ${Object.entries(words.options.opening).map(
        ([key, word]) =>
          html`<div class="field tick">
            <label part="label">
              <input
                part="input"
                type="radio"
                name="opening"
                value=${key}
                aria-describedby="opening-${key}"
                .checked=${live(form.opening === key)}
              />
              ${word}
            </label>
            ${key === 'always' ? nothing : html`<p part="help" class="help" id="opening-${key}">${words.fields[key as 'adhoc'][1]}</p>`}
          </div>`,
      )}
      <p part="fault" class="fault" id="opening-fault">${faultOf('opening')}</p>
    </div>
    ${form.opening === 'scheduled' ? renderZone(words) : nothing}`;
}

const renderZone = (words: ManagingWords) =>
  html`<p part="help" class="help">${words.inZone(Intl.DateTimeFormat().resolvedOptions().timeZone)}</p>`;

/** What was decided when the room was made, and why it cannot be changed. */
function renderFixed(field: 'mode' | 'opening', {form, words}: View) {
  const label = field === 'mode' ? words.fields.mode[0] : words.groups.schedule;
  const choices: Record<string, string> = words.options[field];
  return html`<dl part="field given" class="field">
      <dt part="label">${label}</dt>
      <dd>${choices[form[field] as string] ?? form[field]}</dd>
      <dd part="help" class="help">${words.fixed}</dd>
    </dl>
    ${field === 'opening' && form.opening === 'scheduled' ? renderZone(words) : nothing}`;
}

/** What the platform gave, to be read and to be copied. */
function renderGiven(group: Group, {room, words, timeOf}: View) {
  const {given, fields} = words;
  const {room_id, owner_ref, created, updated, sip} = room ?? {};
  const lists: Partial<Record<Group, [label: string, value: unknown][]>> = {
    telephone: [
      [given.pin, sip?.pin],
      [given.meeting_id, sip?.meeting_id],
    ],
    more: [
      [given.room_id, room_id],
      [fields.owner_ref[0], owner_ref],
      [given.created, created && timeOf(created)],
      [given.updated, updated && timeOf(updated)],
    ],
  };
  const shown = lists[group]?.filter(([, value]) => value !== undefined) ?? [];
  return shown.map(
    ([label, value]) =>
      html`<dl part="field given" class="field">
        <dt part="label">${label}</dt>
        <dd><bdi>${value}</bdi></dd>
      </dl>`,
  );
}

const wordsOf = (field: FormField, words: ManagingWords) => words.fields[field as Exclude<FormField, 'opening'>];

/** What can be chosen; a word that a newer platform has beside those we know stays as it is. */
function choicesOf(field: FormField, {form, words}: View): [key: string, word: string][] {
  const value = form[field] as string;
  const known: Record<string, string> =
    words.options[field.startsWith('role') ? 'tracks' : (field as 'mode' | 'quality' | 'media_zone')];
  const unknown: [string, string][] = value && !Object.hasOwn(known, value) ? [[value, value]] : [];
  return [...Object.entries(known), ...unknown];
}
