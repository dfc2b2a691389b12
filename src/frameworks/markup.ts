import type {
  RoomErrorEvent,
  RoomJoinEvent,
  RoomLeaveEvent,
  RoomSelectEvent,
  RoomTokenEvent,
} from '../elements/events.js';
import type {RoomDeletedEvent, RoomDeleteEvent, RoomSavedEvent, RoomSaveEvent} from '../elements/managing-events.js';
import type {DevicesChangeEvent} from '../elements/devices-event.js';
import type {StageBackEvent, StageJoinedEvent, StageLeftEvent} from '../elements/stage-events.js';
import type {GreenRoom} from '../elements/green-room.js';
import type {JoinButton} from '../elements/join-button.js';
import type {PreJoin} from '../elements/pre-join.js';
import type {RoomEditor} from '../elements/room-editor.js';
import type {RoomPicker} from '../elements/room-picker.js';
import type {RoomStage} from '../elements/room-stage.js';
import type {RoomUsers} from '../elements/room-users.js';
import type {Role} from '../rooms/schema.js';

// The markup of the elements, for all frameworks. The file of each framework turns it into that framework's own types.

/** Where the rooms are. */
interface Shared {
  endpoint?: string | undefined;
  grant?: string | undefined;
}

/** The attributes and events of each tag; `custom-elements.json` describes them. */
export interface Markup {
  'room-picker': {
    element: RoomPicker;
    attributes: Shared & {
      value?: string | undefined;
      name?: string | undefined;
      required?: boolean | undefined;
      disabled?: boolean | undefined;
      layout?: 'list' | 'menu' | 'card' | undefined;
      search?: boolean | undefined;
      'no-search'?: boolean | undefined;
      link?: string | undefined;
      'show-users'?: boolean | undefined;
      refresh?: number | undefined;
    };
    events: {'room-select': RoomSelectEvent; 'room-error': RoomErrorEvent; input: Event; change: Event};
  };
  'join-button': {
    element: JoinButton;
    attributes: Shared & {
      'room-id'?: string | undefined;
      for?: string | undefined;
      'user-name'?: string | undefined;
      'user-ref'?: string | undefined;
      'user-role'?: Role | undefined;
      'no-name'?: boolean | undefined;
      compact?: boolean | undefined;
      disabled?: boolean | undefined;
    };
    events: {
      'room-join': RoomJoinEvent;
      'room-token': RoomTokenEvent;
      'room-leave': RoomLeaveEvent;
      'room-error': RoomErrorEvent;
    };
  };
  'pre-join': {
    element: PreJoin;
    attributes: Shared & {
      'room-id'?: string | undefined;
      for?: string | undefined;
      'user-name'?: string | undefined;
      'user-role'?: Role | undefined;
      'no-name'?: boolean | undefined;
      'no-camera'?: boolean | undefined;
      'no-microphone'?: boolean | undefined;
      remember?: boolean | undefined;
    };
    events: {'devices-change': DevicesChangeEvent; 'room-error': RoomErrorEvent};
  };
  'room-editor': {
    element: RoomEditor;
    attributes: Shared & {'room-id'?: string | undefined; link?: string | undefined};
    events: {
      'room-save': RoomSaveEvent;
      'room-saved': RoomSavedEvent;
      'room-delete': RoomDeleteEvent;
      'room-deleted': RoomDeletedEvent;
      'room-error': RoomErrorEvent;
    };
  };
  'room-stage': {
    element: RoomStage;
    attributes: {for?: string | undefined; 'client-origins'?: string | undefined};
    events: {
      'stage-joined': StageJoinedEvent;
      'stage-left': StageLeftEvent;
      'stage-back': StageBackEvent;
      'room-error': RoomErrorEvent;
    };
  };
  'green-room': {
    element: GreenRoom;
    attributes: Shared & {
      'room-id'?: string | undefined;
      'no-prejoin'?: boolean | undefined;
      'deep-link'?: boolean | undefined;
      'user-name'?: string | undefined;
      'user-ref'?: string | undefined;
      'user-role'?: Role | undefined;
      remember?: boolean | undefined;
      'no-camera'?: boolean | undefined;
      'no-microphone'?: boolean | undefined;
      'show-users'?: boolean | undefined;
      refresh?: number | undefined;
      'client-origins'?: string | undefined;
    };
    events: {
      'room-select': RoomSelectEvent;
      'room-join': RoomJoinEvent;
      'room-token': RoomTokenEvent;
      'room-error': RoomErrorEvent;
      'stage-joined': StageJoinedEvent;
      'stage-left': StageLeftEvent;
    };
  };
  'room-users': {
    element: RoomUsers;
    attributes: Shared & {'room-id'?: string | undefined; for?: string | undefined; refresh?: number | undefined};
    events: {'room-error': RoomErrorEvent};
  };
}

export type Tag = keyof Markup;

/** Names as in HTML: `user-name`. */
export type Attributes<T extends Tag> = Markup[T]['attributes'];

/** For frameworks that write `false` into an attribute, which HTML reads as on: `true`, an empty string, or left out. */
export type FixedAttributes<T extends Tag> = {
  [K in keyof Attributes<T>]: K extends `${string}-${string}`
    ? Exclude<Attributes<T>[K], boolean> | (boolean extends Attributes<T>[K] ? true | '' : never)
    : Attributes<T>[K];
};

type Camel<Name> = Name extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Name;

/** Names as in JavaScript: `userName`; with the properties that no attribute can hold. */
export type Properties<T extends Tag> = {
  [K in keyof Attributes<T> as Camel<K>]: Attributes<T>[K];
} & Partial<
  Pick<Markup[T]['element'], Extract<keyof Markup[T]['element'], 'rooms' | 'room' | 'data' | 'detail' | 'client'>>
>;

/** Listeners: `onroom-token`. */
export type Listeners<T extends Tag> = {
  [K in keyof Markup[T]['events'] & string as `on${K}`]?: ((event: Markup[T]['events'][K]) => void) | undefined;
};
