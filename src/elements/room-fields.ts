import {html, nothing, type TemplateResult} from 'lit';
import {ifDefined} from 'lit/directives/if-defined.js';
import {live} from 'lit/directives/live.js';
import type {ManagingWords} from '../locales/managing/managing.js';
import {onlyOnce} from './only-once.js';
import {
  defaultOf,
  GROUPS,
  isAsked,
  kindOf,
  LENGTHS,
  windowOf,
  type Form,
  type FormField,
  type Group,
  type Kind,
} from './room-form.js';
import {choicesOf, givenIn, valuesOf, wordsOf, type View} from './room-view.js';

/** All fields; those that few people need are behind disclosures. */
export function renderGroups(view: View): TemplateResult {
  const {groups} = view.words;
  const [first, ...others] = Object.keys(GROUPS) as [Group, ...(keyof typeof groups)[]];
  return html`${renderGroup(first, view)}
    <div class="groups">
      ${others.map(
        group =>
          html`<details part="group">
            <summary>
              <span .textContent=${groups[group]}></span>
              <span class="help" dir="auto" .textContent=${valuesOf(group, view)}></span>
            </summary>
            ${renderGroup(group, view)}
          </details>`,
      )}
    </div>`;
}

/** What the buttons of the form depend on. */
interface Actions {
  words: ManagingWords;
  editing: boolean;
  dirty: boolean;
  /** Whether nothing can be saved, discarded or deleted for the moment. */
  busy: boolean;
  /** Whether the room can no longer be changed. */
  tooLate: boolean;
  status: 'idle' | 'saving' | 'deleting' | 'failed';
  /** Called for Enter in a field, too: browsers then click the submit button. */
  onSave: (event: Event) => void;
  onDiscard: () => void;
  onDelete: (event: Event) => void;
}

/** The buttons of the form; saving is its submit button. */
export function renderActions(actions: Actions): TemplateResult {
  const {words, editing, dirty, busy, tooLate, status, onSave, onDiscard, onDelete} = actions;
  const [save, saving] = editing ? [words.save, words.saving] : [words.create, words.creating];
  return html`<div class="actions">
    <button part="save" aria-busy=${status === 'saving'} aria-disabled=${busy || tooLate} @click=${onlyOnce(onSave)}>
      ${renderLabels(save, saving, status === 'saving')}
    </button>
    <button
      part="discard"
      class="quiet"
      type="button"
      aria-disabled=${busy || !dirty}
      @click=${onDiscard}
      .textContent=${words.discard}
    ></button>
    ${
      editing
        ? html`<button
            part="delete"
            class="quiet"
            type="button"
            aria-haspopup="dialog"
            aria-busy=${status === 'deleting'}
            aria-disabled=${busy}
            @click=${onDelete}
          >
            ${renderLabels(words.delete, words.deleting, status === 'deleting')}
          </button>`
        : nothing
    }
  </div>`;
}

/** Both labels of a button in one cell, so the button has the size of the larger one. */
const renderLabels = (idle: string, working: string, isWorking: boolean) =>
  html`<span class=${isWorking ? 'behind' : ''} .textContent=${idle}></span
    ><span class=${isWorking ? '' : 'behind'} .textContent=${working}></span>`;

/** The fields of a group that are asked for, and the values that are only shown. */
function renderGroup(group: Group, view: View) {
  const fields: readonly FormField[] = GROUPS[group];
  return html`${fields.filter(field => isAsked(field, view.form)).map(field => renderField(field, kindOf(field), view))}
  ${renderGiven(group, view)}`;
}

function renderField(field: FormField, kind: Kind, view: View) {
  if (view.editing && (field === 'mode' || field === 'opening')) return renderFixed(field, view);
  if (field === 'opening') return renderOpening(view);
  return kind === 'tick' ? renderTick(field, view) : renderLabelled(field, kind, view);
}

function renderLabelled(field: FormField, kind: Kind, view: View) {
  const [label] = wordsOf(field, view.words);
  const isOptional = kind !== 'choice' && !isRequired(field, view.form) && !defaultOf(field, view.form);
  return html`<div part="field" class="field">
    <label part="label" for=${field}
      ><span .textContent=${label}></span
      >${isOptional ? html` <small class="help" .textContent=${view.words.optional}></small>` : nothing}</label
    >
    ${renderControl(field, kind, view)} ${renderBelow(field, view)}
    ${field === 'duration' ? renderLengths(view) : nothing}
  </div>`;
}

/** A button for each usual length, and when people can come in. */
function renderLengths(view: View) {
  const {form, words, timeOf, minutesOf, onLength} = view;
  const window = windowOf(form);
  return html`<div class="chips" role="group" aria-label=${words.fields.duration[0]}>
      ${LENGTHS.map(
        minutes =>
          html`<button
            part="length"
            class="quiet"
            type="button"
            aria-pressed=${form.duration === String(minutes)}
            @click=${() => onLength(minutes)}
            .textContent=${minutesOf(minutes)}
          ></button>`,
      )}
    </div>
    ${
      form.opening === 'scheduled'
        ? html`<p
            part="window"
            class="window"
            aria-live="polite"
            .textContent=${window ? words.window(timeOf(window.opensAt), timeOf(window.endsAt)) : ''}
          ></p>`
        : nothing
    }`;
}

/** The name is always required; start and duration only for a scheduled room. */
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
          ([key, word]) => html`<option value=${key} .selected=${live(key === value)} .textContent=${word}></option>`,
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
      <span .textContent=${wordsOf(field, words)[0]}></span>
    </label>
    ${renderBelow(field, view)}
  </div>`;
}

/** A fault takes the place of the help, so nothing moves. Screen readers read both. */
function renderBelow(field: FormField, {words, faultOf}: View) {
  const fault = faultOf(field);
  return html`<div class="below">
    <p
      part="help"
      class="help ${fault ? 'behind' : ''}"
      id="${field}-help"
      .textContent=${wordsOf(field, words)[1]}
    ></p>
    <p part="fault" class="fault" id="${field}-fault" .textContent=${fault}></p>
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
              <span .textContent=${word}></span>
            </label>
            ${key === 'always' ? nothing : html`<p part="help" class="help" id="opening-${key}" .textContent=${words.openingHelp[key as 'adhoc']}></p>`}
          </div>`,
      )}
      <p part="fault" class="fault" id="opening-fault" .textContent=${faultOf('opening')}></p>
    </div>
    ${form.opening === 'scheduled' ? renderZone(words) : nothing}`;
}

const renderZone = (words: ManagingWords) =>
  html`<p part="help" class="help" .textContent=${words.inZone(Intl.DateTimeFormat().resolvedOptions().timeZone)}></p>`;

/** A field that was set when the room was created, and why it cannot be changed. */
function renderFixed(field: 'mode' | 'opening', {form, words}: View) {
  const label = field === 'mode' ? words.fields.mode[0] : words.groups.schedule;
  const choices: Record<string, string> = words.options[field];
  return html`<dl part="field given" class="field">
      <dt part="label" .textContent=${label}></dt>
      <dd .textContent=${choices[form[field] as string] ?? String(form[field])}></dd>
      <dd part="help" class="help" .textContent=${words.fixed}></dd>
    </dl>
    ${field === 'opening' && form.opening === 'scheduled' ? renderZone(words) : nothing}`;
}

/** Values to read and to copy. */
const renderGiven = (group: Group, view: View) =>
  givenIn(group, view).map(
    ([label, value]) =>
      html`<dl part="field given" class="field">
        <dt part="label" .textContent=${label}></dt>
        <dd><bdi .textContent=${value}></bdi></dd>
      </dl>`,
  );
