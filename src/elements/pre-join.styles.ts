import {css} from 'lit';

/** The looks of `<pre-join>`: the preview and its controls, and beside them or below the name and what will happen. */
export const styles = css`
  :host {
    --_stage: var(--room-stage, #0c1613);
    min-inline-size: 0;
    container-type: inline-size;
    contain-intrinsic-inline-size: 320px;
  }
  /* Of controls.ts only this much: the whole would be a tenth of what a visitor downloads for this element. */
  .quiet {
    --_fill: var(--_surface);
    border-color: var(--_edge);
    color: var(--_text);
  }
  label {
    font-weight: 600;
  }
  .help,
  .fault {
    margin-block-start: var(--_space);
    font-size: 0.875em;
  }
  .help {
    color: var(--_muted);
  }
  .fault {
    color: var(--_danger);
  }
  input,
  select {
    inline-size: 100%;
    text-overflow: ellipsis;
  }
  [aria-invalid='true'] {
    border-color: var(--_danger);
    outline: 1px solid var(--_danger);
  }
  .halves,
  section,
  .door,
  [part='facts'] {
    display: grid;
    gap: calc(4 * var(--_space));
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
  }
  @container (inline-size >= 44em) {
    .halves:has(section) {
      grid-template-columns: minmax(0, 1fr) 20em;
      gap: calc(7 * var(--_space));
    }
  }
  svg {
    flex: none;
    inline-size: 1.25em;
    block-size: 1.25em;
    border-radius: 0;
    fill: none;
    stroke: currentcolor;
    stroke-width: 1.6;
    stroke-linecap: round;
    stroke-linejoin: round;
  }

  /* The preview: dark in both schemes, as the call will be. Nothing changes its size. */
  [part='preview'] {
    position: relative;
    display: grid;
    place-items: center;
    aspect-ratio: 16 / 10;
    min-block-size: 15em;
    inline-size: 100%;
    border-radius: calc(1.5 * var(--room-radius, 10px));
    overflow: clip;
    background: var(--_stage);
    color: #f1f6f3;
  }
  @supports (color: color-mix(in srgb, red, red)) {
    [part='preview'] {
      background-image: radial-gradient(
        90% 120% at 50% -10%,
        color-mix(in srgb, var(--_accent) 50%, var(--_stage)),
        var(--_stage) 75%
      );
    }
  }
  .initials {
    padding-block-end: 1.4em;
    font-size: 3em;
    font-weight: 600;
    line-height: 1;
  }
  .tag {
    position: absolute;
    inset-block-start: 0.5em;
    inset-inline-start: 0.5em;
    max-inline-size: calc(100% - 1em);
    border-radius: 8px;
    padding: 0.125em 0.5em;
    background: #0b1210;
    font-size: 0.8125em;
  }
  [part='start'] {
    max-inline-size: calc(100% - 1em);
    margin-block-end: 2.5em;
  }
  [part='video'] {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    border-radius: 0;
    object-fit: cover;
  }
  .mirrored {
    transform: scaleX(-1);
  }
  /* Apart from the other buttons, which stay where they are when it comes. */
  [part='flip'] {
    position: absolute;
    inset-block-start: 0.5em;
    inset-inline-end: 0.5em;
  }
  .tag:has(~ [part='flip']) {
    max-inline-size: calc(50% - 1em);
  }
  /* Louder is longer and higher, not only darker. */
  [part='level'] line + line {
    opacity: 1;
    stroke-width: 14;
  }
  .tools {
    position: absolute;
    inset-block-end: 0.75em;
    display: flex;
    gap: 0.375em;
    justify-content: center;
    max-inline-size: calc(100% - 1em);
  }
  .tool {
    --_fill: #0b1210;
    --_mixed: #24302b;
    display: flex;
    flex-direction: column;
    gap: 0.125em;
    align-items: center;
    min-inline-size: 44px;
    padding: 0.25em 0.75em;
    color: #f1f6f3;
    font-size: 0.75em;
    /* Text and background change in one go, so that the text can be read all the time. */
    transition: none;
  }
  .tool svg {
    inline-size: 1.6em;
    block-size: 1.6em;
  }
  .tool.off {
    --_fill: #f1f6f3;
    --_mixed: #cfd8d3;
    color: #13201a;
  }
  .tool[aria-disabled='true'] {
    background: #24302b;
    color: #c5cfc9;
  }
  .tool:focus-visible,
  [part='start']:focus-visible {
    outline-color: #f1f6f3;
  }
  .both,
  .below {
    display: grid;
  }
  .both > *,
  .below > * {
    grid-area: 1 / 1;
  }
  .both {
    text-align: center;
  }
  .behind {
    visibility: hidden;
  }

  /* The line below keeps its size whatever it says. */
  [part~='note'] {
    display: flex;
    flex-wrap: wrap;
    gap: calc(2 * var(--_space));
    align-items: start;
    align-content: start;
    border-radius: 0;
    block-size: 9.8em;
    overflow: auto;
    font-size: 0.9375em;
  }
  [role='status'] {
    flex: 1 1 12em;
  }
  [part~='note'] button {
    min-block-size: max(24px, calc(9 * var(--_space)));
    padding-block: var(--_space);
  }
  @container (inline-size >= 28em) {
    [part~='note'] {
      block-size: 6em;
    }
  }
  select:disabled {
    opacity: 1;
  }
  .menus {
    display: flex;
    flex-wrap: wrap;
    gap: calc(2 * var(--_space));
  }
  .menus > * {
    flex: 1 1 9em;
    min-inline-size: 0;
  }
  .field {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-items: center;
  }
  .field > * {
    grid-area: 1 / 1;
  }
  .field > svg {
    z-index: 1;
    margin-inline: calc(3 * var(--_space));
    pointer-events: none;
  }
  .field > select {
    padding-inline: calc(4.5 * var(--_space) + 1.25em) calc(2 * var(--_space));
  }
  .hearing {
    display: flex;
    flex-wrap: wrap;
    gap: calc(2 * var(--_space)) calc(3 * var(--_space));
    align-items: center;
    font-size: 0.9375em;
  }
  .unseen {
    position: absolute;
    clip-path: inset(50%);
  }
  [part='level'] svg {
    display: block;
    inline-size: 6.75em;
    block-size: 1em;
    stroke-width: 6;
    stroke-dasharray: 4 5;
    stroke-linecap: butt;
  }
  [part='level'] line {
    opacity: 0.35;
  }
  :dir(rtl) [part='level'] svg {
    transform: scaleX(-1);
  }
  .said {
    flex: 1 1 8em;
  }
  [part='tone'] {
    display: flex;
    gap: calc(2 * var(--_space));
    align-items: center;
  }

  /* The name, what will happen, and what one agrees to. */
  [part='facts'] {
    gap: calc(2 * var(--_space));
    padding: 0;
    padding-inline-start: 1.25em;
  }
  ::slotted([slot='consent']) {
    display: flex;
    gap: calc(3 * var(--_space));
    align-items: center;
    min-block-size: max(24px, calc(11 * var(--_space)));
  }
  .consent [part='fault'] {
    min-block-size: 1.4em;
  }
  @media (forced-colors: active) {
    [part='preview'],
    .tag {
      border: 1px solid;
    }
  }
`;
