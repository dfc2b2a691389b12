import type {LitElement, ReactiveController} from 'lit';

/**
 * Finds the element whose id is in the host's `for`, in the same document or shadow root. Either of the two may be parsed,
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

  /** Looked up at every read, since the element may have been replaced a moment ago. */
  get target(): T | undefined {
    this.#look();
    return this.#target;
  }

  hostConnected() {
    // The page may have changed while the host was away.
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
    // The script tag renders an element into a container; then the id is the container's.
    const found = named?.localName.includes('-') ? named : (named?.firstElementChild ?? null);
    if (!found || 'addController' in found) return this.#tie((found as T | null) ?? undefined);
    // A custom element without its script cannot be followed yet; a plain element never can.
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
