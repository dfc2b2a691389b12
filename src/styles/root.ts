import {adoptStyles, supportsAdoptingStyleSheets, type CSSResult, type LitElement} from 'lit';

/**
 * Makes the shadow root of an element, and gives it the element's styles for the document that it is in. A page may make an
 * element in one document and show it in another: a frame, a popup or a picture-in-picture window. Call this for the first
 * render, and whenever the element changes its document.
 */
export function styledRoot(host: LitElement): ShadowRoot {
  const {elementStyles, shadowRootOptions} = host.constructor as typeof LitElement;
  const root = host.shadowRoot ?? host.attachShadow(shadowRootOptions);
  const {defaultView} = host.ownerDocument;
  if (defaultView === window || !supportsAdoptingStyleSheets) adoptStyles(root, elementStyles);
  // A document without a window shows nothing. The others take only sheets that were made for them.
  else if (defaultView) {
    root.adoptedStyleSheets = elementStyles.map(style => {
      const sheet = new (defaultView as Window & typeof globalThis).CSSStyleSheet();
      sheet.replaceSync((style as CSSResult).cssText);
      return sheet;
    });
  }
  return root;
}

/** Gives an element more styles, and all others of its class. For parts of an element that are loaded on demand. */
export function addStyles(host: LitElement, styles: CSSResult) {
  const {elementStyles} = host.constructor as typeof LitElement;
  if (!elementStyles.includes(styles)) elementStyles.push(styles);
  styledRoot(host);
}
