import {html, nothing, type LitElement, type TemplateResult} from 'lit';
import {Language} from '../controllers/language.js';
import {sharing} from '../locales/sharing/sharing.js';
import type {Rooms} from '../rooms/rooms.js';
import {CopyLink, linkTo} from './room-link.js';

/** The element in which a room was created. */
interface Host extends LitElement {
  endpoint: string;
  grant: string;
  rooms?: Rooms | undefined;
  link: string;
}

/** A room that was created just now: its link, and a button to join it. */
export class MadeRoom {
  #host: Host;
  #copyLink: CopyLink;

  constructor(host: Host) {
    this.#host = host;
    this.#copyLink = new CopyLink(host, new Language(host, sharing));
  }

  render(roomId: string): TemplateResult {
    const {endpoint, grant, rooms} = this.#host;
    const link = linkTo(this.#host, this.#host.link, roomId);
    return html`<div part="made" class="made">
      ${link ? this.#copyLink.render(link) : nothing}
      <join-button .endpoint=${endpoint} .grant=${grant} .rooms=${rooms} .roomId=${roomId}></join-button>
    </div>`;
  }
}
