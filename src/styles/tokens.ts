import {css} from 'lit';

/**
 * The looks every element shares. A page sets `color-scheme` and the public `--room-*` properties; whatever it leaves
 * alone follows the system's own colours, light or dark, and is mixed from text and surface.
 */
export const tokens = css`
  :host {
    --_text: var(--room-text, CanvasText);
    --_surface: var(--room-surface, Canvas);
    --_muted: color-mix(in srgb, var(--_text) 70%, var(--_surface));
    --_raised: color-mix(in srgb, var(--_text) 10%, var(--_surface));
    --_accent: var(--room-accent, light-dark(#1a56c4, #8db4ff));
    --_danger: var(--room-danger, light-dark(#b3261e, #ffb4ab));
    display: grid;
    gap: 0.5rem;
    color: var(--_text);
    font: var(--room-font, 1rem/1.4 system-ui, sans-serif);
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
  input {
    min-block-size: 2.75rem;
    border: 1px solid transparent;
    padding: 0.5rem 0.875rem;
    font: inherit;
  }
  button {
    background: var(--_accent);
    color: var(--room-on-accent, Canvas);
    font-weight: 600;
    cursor: pointer;
  }
  button:hover {
    filter: brightness(1.1);
  }
  button:disabled,
  [aria-disabled='true'] {
    background: var(--_raised);
    color: var(--_muted);
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
`;
