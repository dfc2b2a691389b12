import {css, type LitElement, type TemplateResult} from 'lit';
import {Language} from '../controllers/language.js';
import {inTime, missing} from '../controllers/missing.js';
import type {List, ListHost} from '../controllers/refresh.js';
import type {Words} from '../locales/joining/joining.js';
import {picking, type PickingWords} from '../locales/picking/picking.js';
import {telling} from '../locales/telling/telling.js';
import type {RoomsError} from '../rooms/errors.js';
import type {Room} from '../rooms/room.js';
import {addStyles} from '../styles/root.js';
import {RoomDetails} from './room-details.js';
import type {RoomFoot} from './room-foot.js';
import {RoomSearch} from './room-search.js';

/** How many rooms a list has before it gets a search field. */
const MANY = 8;

/** The looks of the search field, and of the list on paper. */
const styles = css`
  ::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  @media print {
    .frame {
      block-size: auto;
    }
    [part~='list'] {
      overflow: visible;
    }
    [part='rows'] {
      content-visibility: visible;
    }
  }
`;

export interface PickerHost extends LitElement {
  value: string;
  search: boolean;
  noSearch: boolean;
  showUsers: boolean;
  layout?: 'list' | 'menu' | 'card' | undefined;
  link: string;
  readonly room: Room | undefined;
  readonly source: {readonly now: number};
}

/** What a layout does other than the list. */
export interface Layout {
  /** The rooms that it shows of all. */
  shown?(rooms: Room[]): Room[];
  /**
   * @param frame - The list with its search field.
   * @param label - The name of the list.
   */
  render?(frame: TemplateResult, label: string, disabled: boolean): TemplateResult;
}

/** What a `<room-picker>` has beside its list. It is loaded at the same time as the rooms, and the script is smaller by it. */
export class PickerParts {
  readonly search: RoomSearch;
  readonly details: RoomDetails;
  #host: PickerHost & ListHost;
  #list: List;
  #words: Language<PickingWords>;
  #told: Language<typeof telling.en>;
  #foot?: RoomFoot;
  #layout?: Layout | undefined;
  /** A menu listens to its element, so there is only one. */
  #menu?: Layout;
  #isLong = false;
  #loadsAgain = false;

  /**
   * @param changed - Called when a person searches for something else.
   * @param leave - Called when a person goes on from the search field to the list.
   */
  constructor(host: PickerHost & ListHost, list: List, changed: () => void, leave: () => void) {
    this.#host = host;
    this.#list = list;
    addStyles(host, styles);
    this.search = new RoomSearch(changed, leave);
    this.#words = new Language(host, picking);
    this.#told = new Language(host, telling);
    this.details = new RoomDetails(host, this.#words);
    host.addController({hostUpdate: () => this.#follow()});
  }

  /** Resolves when the words of failures are there, or will not come. */
  get ready(): Promise<unknown> {
    return inTime(this.#told.ready);
  }

  failure({code}: RoomsError): string {
    return this.#told.words.failures[code];
  }

  /** Decides by the number of rooms whether one searches them. Call it only when the list is sorted: the field moves all rows. */
  count(rooms: Room[]) {
    this.#isLong = rooms.length >= MANY;
  }

  /** The rooms that the layout shows of all. */
  shown(rooms: Room[]): Room[] {
    return this.#layout?.shown?.(rooms) ?? rooms;
  }

  renderSearch(words: Words, label: string, disabled: boolean) {
    const {search, noSearch} = this.#host;
    return !noSearch && (search || this.#isLong) ? this.search.render(words, label, disabled) : undefined;
  }

  renderFoot() {
    const {room, link, source} = this.#host;
    return this.#foot?.render(room, link, source.now);
  }

  render(frame: TemplateResult, label: string, disabled: boolean): TemplateResult {
    return this.#layout?.render?.(frame, label, disabled) ?? frame;
  }

  /** Loads the layout of the element. */
  async bringLayout() {
    const {layout} = this.#host;
    if (layout === 'menu') {
      const {RoomMenu} = await import('./room-menu.js');
      this.#layout = this.#menu ??= new RoomMenu(this.#host, this.#words);
    } else if (layout === 'card') {
      const {RoomCard} = await import('./room-card.js');
      this.#layout = new RoomCard(this.#host);
    } else this.#layout = undefined;
  }

  #follow() {
    const {refresh, showUsers} = this.#host;
    if (!this.#loadsAgain && (refresh || showUsers)) {
      this.#loadsAgain = true;
      void import('../controllers/refresh.js').then(({loadAgain}) => loadAgain(this.#host, this.#list), missing);
    }
    if (this.#host.room && !this.#foot) {
      void import('./room-foot.js').then(
        ({RoomFoot}) => (this.#foot ??= new RoomFoot(this.#host, this.#words)),
        missing,
      );
    }
  }
}
