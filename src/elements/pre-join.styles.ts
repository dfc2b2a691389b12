import {css} from 'lit';

/** The looks of `<pre-join>`: the preview and its controls, and beside them or below the name and what will happen. */
export const styles = css`
  :host {
    --_stage: var(--room-stage, #0c1613);
    container-type: inline-size;
    contain-intrinsic-inline-size: 320px;
    grid-template-columns: minmax(0, 1fr);
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
  @container (inline-size >= 44rem) {
    .halves:has(section) {
      grid-template-columns: minmax(0, 1fr) 20rem;
      gap: calc(7 * var(--_space));
    }
  }
  svg {
    flex: none;
    inline-size: 1.25rem;
    block-size: 1.25rem;
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
    min-block-size: 15rem;
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
  [hidden] {
    display: none !important;
  }
  .initials {
    border-radius: 0;
    padding-block-end: 1.4em;
    font-size: 3rem;
    font-weight: 600;
    line-height: 1;
  }
  .tag {
    position: absolute;
    inset-block-start: 0.5rem;
    inset-inline-start: 0.5rem;
    max-inline-size: calc(100% - 1rem);
    border-radius: 8px;
    padding: 0.125rem 0.5rem;
    background: #0b1210;
    font-size: 0.8125em;
  }
  [part='start'] {
    position: absolute;
    inset-block-start: 2.5rem;
    max-inline-size: calc(100% - 1rem);
  }
  .tools {
    position: absolute;
    inset-block-end: 0.75rem;
    display: flex;
    gap: 0.375rem;
    justify-content: center;
    max-inline-size: calc(100% - 1rem);
  }
  .tool {
    --_fill: #0b1210;
    --_mixed: #24302b;
    display: flex;
    flex-direction: column;
    gap: 0.125rem;
    align-items: center;
    min-inline-size: 44px;
    padding: 0.25rem 0.75rem;
    color: #f1f6f3;
    font-size: 0.75em;
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
    align-content: start;
    border-radius: 0;
    block-size: 8.4em;
    overflow: auto;
    font-size: 0.9375em;
  }
  [role='status'] {
    flex: 1 1 12rem;
  }
  [part~='note'] button {
    min-block-size: max(24px, calc(9 * var(--_space)));
    padding-block: var(--_space);
  }
  .menus {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 9rem), 1fr));
    gap: calc(2 * var(--_space));
  }
  .field {
    display: grid;
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
    padding-inline-start: calc(6 * var(--_space) + 1.25rem);
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
    inline-size: 6.75rem;
    block-size: 1rem;
    stroke-width: 6;
    stroke-dasharray: 4 5;
    stroke-linecap: butt;
  }
  [part='level'] line {
    opacity: 0.35;
  }
  /* Louder is longer and higher, not only darker. */
  [part='level'] line + line {
    opacity: 1;
    stroke-width: 14;
  }
  :dir(rtl) [part='level'] svg {
    transform: scaleX(-1);
  }
  .said {
    flex: 1 1 8rem;
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
    list-style: none;
  }
  [part='facts'] li {
    display: flex;
    gap: calc(3 * var(--_space));
    border-radius: 0;
  }
  [part='facts'] svg {
    color: var(--_accent);
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
