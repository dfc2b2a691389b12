import type {LitElement, ReactiveController} from 'lit';

/**
 * The element whose id the host's `for` names, in the same document or shadow root, whichever of the two is parsed,
 * upgraded, moved or replaced first. The host updates whenever that element does.
 */
export class LinkController<T extends LitElement> implements ReactiveController {
  target?: T;
  #host: LitElement & {for: string};
  #observer = new MutationObserver(() => this.hostUpdate());
  #follow: ReactiveController = {hostUpdated: () => this.#host.requestUpdate()};

  constructor(host: LitElement & {for: string}) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected() {
    const root = this.#host.getRootNode();
    this.#observer.observe(root, {childList: true, subtree: true, attributeFilter: ['id']});
  }

  hostDisconnected() {
    this.#observer.disconnect();
    this.#tie(undefined);
  }

  hostUpdate() {
    const {for: id, isConnected} = this.#host;
    const root = this.#host.getRootNode() as Document | ShadowRoot;
    const found = isConnected && id ? root.getElementById(id) : null;
    // Before its script came it is an unknown element, and no follower can be added to it.
    if (!found || 'addController' in found) this.#tie((found as T | null) ?? undefined);
    else void customElements.whenDefined(found.localName).then(() => this.#host.requestUpdate());
  }

  #tie(target: T | undefined) {
    if (target === this.target) return;
    this.target?.removeController(this.#follow);
    this.target = target;
    target?.addController(this.#follow);
    this.#host.requestUpdate();
  }
}
