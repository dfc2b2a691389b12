import {html, nothing, svg, type TemplateResult} from 'lit';

/** Drawings on a grid of 20, with a stroke of 1.6. */
const PATHS = {
  microphone:
    'M10 2.5A2.5 2.5 0 0 0 7.5 5v4.500a2.5 2.5 0 0 0 5 0V5A2.5 2.5 0 0 0 10 2.500M4.5 9.500a5.5 5.5 0 0 0 11 0M10 15v2.500',
  camera:
    'M5 5h5.500A2.5 2.5 0 0 1 13 7.500v5a2.5 2.5 0 0 1-2.5 2.500H5a2.5 2.5 0 0 1-2.5-2.500v-5A2.5 2.5 0 0 1 5 5M13 9l4.5-2.500v7L13 11',
  share:
    'M4.5 3.500h11a2 2 0 0 1 2 2V12a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2V5.500a2 2 0 0 1 2-2M7 17h6M10 11.500v-5M7.8 8.500 10 6.300l2.2 2.200',
  popOut: 'M4.5 4h11a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2M9.5 9.500h6V14h-6z',
  more: 'M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4',
  leave: 'M8 3H5a1.5 1.5 0 0 0-1.5 1.500v11A1.5 1.5 0 0 0 5 17h3M12.5 6.500 16 10l-3.5 3.500M16 10H8',
  end: 'M10 2.500a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M7.2 7.200h5.600v5.600H7.200z',
  speaking: 'M4.5 8v4M8.2 5v10M11.8 7v6M15.5 8.500v3',
  away: 'M15.5 12.500A6.5 6.5 0 1 1 8 3.500a5.2 5.2 0 0 0 7.5 9z',
  remove: 'M5 5l10 10M15 5 5 15',
  sound: 'M3 8v4h3l4 3.500v-11L6 8zM13 7.500a3.5 3.5 0 0 1 0 5M15.2 5a7 7 0 0 1 0 10',
};
export type Icon = keyof typeof PATHS;

/** A drawing that says nothing by itself; with `isOff` it is struck out. */
export const icon = (name: Icon, isOff = false): TemplateResult =>
  html`<svg class="icon ${name}" viewBox="0 0 20 20" aria-hidden="true">
    <path d=${PATHS[name]} />
    ${isOff ? svg`<path d="M3 3l14 14" />` : nothing}
  </svg>`;
