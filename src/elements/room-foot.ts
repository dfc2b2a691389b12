import {css, html, nothing, type LitElement, type TemplateResult} from 'lit';
import {Language} from '../controllers/language.js';
import {sharing, type SharingWords} from '../locales/sharing/sharing.js';
import type {Room} from '../rooms/room.js';
import {joinWindow, roomPhase} from '../rooms/times.js';
import {addStyles} from '../styles/root.js';
import {calendarOf} from './calendar.js';
import {CopyLink, linkTo} from './room-link.js';

const styles = css`
  [part='foot'] {
    display: flex;
    flex-wrap: wrap;
    gap: calc(2 * var(--_space));
  }
  .link {
    display: contents;
  }
  .link > p {
    color: var(--_muted);
    font-size: 0.875em;
    align-self: center;
  }
  .link > p:empty {
    display: none;
  }
  button.quiet {
    --_fill: var(--_surface);
    border-color: var(--_edge);
    color: var(--_text);
  }
`;

/** What a person can do with the chosen room besides joining: put it into a calendar, and copy its link. */
export class RoomFoot {
  #host: LitElement;
  #words: Language<SharingWords>;
  #copyLink: CopyLink;

  constructor(host: LitElement) {
    this.#host = host;
    this.#words = new Language(host, sharing);
    this.#copyLink = new CopyLink(host, this.#words);
    addStyles(host, styles);
    host.requestUpdate();
  }

  /**
   * @param template - The address at which people join, with `{room}`; see `linkTo`.
   * @param now - Epoch ms.
   */
  render(room: Room | undefined, template: string, now: number): TemplateResult | typeof nothing {
    if (!room) return nothing;
    const link = linkTo(this.#host, template, room.room_id);
    // A room whose time cannot be read has no place in a calendar.
    const isComing = joinWindow(room) && roomPhase(room, now) !== 'over';
    if (!link && !isComing) return nothing;
    const save = () => this.#save(room, link, now);
    return html`<div part="foot">
      ${
        isComing
          ? html`<button
              part="calendar"
              class="quiet"
              @click=${save}
              .textContent=${this.#words.words.calendar}
            ></button>`
          : nothing
      }
      ${link ? this.#copyLink.render(link, false) : nothing}
    </div>`;
  }

  #save(room: Room, link: string | undefined, now: number) {
    const page = this.#host.ownerDocument;
    const file = calendarOf(room, {link, at: page.location.hostname || 'greenroom', now});
    if (!file) return;
    const href = URL.createObjectURL(new Blob([file], {type: 'text/calendar;charset=utf-8'}));
    const download = `${room.name.replace(/[\\/:*?"<>|\p{Cc}\s]+/gu, ' ').trim() || room.room_id}.ics`;
    Object.assign(page.createElement('a'), {href, download}).click();
    // Safari reads it after the click.
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  }
}
