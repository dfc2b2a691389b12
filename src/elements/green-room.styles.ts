import {css} from 'lit';

/** The looks of `<green-room>`: one frame for every step, with the door at the same place in each. */
export const styles = css`
  :host {
    --_warn: var(--room-warn, var(--_text));
    --_line: var(--_raised);
    container-type: inline-size;
    contain-intrinsic-inline-size: 320px;
    min-inline-size: 0;
  }
  @supports (color: light-dark(red, red)) {
    :host {
      --_warn: var(--room-warn, light-dark(#8a5200, #f5bf6b));
      --_line: color-mix(in srgb, var(--_text) 13%, var(--_surface));
      --_glow: color-mix(in srgb, var(--_accent) 16%, transparent);
    }
  }
  [hidden] {
    display: none !important;
  }
  .unseen {
    position: absolute;
    clip-path: inset(50%);
  }

  /* The frame: the call lies over the two halves, so that the frame keeps its size. */
  [part='frame'] {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    border: 1px solid var(--_line);
    border-radius: calc(1.5 * var(--room-radius, 10px));
    overflow: clip;
    background: var(--_surface);
    box-shadow: 0 16px 40px -20px #0004;
  }
  [part='frame'] > * {
    grid-area: 1 / 1;
    border-radius: 0;
  }
  .at-call > .halves {
    visibility: hidden;
  }
  .halves {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    gap: calc(4 * var(--_space));
    padding: calc(5 * var(--_space));
  }
  .light {
    display: none;
    border-radius: 0;
  }
  [part='left'] {
    display: grid;
    align-content: start;
    min-inline-size: 0;
  }
  .prepare {
    display: grid;
    gap: calc(4 * var(--_space));
  }
  room-picker {
    --room-list-size: 25.25rem;
  }
  /* Its halves are those of the frame. */
  pre-join {
    container-type: normal;
  }

  /* The door: the lamp, the room, and the button. */
  [part='door'] {
    display: grid;
    gap: calc(2 * var(--_space));
    align-content: start;
    min-inline-size: 0;
  }
  [part='state'] {
    display: flex;
    gap: calc(2 * var(--_space));
    align-items: center;
    min-block-size: 1.4em;
    font-size: 0.875em;
  }
  [part='title'] {
    font-size: 1.75em;
    line-height: 1.2;
    font-weight: 650;
    letter-spacing: -0.015em;
    overflow-wrap: anywhere;
  }
  [part='title']:focus {
    outline: none;
  }
  [part='title']:focus-visible {
    outline: 2px solid var(--_accent);
  }
  [part='description'] {
    color: var(--_muted);
    overflow-wrap: anywhere;
  }
  [part='description']:has(:empty) {
    display: none;
  }
  [part='foot'] {
    display: grid;
    gap: calc(2 * var(--_space));
    grid-template: minmax(7rem, auto) minmax(2.75rem, auto) / minmax(0, 1fr);
    align-items: start;
  }
  .bare {
    --_fill: transparent;
    --_mixed: var(--_raised);
    justify-self: start;
    margin-inline-start: calc(-3.5 * var(--_space));
    border-color: transparent;
    color: var(--_accent);
  }
  .bare::before {
    content: '';
    display: inline-block;
    inline-size: 0.5em;
    block-size: 0.5em;
    margin-inline-end: 0.6em;
    border: 0 solid currentcolor;
    border-block-end-width: 2px;
    border-inline-start-width: 2px;
    border-radius: 0;
    rotate: 45deg;
  }
  .bare:dir(rtl)::before {
    rotate: -45deg;
  }

  /* The lamp: a shape for each state, made of borders, so that forced colours and the colour-blind keep it. */
  .lamp {
    flex: none;
    inline-size: 0.75rem;
    block-size: 0.75rem;
    border: 2px solid var(--_edge);
    border-radius: 50%;
  }
  .none .lamp {
    display: none;
  }
  .live .lamp {
    border: 0.375rem solid var(--_accent);
    box-shadow: 0 0 0 4px var(--_glow, transparent);
  }
  .soon .lamp {
    border-color: var(--_warn);
    border-block-end-style: none;
  }
  .over .lamp {
    border-radius: 3px;
    border-block-width: 0.3rem;
  }

  /* After a call without a list to come back to. */
  .calm {
    display: none;
    border-radius: calc(1.5 * var(--room-radius, 10px));
    background: var(--room-stage, #0c1613);
  }

  /* The call: it fills the frame, and on a phone the screen. */
  [part='stage'] {
    display: grid;
    align-items: start;
    background: var(--room-stage, #0c1613);
  }
  [part='stage']:focus {
    outline: none;
  }
  room-stage {
    position: sticky;
    inset-block-start: 0;
    block-size: 100%;
    min-block-size: 24rem;
    max-block-size: 100vh;
    max-block-size: 100dvh;
  }
  /* It may still be loading. */
  room-stage:not(:defined) {
    display: grid;
    place-items: center;
  }
  .coming {
    padding: 1rem;
    color: #f1f6f3;
    font-size: 1.25em;
    font-weight: 650;
  }
  room-stage::part(stage) {
    position: absolute;
    inset: 0;
    border-radius: 0;
  }

  /* Two halves, as soon as the frame itself is wide enough. The door is always the second. */
  @container (inline-size >= 44rem) {
    .halves {
      grid-template: auto auto minmax(0, 1fr) auto / minmax(0, 1fr) 23rem;
      gap: calc(4 * var(--_space)) 0;
      min-block-size: 38.5rem;
      padding: 0;
    }
    .halves > * {
      grid-column: 2;
      margin-inline: calc(7 * var(--_space));
    }
    .light {
      display: block;
      grid-row: 1 / -1;
      margin: 0;
      border-inline-start: 1px solid var(--_line);
    }
    .halves > [part='door'] {
      grid-row: 1;
      margin-block-start: calc(7 * var(--_space));
    }
    .halves > [part='foot'] {
      grid-row: 4;
      margin-block-end: calc(5 * var(--_space));
    }
    .halves > [part='left'] {
      grid-column: 1;
      grid-row: 1 / -1;
      margin: calc(7 * var(--_space));
    }
    .calm {
      display: grid;
    }
    room-picker {
      --room-list-size: 35rem;
    }
    .prepare {
      display: contents;
    }
    pre-join,
    pre-join::part(halves) {
      display: contents;
    }
    pre-join::part(devices),
    ::slotted([slot='prepare']) {
      grid-column: 1;
      grid-row: 1 / -1;
      margin: calc(7 * var(--_space));
    }
    /* The preview takes what the devices leave, so that the frame has the same height in each step. */
    pre-join::part(devices) {
      grid-template-rows: minmax(15rem, 1fr);
      align-content: stretch;
    }
    pre-join::part(preview) {
      aspect-ratio: auto;
    }
    pre-join::part(door) {
      grid-column: 2;
      grid-row: 2;
      margin-inline: calc(7 * var(--_space));
    }
  }
  @supports (color: light-dark(red, red)) {
    .light {
      --_shine: transparent;
      background: radial-gradient(120% 60% at 50% 0, var(--_shine), transparent);
    }
    .light.live {
      --_shine: var(--_glow);
    }
    .light.soon {
      --_shine: color-mix(in srgb, var(--_warn) 16%, transparent);
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    .live .lamp {
      animation: breathe 2.4s ease-in-out infinite alternate;
    }
    @keyframes breathe {
      to {
        box-shadow: none;
      }
    }
  }
  @media (forced-colors: active) {
    .bare {
      border-color: ButtonBorder;
    }
  }
`;
