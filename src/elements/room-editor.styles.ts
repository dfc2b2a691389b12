import {css} from 'lit';

/** The looks of `<room-editor>`: its form, the message instead of it, and its dialog. */
export const styles = css`
  :host {
    grid-template: auto auto / minmax(0, 1fr);
  }
  [part='form'] {
    grid-area: 1 / 1;
    max-inline-size: 640px;
  }
  form[inert] {
    visibility: hidden;
  }
  /* A deleted room leaves no form behind. */
  form.gone {
    display: none;
  }
  /* While the room loads, the fields already have their labels and their size. */
  form[aria-busy='true'] {
    visibility: visible;
  }
  [aria-busy='true'] :is(h2, input, select, textarea, dd:not(.help)) {
    border-color: transparent;
    border-radius: var(--room-radius, 10px);
    background: var(--_raised);
    color: transparent;
    /* The fields still show defaults, so forced colours must not make them visible. */
    forced-color-adjust: none;
  }
  h2 {
    /* Round corners would cut off parts of letters. */
    border-radius: 0;
    overflow: hidden;
    font-size: 1.25em;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  summary > .help {
    display: block;
    margin: 0;
    min-block-size: 1.4em;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  [open] > summary > .help {
    display: none;
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: calc(2 * var(--_space));
  }
  .chips > button {
    padding: 0 calc(3 * var(--_space));
    min-block-size: max(24px, calc(8 * var(--_space)));
    font-weight: 400;
  }
  .chips > [aria-pressed='true'] {
    border-color: var(--_accent);
    background: var(--_raised);
    font-weight: 600;
  }
  .window {
    min-block-size: 1.4em;
  }
  .made,
  .link {
    display: grid;
    gap: calc(2 * var(--_space));
  }
  .made {
    max-inline-size: 640px;
  }
  .link {
    grid-template-columns: minmax(0, 1fr) auto;
  }
  .link > p {
    grid-column: 1 / -1;
    margin: 0;
    min-block-size: 1.4em;
  }
  .groups {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
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
  /* The status keeps its height whatever it says. */
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
  /* The message instead of the form takes its place, so nothing below moves. */
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
    inline-size: min(100% - 32px, 448px);
    background: var(--_surface);
    color: inherit;
    overflow-wrap: anywhere;
  }
  dialog[open] {
    display: grid;
    gap: calc(4 * var(--_space));
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
  /* Announced but not visible; it keeps its place. */
  .unseen {
    clip-path: inset(50%);
  }
  .tick > :not(label) {
    padding-inline-start: calc(24px + 3 * var(--_space));
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
