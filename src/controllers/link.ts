import type {LitElement, ReactiveController} from 'lit';

/**
 * The element whose id the host's `for` names, in the same document or shadow root, whichever of the two is parsed,
 * upgraded, moved or replaced first. The host updates whenever that element does.
 */
export class LinkController<T extends LitElement> implements ReactiveController {
  #host: LitElement & {for: string};
  #target?: T;
  #awaited?: string;
  #observer = new MutationObserver(() => this.#look());
  #follow: ReactiveController = {hostUpdated: () => this.#host.requestUpdate()};

  constructor(host: LitElement & {for: string}) {
    this.#host = host;
    host.addController(this);
  }

  /** Looked up each time, so that nobody acts on one that was replaced a moment ago. */
  get target(): T | undefined {
    this.#look();
    return this.#target;
  }

  hostConnected() {
    // It may have come back to a page that changed meanwhile.
    this.#host.requestUpdate();
    const root = this.#host.getRootNode();
    this.#observer.observe(root, {childList: true, subtree: true, attributeFilter: ['id']});
  }

  hostDisconnected() {
    this.#observer.disconnect();
    this.#tie(undefined);
  }

  #look() {
    const {for: id, isConnected} = this.#host;
    const root = this.#host.getRootNode() as Document | ShadowRoot;
    const named = isConnected && id ? root.getElementById(id) : null;
    // An element that was put into a place of the page goes by the name of the place.
    const found = named?.localName.includes('-') ? named : (named?.firstElementChild ?? null);
    if (!found || 'addController' in found) return this.#tie((found as T | null) ?? undefined);
    // Until its script has come it is an unknown element that nobody can follow; a plain element stays one.
    const {localName} = found;
    if (localName === this.#awaited || !localName.includes('-')) return;
    this.#awaited = localName;
    void customElements.whenDefined(localName).then(() => this.#host.requestUpdate());
  }

  #tie(target: T | undefined) {
    if (target === this.#target) return;
    this.#target?.removeController(this.#follow);
    this.#target = target;
    target?.addController(this.#follow);
    this.#host.requestUpdate();
  }
}
