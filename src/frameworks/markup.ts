import type {
  RoomDeletedEvent,
  RoomDeleteEvent,
  RoomErrorEvent,
  RoomJoinEvent,
  RoomSavedEvent,
  RoomSaveEvent,
  RoomSelectEvent,
  RoomTokenEvent,
} from '../elements/events.js';
import type {JoinButton} from '../elements/join-button.js';
import type {RoomEditor} from '../elements/room-editor.js';
import type {RoomPicker} from '../elements/room-picker.js';
import type {RoomUsers} from '../elements/room-users.js';
import type {Role} from '../rooms/schema.js';

// The same markup for every framework; what each of them makes of it is in the file of its name.

/** What says where the rooms are. */
interface Shared {
  endpoint?: string;
  grant?: string;
}

/** What each tag takes in markup; `custom-elements.json` says what each of it is. */
export interface Markup {
  'room-picker': {
    element: RoomPicker;
    attributes: Shared & {
      value?: string;
      name?: string;
      required?: boolean;
      disabled?: boolean;
      'no-search'?: boolean;
      'show-users'?: boolean;
      refresh?: number;
    };
    events: {'room-select': RoomSelectEvent; 'room-error': RoomErrorEvent};
  };
  'join-button': {
    element: JoinButton;
    attributes: Shared & {
      'room-id'?: string;
      for?: string;
      'user-name'?: string;
      'user-ref'?: string;
      role?: Role;
      disabled?: boolean;
    };
    events: {'room-join': RoomJoinEvent; 'room-token': RoomTokenEvent; 'room-error': RoomErrorEvent};
  };
  'room-editor': {
    element: RoomEditor;
    attributes: Shared & {'room-id'?: string};
    events: {
      'room-save': RoomSaveEvent;
      'room-saved': RoomSavedEvent;
      'room-delete': RoomDeleteEvent;
      'room-deleted': RoomDeletedEvent;
      'room-error': RoomErrorEvent;
    };
  };
  'room-users': {
    element: RoomUsers;
    attributes: Shared & {'room-id'?: string; for?: string; refresh?: number};
    events: {'room-error': RoomErrorEvent};
  };
}

export type Tag = keyof Markup;

/** As attributes are written, `user-name`. */
export type Attributes<T extends Tag> = Markup[T]['attributes'];

/** The same where the framework writes `false` into an attribute, which is there then: on, or left out. */
export type FixedAttributes<T extends Tag> = {
  [K in keyof Attributes<T>]: K extends `${string}-${string}`
    ? Exclude<Attributes<T>[K], boolean> | (boolean extends Attributes<T>[K] ? true | '' : never)
    : Attributes<T>[K];
};

type Camel<Name> = Name extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Name;

/** As properties are written, `userName`, and those that no attribute can hold. */
export type Properties<T extends Tag> = {
  [K in keyof Attributes<T> as Camel<K>]: Attributes<T>[K];
} & Partial<Pick<Markup[T]['element'], Extract<keyof Markup[T]['element'], 'rooms' | 'data'>>>;

/** Listeners, as `onroom-token`. */
export type Listeners<T extends Tag> = {
  [K in keyof Markup[T]['events'] & string as `on${K}`]?: (event: Markup[T]['events'][K]) => void;
};
