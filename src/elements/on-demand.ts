import {missing} from '../controllers/missing.js';

/** Loads each element that is not there from the start, by its name. */
const later: Record<string, () => Promise<unknown>> = {};
/** The elements that are being loaded, by name. */
const loading = new Set<string>();

/**
 * Loads an element when the first tag of that name is in the page. Tags in shadow roots are not seen: a component that
 * uses the element there imports it.
 */
export function onDemand(name: string, bring: () => Promise<unknown>) {
  if (later[name]) return;
  later[name] = bring;
  // Servers that render pages have no document.
  if (!globalThis.document) return;
  const found = document.getElementsByTagName(name);
  const observer = new MutationObserver(look);
  observer.observe(document, {childList: true, subtree: true});
  look();

  function look() {
    if (!found.length) return;
    observer.disconnect();
    void bringNow(name);
  }
}

/** Whether an element of Greenroom has this name. */
export const isElement = (name: string) => /^(room-picker|join-button)$/.test(name) || Object.hasOwn(later, name);

/** Whether an element is on its way. */
export const isLoading = (name: string) => loading.has(name);

/** Loads an element now. Resolves at once for one that is not loaded on demand. */
export async function bringNow(name: string) {
  loading.add(name);
  await later[name]?.().catch(missing);
  loading.delete(name);
}
