import type {ReactiveController, ReactiveControllerHost} from 'lit';

/** Elements that show something although they hold no text. */
const SHOWN = 'img,svg,canvas,video,iframe,input,[aria-label]';

/**
 * Tells which slots of an element the page has filled. White space, comments and empty elements fill no slot: templates,
 * editors and frameworks leave them behind. The host updates whenever its content changes.
 */
export class Slots implements ReactiveController {
  #host: ReactiveControllerHost & HTMLElement;
  #update = () => this.#host.requestUpdate();
  #observer = new MutationObserver(this.#update);

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected() {
    const attributeFilter = ['slot', 'hidden', 'aria-label'];
    this.#observer.observe(this.#host, {childList: true, subtree: true, characterData: true, attributeFilter});
    // Of the slots of a component around the host, which it passes on.
    this.#host.addEventListener('slotchange', this.#update);
    this.#update();
  }

  hostDisconnected() {
    this.#observer.disconnect();
  }

  /** The names of the filled slots; the slot without a name is the empty string. */
  get filled(): Set<string> {
    return new Set([...this.#host.childNodes].filter(isShown).map(node => (node as Element).slot ?? ''));
  }
}

function isShown(node: Node): boolean {
  if (node.nodeType === Node.TEXT_NODE) return /[^\s\p{Cf}]/u.test(node.nodeValue!);
  if (node.nodeType !== Node.ELEMENT_NODE) return false;
  const element = node as HTMLElement;
  if (element.matches('[hidden],noscript,script,style,template')) return false;
  if (element.matches(SHOWN) || element.localName.includes('-')) return true;
  const isSlot = element.localName === 'slot';
  return [...(isSlot ? (element as HTMLSlotElement).assignedNodes({flatten: true}) : element.childNodes)].some(isShown);
}
