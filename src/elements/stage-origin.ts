import type {LitElement} from 'lit';
import {LinkController} from '../controllers/link.js';
import type {Room} from '../rooms/room.js';
import type {TokenDetail} from '../rooms/token-detail.js';
import type {Given} from '../stage/call.js';
import {clientOf} from '../stage/clients.js';
import type {RoomTokenEvent} from './events.js';
import type {JoinButton} from './join-button.js';
import {askForToken} from './late-stage.js';
import type {Preview} from './stage-media.js';
import {greenRoomAround, isWithin} from './stage-state.js';

/** A button to join as a stage needs it; a page may have an older one. */
type Button = JoinButton & {preJoin?: Preview | undefined; joined?: boolean; left?(): void};

/** A `<room-stage>`, as its origin needs it. */
interface OriginListener {
  /** What the page gives to clients. */
  given(): Given;
  token(detail: TokenDetail): void;
  leave(): void;
}

/** The tokens that a stage has taken: two stages may listen to one button, and a token may admit only once. */
const taken = new WeakSet<TokenDetail>();

/** The stage itself. */
type Host = LitElement & {for: string; client?: unknown};

/**
 * The button or the green room whose tokens a `<room-stage>` takes. It may be replaced, and the stage may be moved. The client
 * is loaded as soon as the room is known, and got ready if the page has the vendor's library already. Else that is loaded
 * while the token is on its way.
 */
export class StageOrigin {
  /** The button of the last token. */
  button?: Button | undefined;
  #host: Host;
  #on: OriginListener;
  #link: LinkController<Button>;
  /** The element that is listened to, and the end of that. */
  #heard?: {element: Element; ends: AbortController} | undefined;
  /** What was loaded ahead: the client of a provider, with the page's library for it. */
  #ahead: {provider?: string | undefined; client?: unknown} = {};

  constructor(host: Host, on: OriginListener) {
    this.#host = host;
    this.#on = on;
    this.#link = new LinkController(host);
  }

  /** Looks for the element again. Call it at each update. */
  look() {
    const element = this.#host.for ? this.#link.target : greenRoomAround(this.#host);
    this.#load((element as Partial<Button> | undefined)?.room);
    if (element === this.#heard?.element) return;
    this.forget();
    if (!element) return;
    const ends = new AbortController();
    const {signal} = ends;
    this.#heard = {element, ends};
    element.addEventListener('room-join', ({detail: {room}}) => void this.#prepare(room, true), {signal});
    const isButton = (each: EventTarget) => (each as Element).localName === 'join-button';
    const onToken = (event: RoomTokenEvent) => this.#take(event.composedPath().find(isButton), event.detail);
    element.addEventListener('room-token', onToken, {signal});
    element.addEventListener('room-leave', () => this.#on.leave(), {signal});
    // A person may have been faster than the stage was loaded.
    askForToken(this.#host.ownerDocument, (button, detail) => isWithin(element, button) && this.#take(button, detail));
  }

  forget() {
    this.#heard?.ends.abort();
    this.#heard = undefined;
  }

  /** Presses the button of the last token. False: it is not there any more. */
  press(): boolean {
    const {button} = this;
    const pressed = button?.isConnected && button.shadowRoot?.querySelector<HTMLElement>('[part~=button]');
    if (pressed) pressed.click();
    return Boolean(pressed);
  }

  #load(room: Room | undefined) {
    const {client} = this.#host;
    const {provider} = room ?? {};
    if (provider === this.#ahead.provider && client === this.#ahead.client) return;
    this.#ahead = {provider, client};
    void this.#prepare(this.#ahead, Boolean(client));
  }

  async #prepare({provider}: Pick<Room, 'provider'>, isWhole: boolean) {
    try {
      const client = await clientOf(provider)?.();
      if (isWhole && client && 'connect' in client) await client.prepare?.(this.#on.given());
    } catch {
      // It is tried again with the token, and what is wrong is said then.
    }
  }

  #take(button: EventTarget | undefined, detail: TokenDetail) {
    if (taken.has(detail)) return;
    taken.add(detail);
    this.button = button as Button | undefined;
    this.#on.token(detail);
  }
}
