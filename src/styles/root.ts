import {adoptStyles, supportsAdoptingStyleSheets, type CSSResultOrNative, type LitElement} from 'lit';

/** The sheets of each document. A document takes only sheets that were made for it. */
const sheets = new WeakMap<Document, Map<CSSResultOrNative, CSSStyleSheet>>();

/**
 * Makes the shadow root of an element, and gives it the element's styles for the document that it is in. A page may make an
 * element in one document and show it in another: a frame, a popup or a picture-in-picture window. Call this for the first
 * render, and whenever the element changes its document.
 */
export function styledRoot(host: LitElement): ShadowRoot {
  const {elementStyles, shadowRootOptions} = host.constructor as typeof LitElement;
  const known = host.shadowRoot;
  const root = known ?? host.attachShadow(shadowRootOptions);
  const {ownerDocument} = host;
  if (!supportsAdoptingStyleSheets) known ?? adoptStyles(root, elementStyles);
  // A document without a window shows nothing.
  else if (ownerDocument.defaultView)
    root.adoptedStyleSheets = elementStyles.map(style => sheetIn(ownerDocument, style));
  return root;
}

function sheetIn(owner: Document, style: CSSResultOrNative): CSSStyleSheet {
  const made = sheets.get(owner) ?? new Map<CSSResultOrNative, CSSStyleSheet>();
  sheets.set(owner, made);
  let sheet = made.get(style);
  if (!sheet) {
    sheet = new (owner.defaultView as typeof globalThis.window & typeof globalThis).CSSStyleSheet();
    sheet.replaceSync('cssRules' in style ? [...style.cssRules].map(({cssText}) => cssText).join('') : style.cssText);
    made.set(style, sheet);
  }
  return sheet;
}
