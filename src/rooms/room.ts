import {type, type Infer} from 'superstruct';
import {flagOr} from './flag-or.js';
import {ListedRoom} from './schema.js';
import {SETTINGS, Tracks} from './settings.js';
import {Flag, isFlag, lenient, reading, received, Reference, Text} from './values.js';

// The whole room, as servers and the editor read it.

/** All settings, as the platform sends them. */
export const Settings = type({
  ...received(SETTINGS),
  role_based_recording: lenient(type({moderator: lenient(Tracks), participant: lenient(Tracks)})),
  live_recording: lenient(flagOr(type({auto_recording: lenient(Flag), url: lenient(Text)}))),
  // A platform may have more zones than we know.
  media_zone: lenient(Text),
});
export type Settings = Infer<typeof Settings>;

export const Sip = type({
  enabled: lenient(Flag),
  pin: lenient(Reference),
  meeting_id: lenient(Reference),
});
export type Sip = Infer<typeof Sip>;

/** A room as the platform sends it; `created` and `updated` are ISO 8601 UTC. */
export const Room = type({
  ...ListedRoom.schema,
  owner_ref: lenient(Reference),
  settings: Settings,
  sip: lenient(reading(Sip, value => (isFlag(value) ? {enabled: value} : value))),
  created: lenient(Text),
  updated: lenient(Text),
  /** The id of the application. A token proxy shows it to nobody. */
  service_id: lenient(Reference),
});
export type Room = Infer<typeof Room>;
