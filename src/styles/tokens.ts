import {css} from 'lit';

/**
 * The looks that all elements share, with buttons and fields. A page may set `color-scheme` and these custom properties:
 *
 * - `--room-text` and `--room-surface`: the colours of text and background. Default: the system's. All greys are mixed
 *   from these two.
 * - `--room-accent` and `--room-on-accent`: the colour of buttons and of the chosen room, and the text on it.
 * - `--room-danger`: the colour of failures and of actions that cannot be undone.
 * - `--room-font`: a value of the CSS property `font`. Default: `16px/1.4 system-ui, sans-serif`; with `1rem/1.4 …` the
 *   text follows the page's own size.
 * - `--room-radius`: the radius of corners. Default: 10px.
 * - `--room-density`: a factor for all spacing, such as 0.8 in a sidebar. Default: 1. Controls stay at least 24 px high.
 *
 * A button is primary unless it has the class `quiet` or `danger` of `controls.ts`. `aria-busy="true"` marks a button that
 * works, or a placeholder for content that loads.
 */
export const tokens = css`
  :host {
    --_text: var(--room-text, CanvasText);
    --_surface: var(--room-surface, Canvas);
    /* For browsers without the functions below: the system's colours, which follow the colour scheme. */
    --_muted: var(--_text);
    --_edge: var(--_text);
    --_raised: var(--_surface);
    --_accent: var(--room-accent, LinkText);
    --_chosen: var(--_surface);
    --_danger: var(--room-danger, CanvasText);
    --_space: calc(4px * var(--room-density, 1));
    display: grid;
    gap: calc(2 * var(--_space));
    align-content: start;
    /* Nothing inside makes an element wider than its place. */
    grid-template-columns: minmax(0, 1fr);
    color: var(--_text);
    font: var(--room-font, 16px/1.4 system-ui, sans-serif);
    /* The page's own text may be set in ways that do not suit controls. */
    white-space: normal;
    text-align: start;
    text-align-last: auto;
    text-indent: 0;
    text-shadow: none;
    text-transform: none;
    letter-spacing: normal;
    word-spacing: normal;
    word-break: normal;
    writing-mode: horizontal-tb;
    line-break: auto;
    -webkit-text-fill-color: currentcolor;
    -webkit-text-stroke: 0;
  }
  @supports (color: color-mix(in srgb, red, red)) {
    :host {
      --_muted: color-mix(in srgb, var(--_text) 70%, var(--_surface));
      --_edge: color-mix(in srgb, var(--_text) 54%, var(--_surface));
      --_raised: color-mix(in srgb, var(--_text) 9%, var(--_surface));
      --_chosen: color-mix(in srgb, var(--_accent) 12%, var(--_surface));
    }
    button:hover {
      --_mixed: color-mix(in srgb, var(--_fill) 86%, var(--_text));
    }
    button:active {
      --_mixed: color-mix(in srgb, var(--_fill) 72%, var(--_text));
    }
  }
  @supports (color: light-dark(red, red)) {
    :host {
      --_accent: var(--room-accent, light-dark(#1a56c4, #8db4ff));
      --_danger: var(--room-danger, light-dark(#b3261e, #ffb4ab));
    }
  }
  :host([hidden]) {
    display: none;
  }
  * {
    box-sizing: border-box;
    margin: 0;
    border-radius: var(--room-radius, 10px);
  }
  button,
  input,
  select,
  textarea {
    min-block-size: max(24px, calc(11 * var(--_space)));
    border: 1px solid var(--_edge);
    padding: calc(2 * var(--_space)) calc(3.5 * var(--_space));
    background: var(--_surface);
    color: inherit;
    font: inherit;
  }
  :is(input, select, textarea):hover {
    border-color: var(--_text);
  }
  button {
    --_fill: var(--_accent);
    border-color: transparent;
    background: var(--_fill);
    color: var(--room-on-accent, Canvas);
    font-weight: 600;
    cursor: pointer;
  }
  button:is(:hover, :active) {
    background: var(--_mixed, var(--_fill));
  }
  :is(button, input, select, textarea):disabled,
  button[aria-disabled='true'],
  [aria-disabled='true'] {
    border-color: transparent;
    background: var(--_raised);
    color: var(--_muted);
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  @media (prefers-reduced-motion: no-preference) {
    button {
      transition: background 0.12s;
    }
    [aria-busy='true'] {
      animation: busy 0.9s ease-in-out 0.4s infinite alternate;
    }
    @keyframes busy {
      to {
        opacity: 0.6;
      }
    }
  }
  @media (forced-colors: active) {
    button {
      border-color: ButtonBorder;
      color: ButtonText;
    }
    /* The same selectors as above, or those would win by their specificity. */
    :is(button, input, select, textarea):disabled,
    button[aria-disabled='true'],
    [aria-disabled='true'] {
      border-color: GrayText;
      color: GrayText;
    }
  }
`;
