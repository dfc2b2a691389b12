/** What brings each element that is not there from the start. */
const later: Record<string, () => Promise<unknown>> = {};

/**
 * Brings an element when a page has the first one of that name. It does not see into shadow roots: who puts one there
 * imports the element.
 */
export function onDemand(name: string, bring: () => Promise<unknown>) {
  later[name] = bring;
  // A server renders pages, and has none.
  if (!globalThis.document) return;
  const found = document.getElementsByTagName(name);
  const observer = new MutationObserver(look);
  observer.observe(document, {childList: true, subtree: true});
  look();

  function look() {
    if (!found.length) return;
    observer.disconnect();
    void bring();
  }
}

/** Brings an element now, for whom it was worth asking; there is nothing to do for one that is there. */
export async function bringNow(name: string) {
  await later[name]?.();
}
