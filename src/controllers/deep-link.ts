import type {LitElement, ReactiveController} from 'lit';
import {RoomId} from '../rooms/schema.js';

interface Host extends LitElement {
  deepLink: boolean;
  roomId: string;
}

/** Under this key the state of a history entry has the step. What others keep in the state stays. */
const KEY = 'greenroom';

/**
 * Keeps the chosen room in the page's address while the host has `deepLink`: as `?room=`, or as `#room=` if the page was
 * opened with that. Each step is an entry of the history. Otherwise neither address nor history is touched.
 */
export class DeepLink implements ReactiveController {
  #host: Host;
  #moved: (id: string, step: string | undefined) => void;
  #view?: Window | null;

  /**
   * @param moved - Called when the browser went to another entry: with its room, which may be empty, and its step.
   */
  constructor(host: Host, moved: (id: string, step: string | undefined) => void) {
    this.#host = host;
    this.#moved = moved;
    host.addController(this);
  }

  hostConnected() {
    this.#view = this.#host.ownerDocument.defaultView;
    this.#view?.addEventListener('popstate', this.#onMove);
  }

  hostDisconnected() {
    this.#view?.removeEventListener('popstate', this.#onMove);
  }

  /** The room in the address; empty if there is none, or what is there cannot be the id of a room. */
  get room(): string {
    const {search, hash} = this.#view?.location ?? {};
    if (!this.#host.deepLink || search === undefined || hash === undefined) return '';
    const id = paramsOf(hash).get('room') ?? new URLSearchParams(search).get('room') ?? '';
    return RoomId.is(id) ? id : '';
  }

  /** Makes a new entry for a step, or changes the present one. */
  write(id: string, step: string, replace = false) {
    const view = this.#view;
    if (!this.#host.deepLink || this.#host.roomId || !view) return;
    const url = new URL(view.location.href);
    const part = paramsOf(url.hash).has('room') ? 'hash' : 'search';
    url[part] = withRoom(url[part].slice(1), id);
    const state = {...(view.history.state as object | null), [KEY]: step};
    try {
      view.history[replace ? 'replaceState' : 'pushState'](state, '', url);
    } catch {
      // Frames with `srcdoc` or without an origin keep their address, and Safari allows 100 changes in 30 s. The visitor goes on.
    }
  }

  #onMove = ({state}: PopStateEvent) => {
    if (!this.#host.deepLink || this.#host.roomId) return;
    this.#moved(this.room, (state as Record<string, string> | null)?.[KEY]);
  };
}

/** Parameters with another room, or none. Those of the page stay as it wrote them. */
function withRoom(params: string, id: string): string {
  const others = params.split('&').filter(each => each && !/^room(=|$)/.test(each));
  return [...others, ...(id ? [`room=${id}`] : [])].join('&');
}

const paramsOf = (hash: string) => new URLSearchParams(hash.slice(1));
