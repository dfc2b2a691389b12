import {html, nothing, svg, type TemplateResult} from 'lit';

/** Drawings on a grid of 20. */
export const ICONS = {
  microphone: 'M10 3a2 2 0 0 0-2 2v5a2 2 0 0 0 4 0V5a2 2 0 0 0-2-2M5 10a5 5 0 0 0 10 0M10 15v3',
  camera: 'M5 5h6a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2M13 9l4-2v6l-4-2',
  flip: 'M4 10a6 6 0 0 1 11-3V3m0 4h-4M16 10a6 6 0 0 1-11 3v4m0-4h4',
  speaker: 'M3 8v4h3l4 3V5L6 8zM13 7a4 4 0 0 1 0 6M15 5a7 7 0 0 1 0 10',
};

/** A drawing that says nothing by itself; with `isOff` it is struck out. */
export const icon = (path: string, isOff = false): TemplateResult =>
  html`<svg viewBox="0 0 20 20" aria-hidden="true">
    <path d=${path} />
    ${isOff ? svg`<path d="M3 3l14 14" />` : nothing}
  </svg>`;
