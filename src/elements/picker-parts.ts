import type {TemplateResult, nothing} from 'lit';
import {Language} from '../controllers/language.js';
import {inTime, missing} from '../controllers/missing.js';
import {loadAgain, type ListHost} from '../controllers/refresh.js';
import type {Slots} from '../controllers/slots.js';
import type {Words} from '../locales/joining/joining.js';
import {picking, type PickingWords} from '../locales/picking/picking.js';
import type {TellingWords} from '../locales/telling/telling.js';
import type {RoomsError} from '../rooms/errors.js';
import type {Room} from '../rooms/room.js';
import {addStyles} from '../styles/root.js';
import type {Layout, PickerHost} from './picker-layout.js';
import {styles} from './picker-parts.styles.js';
import {RoomDetails} from './room-details.js';
import type {RoomFoot} from './room-foot.js';
import {RoomList} from './room-list.js';
import {RoomSearch} from './room-search.js';

/** How many rooms a list has before it gets a search field. */
const MANY = 8;

/** What a `<room-picker>` has beside its list. It is loaded at the same time as the rooms, and the script is smaller by it. */
export class PickerParts {
  readonly search: RoomSearch;
  readonly list: RoomList;
  #host: PickerHost & ListHost;
  #words: Language<PickingWords>;
  #told?: Language<TellingWords>;
  /** The words of failures are there, or will not come. No row waits for them. */
  #explained = this.#explain().catch(missing);
  #foot?: RoomFoot;
  /** The word for the layout that was loaded last, or is being loaded. */
  #wanted?: PickerHost['layout'];
  #layout?: Layout | undefined;
  /** A menu listens to its element, so there is only one. */
  #menu?: Layout;

  /** @param slots - The slots that the page has filled. */
  constructor(host: PickerHost & ListHost, slots: Slots, language: Language) {
    this.#host = host;
    addStyles(host, styles);
    const list = () => host.renderRoot.querySelector('ul');
    const changed = () => {
      list()?.scrollTo?.(0, 0);
      host.requestUpdate();
    };
    this.search = new RoomSearch(changed, () => list()?.focus());
    this.#words = new Language(host, picking);
    this.list = new RoomList(host, slots, language, this.search, new RoomDetails(host, this.#words));
    host.addController({hostUpdate: () => this.#follow()});
    loadAgain(host, this.list);
  }

  /** Resolves when the words of failures are there, or will not come. */
  get ready(): Promise<unknown> {
    return inTime(this.#explained);
  }

  failure({code}: RoomsError): string | undefined {
    return this.#told?.words.failures[code];
  }

  async #explain() {
    const {failureWords} = await import('./failure-words.js');
    this.#told = await failureWords(this.#host);
  }

  /** The rooms that the layout shows of all. */
  shown(rooms: Room[]): Room[] {
    return this.#layout?.shown?.(rooms) ?? rooms;
  }

  renderSearch(words: Words, label: string, disabled: boolean) {
    const {search, noSearch} = this.#host;
    return !noSearch && (search || this.list.length >= MANY) ? this.search.render(words, label, disabled) : undefined;
  }

  renderFoot(): TemplateResult | typeof nothing | undefined {
    const {room, link, source} = this.#host;
    return this.#foot?.render(room, link, source.now);
  }

  render(frame: TemplateResult, label: string, disabled: boolean): TemplateResult {
    return this.#layout?.render?.(frame, label, disabled) ?? frame;
  }

  /** Loads the layout of the element. Without its file, the element is a list. */
  async bringLayout() {
    const {layout} = this.#host;
    this.#wanted = layout;
    try {
      if (layout === 'menu') {
        const {RoomMenu} = await import('./room-menu.js');
        this.#layout = this.#menu ??= new RoomMenu(this.#host, this.#words);
      } else if (layout === 'card') {
        const {RoomCard} = await import('./room-card.js');
        this.#layout = new RoomCard(this.#host);
      } else this.#layout = undefined;
    } catch (cause) {
      missing(cause);
      this.#host.layout = undefined;
    }
    this.#host.requestUpdate();
  }

  #follow() {
    if (this.#host.layout !== this.#wanted) void this.bringLayout();
    if (this.#host.room && !this.#foot) {
      void import('./room-foot.js').then(({RoomFoot}) => (this.#foot ??= new RoomFoot(this.#host)), missing);
    }
  }
}
