import type {LitElement} from 'lit';
import {around} from './around.js';

/**
 * Chooses the colours of an element by what the page has behind it, until `signal` aborts: many dark pages do not set
 * `color-scheme`. On a dark or a light background the element takes that scheme. On any other, such as a picture or a
 * medium colour, it lays a surface of its own below its text. So all text has a contrast of at least 4.5:1.
 */
export function followBackdrop(host: LitElement, signal: AbortSignal) {
  const root = host.shadowRoot!;
  const view = host.ownerDocument.defaultView as Window & typeof globalThis;
  // A simulated page, such as jsdom, has no colours.
  if (signal.aborted || !view?.matchMedia || !root.adoptedStyleSheets) return;
  let sheet: CSSStyleSheet | undefined;
  let frame = 0;
  const soon = () => (frame ||= view.requestAnimationFrame(look));
  const observer = new view.MutationObserver(soon);
  for (let at: Element | null | undefined = host; at; at = around(at)) observer.observe(at, {attributes: true});
  // A part of an element that comes later brings styles, which replace all sheets.
  const keeper = {hostUpdated: () => sheet && !root.adoptedStyleSheets.includes(sheet) && look()};
  host.addController(keeper);
  signal.addEventListener('abort', () => {
    observer.disconnect();
    host.removeController(keeper);
  });
  view.matchMedia('(prefers-color-scheme:dark)').addEventListener('change', soon, {signal});
  // Style sheets may come late, and a change of theme may take time.
  for (const type of ['load', 'transitionend']) view.document.addEventListener(type, soon, {signal, capture: true});
  look();

  function look() {
    frame = 0;
    if (signal.aborted) return;
    const others = root.adoptedStyleSheets.filter(each => each !== sheet);
    root.adoptedStyleSheets = others;
    const probe = root.appendChild(view.document.createElement('i'));
    // Of color(xyz-d65 X Y Z / alpha), Y is the luminance.
    const measure = (color: string) => {
      probe.style.color = `color-mix(in xyz,${color},${color})`;
      const [, , luminance, , , alpha = 1] = view.getComputedStyle(probe).color.split(' ').map(parseFloat);
      return {luminance: luminance!, alpha};
    };
    const isDark = measure('Canvas').luminance < 0.5;
    let rule: string | undefined;
    for (let at: Element | null | undefined = host; at && rule === undefined; at = around(at)) {
      const {backgroundColor: color, backgroundImage: image} = view.getComputedStyle(at);
      const {luminance, alpha} = measure(color);
      if (!alpha && image === 'none') continue;
      if (alpha < 1 || image !== 'none' || !(luminance < 0.067 || luminance > 0.66)) {
        rule = 'background:var(--_surface);box-shadow:0 0 0 var(--_space) var(--_surface)';
      } else if (luminance < 0.5 === isDark) rule = '';
      else rule = `color-scheme:${isDark ? 'light' : 'dark'}`;
    }
    probe.remove();
    // WebKit does not apply a rule that replaces another of the same sheet in one go.
    sheet = new view.CSSStyleSheet();
    sheet.replaceSync(`:host{${rule ?? ''}}`);
    root.adoptedStyleSheets = [...others, sheet];
  }
}
