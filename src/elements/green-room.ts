import {html, LitElement, type PropertyValues, type TemplateResult} from 'lit';
import {property} from 'lit/decorators.js';
import {tellLent} from '../controllers/source.js';
import type {Rooms} from '../rooms/rooms.js';

/** The whole way in, in one tag. It lends its `endpoint`, `grant` and `rooms` to the elements inside it. */
export class GreenRoom extends LitElement {
  /** Address of the token proxy, for this element and for those inside it. */
  @property() endpoint = '';
  /** A signed permission for the token proxy. */
  @property() grant = '';
  /** Any `Rooms`, used instead of `endpoint` and `grant`. */
  @property({attribute: false}) rooms?: Rooms | undefined;

  constructor() {
    super();
    // Content of the page has come into a slot or left it, also a slot of a component around this element.
    this.addEventListener('slotchange', () => tellLent(this.ownerDocument));
  }

  override connectedCallback() {
    super.connectedCallback();
    tellLent(this.ownerDocument);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    tellLent(this.ownerDocument);
  }

  protected override updated(changed: PropertyValues<this>) {
    if (changed.has('endpoint') || changed.has('grant') || changed.has('rooms')) tellLent(this.ownerDocument);
  }

  override render(): TemplateResult {
    return html`<slot @slotchange=${() => tellLent(this.ownerDocument)}></slot>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'green-room': GreenRoom;
  }
}
