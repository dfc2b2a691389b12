import {LISTED_SETTINGS, type Setting} from './listed-settings.js';
import {oneOf} from './values.js';

export * from './listed-settings.js';

/** Which tracks of a person are recorded. */
export const Tracks = oneOf('audio', 'audiovideo');

const {auto_recording, knock, wait_for_moderator, screen_share, ...listed} = LISTED_SETTINGS;

/**
 * Every setting of a room, in the order in which the API checks them. What may be received and sent, the rules, what a
 * token proxy shows, the editor's fields and the OpenAPI document all follow this table.
 */
export const SETTINGS = {
  ...listed,
  moderators: {kind: 'number', default: 1, shown: true},
  participants: {kind: 'number', default: 2, shown: true},
  max_active_talkers: {kind: 'number', shown: true},
  audiences: {kind: 'number', default: 0, shown: true, quiet: true},
  send_audiences_stats: {kind: 'boolean', default: false, quiet: true},
  hls_view_url: {kind: 'url'},
  auto_recording,
  canvas: {kind: 'boolean', default: false, shown: true},
  knock,
  wait_for_moderator,
  single_file_recording: {kind: 'boolean', default: false},
  watermark: {kind: 'boolean', default: false},
  screen_share,
  abwd: {kind: 'boolean', default: true, quiet: true},
  facex: {kind: 'boolean'},
  quality: {kind: 'word', words: ['HD', 'SD', 'LD'], default: 'SD', shown: true},
  billing_code: {kind: 'reference'},
  role_based_recording: {kind: 'object'},
  live_recording: {kind: 'object'},
  media_zone: {kind: 'word', words: ['IN', 'SG', 'US', 'XX'], default: 'XX'},
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** The settings that a room's visitors may see. */
export const SHOWN_SETTINGS = /* @__PURE__ */ Object.entries<Setting>(SETTINGS)
  .filter(([, {shown}]) => shown)
  .map(([name]) => name as SettingName);

/**
 * Settings without an effect here. A room that was read from another platform can be written back with them, and they
 * come back as they were sent. Checked after the settings above.
 */
export const OTHER_SETTINGS = {
  media_configuration: {kind: 'text', default: 'default'},
  viewers: {kind: 'number', default: 0},
  encryption: {kind: 'boolean', default: false},
  media_type: {kind: 'text'},
  peep: {kind: 'boolean'},
  live_transcription: {kind: 'object'},
  /** From an older API. */
  active_talker: {kind: 'boolean'},
} as const satisfies Record<string, Setting>;

/** Settings of an older API whose clients still send them. They are accepted and never come back. */
export const DROPPED_SETTINGS = {
  wait_moderator: {kind: 'boolean'},
  media: {kind: 'text'},
} as const satisfies Record<string, Setting>;
