import {css} from 'lit';

/** The looks of `<room-stage>`: dark in light and dark pages, so that what one sees of oneself before is what others see. */
export const styles = css`
  :host {
    --_stage: var(--room-stage, #0c1613);
    --_lit: var(--room-lit, #63d8a8);
    --_ink: #f1f6f3;
    display: block;
  }
  [hidden] {
    display: none !important;
  }
  .behind {
    visibility: hidden;
  }
  [part='stage'] {
    position: relative;
    min-block-size: 24rem;
    max-block-size: 100vh;
    max-block-size: 100dvh;
    inline-size: 100%;
    border-radius: calc(1.5 * var(--room-radius, 10px));
    overflow: clip;
    background: var(--_stage);
    color: var(--_ink);
  }
  /* A shape of 16 to 10, without a width of its own: an aspect ratio would turn the least height into a least width. */
  [part='stage']::before {
    content: '';
    display: block;
    padding-block-start: 62.5%;
  }
  .call {
    container-type: inline-size;
    position: absolute;
    inset: 0;
    display: grid;
    grid-template: auto minmax(0, 1fr) auto auto / minmax(0, 1fr);
    border-radius: 0;
    padding: 0.5rem;
    background: var(--_stage);
  }
  svg {
    flex: none;
    border-radius: 0;
    fill: none;
    stroke: currentcolor;
    stroke-linecap: round;
    stroke-linejoin: round;
    stroke-width: 1.6;
  }
  .icon {
    inline-size: 1.25rem;
    block-size: 1.25rem;
  }
  .leave svg:dir(rtl) {
    transform: scaleX(-1);
  }
  h2,
  h3 {
    border-radius: 0;
    font-size: 1em;
    font-weight: 650;
  }
  :focus-visible {
    outline-color: var(--_lit);
  }
  button {
    --_fill: #24302b;
    --_mixed: #35443d;
    color: var(--_ink);
  }
  .go {
    --_fill: #00734c;
    --_mixed: #005c3d;
    color: #fff;
  }
  .leave {
    --_fill: #c4362c;
    --_mixed: #a52a21;
    color: #fff;
  }

  /* A sentence instead of the call. */
  [part='notice'] {
    position: absolute;
    inset: 0;
    display: grid;
    gap: 0.75rem;
    place-content: safe center;
    place-items: center;
    padding: 1rem;
    border-radius: 0;
    overflow: auto;
    text-align: center;
  }
  [part='notice'] > * {
    max-inline-size: 32rem;
  }
  [part='notice'] .row {
    justify-content: center;
  }
  [part='notice'] h2 {
    font-size: 1.25em;
  }
  [part='notice'] p {
    color: #c5cfc9;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    align-items: center;
  }
  ::slotted([slot='frame']) {
    position: absolute;
    inset: 0;
  }

  .head {
    display: flex;
    gap: 0.625rem;
    align-items: center;
    border-radius: 0;
    padding: 0 0.5rem 0.5rem;
    font-size: 0.875em;
  }
  [part='title'],
  [part='name'],
  [part='knocker'],
  [part='status'] {
    border-radius: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  [part='count'] {
    flex: none;
    color: #c5cfc9;
  }
  .lamp {
    flex: none;
    inline-size: 0.75rem;
    block-size: 0.75rem;
    border: 0.375rem solid var(--_lit);
    border-radius: 50%;
  }
  .broken .lamp {
    border-color: #f5bf6b;
    border-block-end-style: none;
  }
  [part='status'] {
    padding: 0.375rem 0.5rem;
    block-size: 2.25em;
    font-size: 0.875em;
    text-align: center;
  }
  .unseen {
    position: absolute;
    inset-block-start: 0;
    clip-path: inset(50%);
  }

  /* The pictures. Their places are transforms, which move nothing; stage-screen.ts sets them. */
  .floor {
    position: relative;
    border-radius: 0;
    min-block-size: 0;
  }
  .tiles {
    position: absolute;
    inset: 0;
    border-radius: 0;
    padding: 0;
    overflow: auto;
    list-style: none;
  }
  .broken .tiles {
    opacity: 0.4;
  }
  .tile {
    position: absolute;
    inset-block-start: 0;
    left: 0;
    min-block-size: 6rem;
    border-radius: 0;
  }
  .face {
    container-type: size;
    position: absolute;
    inset: 0.25rem;
    overflow: clip;
    background: var(--_hue);
  }
  .h1 {
    --_hue: #35604f;
  }
  .h2 {
    --_hue: #594c8c;
  }
  .h3 {
    --_hue: #8a4636;
  }
  .h4 {
    --_hue: #28598a;
  }
  .h5 {
    --_hue: #73561a;
  }
  .h6 {
    --_hue: #7a3b62;
  }
  @supports (color: color-mix(in srgb, red, red)) {
    .face {
      background: radial-gradient(
          90% 120% at 50% -10%,
          var(--_hue),
          color-mix(in srgb, var(--_hue) 26%, var(--_stage)) 75%
        )
        var(--_stage);
    }
  }
  .talk .face::after {
    content: '';
    position: absolute;
    inset: 0;
    border: 3px solid var(--_lit);
    border-radius: inherit;
    pointer-events: none;
  }
  .gone .initials,
  .gone video {
    opacity: 0.3;
  }
  .initials,
  [part='video'] {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
  }
  .initials {
    fill: currentcolor;
    stroke: none;
    font-size: 30px;
    font-weight: 600;
  }
  .screen .initials {
    display: none;
  }
  [part='video'] {
    border-radius: 0;
    object-fit: cover;
  }
  .screen video,
  video.broadcast {
    object-fit: contain;
  }
  .mirrored {
    transform: scaleX(-1);
  }
  .tag {
    position: absolute;
    inset-block-start: 0;
    inset-inline-start: 0.375rem;
    transform: translateY(calc(100cqb - 100% - 0.375rem));
    display: flex;
    gap: 0.375rem;
    align-items: center;
    max-inline-size: calc(100% - 0.75rem);
    border-radius: min(8px, var(--room-radius, 10px));
    padding: 0.1875rem 0.5rem;
    background: #0b1210cc;
    font-size: 0.8125em;
    font-weight: 550;
  }
  .mark {
    flex: none;
    inline-size: 1rem;
    block-size: 1rem;
    border-radius: 0;
  }
  .tag .icon {
    inline-size: 1rem;
    block-size: 1rem;
  }
  .actions {
    position: absolute;
    inset-block-start: 0.375rem;
    inset-inline-start: 0.375rem;
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem;
  }
  .actions button {
    --_fill: #0b1210;
    display: flex;
    align-items: center;
    min-block-size: 2rem;
    min-inline-size: 2rem;
    padding: 0.125rem 0.5rem;
    font-size: 0.8125em;
  }
  @media (hover: hover) {
    .actions {
      opacity: 0;
    }
    .tile:hover .actions,
    .actions:focus-within {
      opacity: 1;
    }
  }
  a.broadcast {
    display: inline-flex;
    align-items: center;
    min-block-size: 44px;
    color: var(--_lit);
  }

  dialog {
    max-inline-size: min(26rem, 100% - 2rem);
    margin: auto;
    border: 1px solid var(--_raised);
    padding: 1.5rem;
    background: var(--_surface);
    color: var(--_text);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 55%);
  }
  dialog > div {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    justify-content: end;
  }
  dialog :is(h2, p) {
    inline-size: 100%;
  }
  dialog p {
    margin-block-end: 0.75rem;
  }
  dialog button:not(.leave) {
    --_fill: var(--_surface);
    --_mixed: var(--_raised);
    border-color: var(--_edge);
    color: var(--_text);
  }
  /* On a phone the call is all there is. */
  @media (width < 40rem), (height < 26rem) and (pointer: coarse) {
    .call {
      position: fixed;
      z-index: 2147483000;
      inset: 0;
      block-size: 100vh;
      block-size: 100dvh;
      padding: max(0.5rem, env(safe-area-inset-top)) max(0.5rem, env(safe-area-inset-right))
        max(0.5rem, env(safe-area-inset-bottom)) max(0.5rem, env(safe-area-inset-left));
    }
  }
  @media (forced-colors: active) {
    [part='stage'],
    .face,
    .tag,
    .float {
      border: 1px solid;
    }
    [part='stage'],
    [part='stage'] :is(h2, p, span) {
      color: CanvasText;
    }
    .talk .face::after {
      border-color: Highlight;
    }
    .tool:is(.off, .pressed, [aria-expanded='true']),
    .tool:is(.off, .pressed, [aria-expanded='true']) span {
      background: CanvasText;
      color: Canvas;
      forced-color-adjust: none;
    }
    .lamp {
      border-color: CanvasText;
    }
  }
`;
