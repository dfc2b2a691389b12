/**
 * Brings an element when a page has the first one of that name. It does not see into shadow roots: who puts one there
 * imports the element.
 */
export function onDemand(name: string, bring: () => Promise<unknown>) {
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
