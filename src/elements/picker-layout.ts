import type {LitElement, TemplateResult} from 'lit';
import type {Room} from '../rooms/room.js';
import type {Rooms} from '../rooms/rooms.js';

/** What the parts and layouts of a `<room-picker>` use of it. */
export interface PickerHost extends LitElement {
  endpoint: string;
  rooms?: Rooms | undefined;
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
