import {css} from 'lit';

/**
 * The controls of a form, used together with `tokens`: `quiet` and `danger` buttons, `label`, `select`, `textarea`,
 * checkboxes, groups (`fieldset`) and disclosures (`details`). `.help` is the text below a field, `.fault` says what is
 * wrong with it, and `.actions` holds the buttons.
 */
export const controls = css`
  ::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  .quiet {
    --_fill: var(--_surface);
    border-color: var(--_edge);
    color: var(--_text);
  }
  .danger {
    --_fill: var(--_danger);
  }
  label,
  legend,
  summary {
    font-weight: 600;
  }
  label,
  legend {
    display: block;
    margin-block-end: var(--_space);
    padding: 0;
  }
  .help,
  .fault {
    margin-block-start: var(--_space);
    font-size: 0.875em;
    font-weight: 400;
  }
  .help {
    color: var(--_muted);
  }
  .fault {
    color: var(--_danger);
  }
  :is(input, select, textarea)[aria-invalid='true'] {
    border-color: var(--_danger);
  }
  /* An outline doubles the border, which also shows in forced colours. */
  [aria-invalid='true']:not(:focus-visible) {
    outline: 1px solid var(--_danger);
  }
  input,
  select,
  textarea {
    inline-size: 100%;
    max-inline-size: 640px;
  }
  select {
    padding-inline: calc(2.5 * var(--_space));
    text-overflow: ellipsis;
  }
  textarea {
    min-block-size: calc(22 * var(--_space));
    resize: block;
    field-sizing: content;
  }
  [type='checkbox'],
  [type='radio'] {
    flex: none;
    inline-size: 24px;
    min-block-size: 24px;
    block-size: 24px;
    accent-color: var(--_accent);
    cursor: pointer;
  }
  /* A checkbox is inside its label, so pressing the label works, too. */
  label:has([type='checkbox'], [type='radio']) {
    display: flex;
    gap: calc(3 * var(--_space));
    align-items: center;
    min-block-size: max(24px, calc(9 * var(--_space)));
    margin: 0;
    cursor: pointer;
  }
  fieldset,
  form {
    display: grid;
    gap: calc(4 * var(--_space));
    min-inline-size: 0;
    border: 0;
    padding: 0;
  }
  details {
    border: 1px solid var(--_raised);
    padding-inline: calc(3.5 * var(--_space));
  }
  details[open] {
    padding-block-end: calc(3.5 * var(--_space));
  }
  summary {
    margin-inline: calc(-3.5 * var(--_space));
    padding: calc(2.5 * var(--_space)) calc(3.5 * var(--_space));
    min-block-size: 24px;
    cursor: pointer;
  }
  summary:hover {
    background: var(--_raised);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: calc(2 * var(--_space));
  }
`;
