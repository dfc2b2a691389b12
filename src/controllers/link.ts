import type {LitElement, ReactiveController} from 'lit';

/**
 * Finds the first element of a kind among those whose ids are in the host's `for`, in the same document or shadow root.
 * Either of the two may be parsed, upgraded, moved or replaced first. The host updates whenever that element does.
 */
export class LinkController<T extends LitElement> implements ReactiveController {
  #host: LitElement & {for: string};
  #mark: keyof T | undefined;
  #target?: T;
  #awaited = new Set<string>();
  #observer = new MutationObserver(() => this.#look());
  #follow: ReactiveController = {hostUpdated: () => this.#host.requestUpdate()};

  /** @param mark - A property that only elements of that kind have. Default: any element is of that kind. */
  constructor(host: LitElement & {for: string}, mark?: keyof T) {
    this.#host = host;
    this.#mark = mark;
    host.addController(this);
  }

  /** Looked up at every read, since the element may have been replaced a moment ago. */
  get target(): T | undefined {
    this.#look();
    return this.#target;
  }

  hostConnected() {
    const host: {for: string; htmlFor?: string} & LitElement = this.#host;
    // Set before the element was defined, it hides the property of that name.
    if (Object.hasOwn(host, 'htmlFor')) {
      host.for = host.htmlFor!;
      delete host.htmlFor;
    }
    // The page may have changed while the host was away.
    host.requestUpdate();
    const root = host.getRootNode();
    this.#observer.observe(root, {childList: true, subtree: true, attributeFilter: ['id']});
  }

  hostDisconnected() {
    this.#observer.disconnect();
    this.#tie(undefined);
  }

  #look() {
    const {for: ids, isConnected} = this.#host;
    const root = this.#host.getRootNode() as Document | ShadowRoot;
    for (const id of isConnected && ids ? String(ids).split(/\s+/) : []) {
      const named = root.getElementById(id);
      // The script tag renders an element into a container; then the id is the container's.
      const found = named?.localName.includes('-') ? named : named?.firstElementChild;
      if (found && 'addController' in found && (!this.#mark || this.#mark in found))
        return this.#tie(found as Element as T);
      // A custom element without its script cannot be followed yet; a plain element never can.
      const {localName = ''} = found ?? {};
      if (!localName.includes('-') || this.#awaited.has(localName)) continue;
      this.#awaited.add(localName);
      void customElements.whenDefined(localName).then(() => this.#host.requestUpdate());
    }
    this.#tie(undefined);
  }

  #tie(target: T | undefined) {
    if (target === this.#target) return;
    this.#target?.removeController(this.#follow);
    this.#target = target;
    target?.addController(this.#follow);
    this.#host.requestUpdate();
  }
}
