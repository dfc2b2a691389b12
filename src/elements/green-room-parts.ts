import type {LitElement, ReactiveController} from 'lit';
import type {JoinButton} from './join-button.js';
import type {PreJoin} from './pre-join.js';
import type {RoomPicker} from './room-picker.js';

/** The elements inside a `<green-room>`. It shows what they know, so it renders again after each of them. */
export class GreenRoomParts implements ReactiveController {
  #host: LitElement;
  #followed = new WeakSet<LitElement>();

  constructor(host: LitElement) {
    (this.#host = host).addController(this);
  }

  hostUpdated() {
    const {picker, join, preJoin} = this;
    for (const each of [picker, join, preJoin]) {
      if (!each || !isLoaded(each) || this.#followed.has(each)) continue;
      this.#followed.add(each);
      each.addController({hostUpdated: () => this.#host.requestUpdate()});
      // The button's `for` finds only elements in its own tree, and this one may be the page's.
      if (each === join) Object.defineProperty(each, 'preJoin', {get: () => this.preJoin ?? undefined});
    }
  }

  /** The list of rooms; null before it is loaded, and if there is none. */
  get picker(): RoomPicker | null {
    return this.#loaded<RoomPicker>('#pick');
  }

  /** The button to join; null before it is loaded. */
  get join(): JoinButton | null {
    return this.#loaded<JoinButton>('#join');
  }

  /** The step to get ready, also one of the page; null before a visitor came to it. */
  get preJoin(): PreJoin | null {
    return this.#find<PreJoin>('pre-join') ?? this.#host.querySelector('pre-join');
  }

  /** The call; null if the page has a client of its own. */
  get stage() {
    return this.#find<HTMLElement & {leave?(): Promise<void>}>('room-stage');
  }

  #loaded<T extends Element>(selector: string): T | null {
    const found = this.#find<T>(selector);
    return found && isLoaded(found) ? found : null;
  }

  #find<T extends Element>(selector: string): T | null {
    return this.#host.renderRoot?.querySelector<T>(selector) ?? null;
  }
}

/** Elements are in the page before their code is. */
const isLoaded = (element: Element) => 'addController' in element;
