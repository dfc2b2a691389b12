/** What kind of value a setting has. `text`, `time` and `url` are strings; a `reference` is a string or a number. */
export interface Kinds {
  text: string;
  time: string;
  url: string;
  boolean: boolean;
  number: number;
  reference: string | number;
  /** One of the setting's `words`. */
  word: string;
  /** An object. Its own struct checks its keys. */
  object: Record<string, unknown>;
}

export interface Setting {
  readonly kind: keyof Kinds;
  readonly words?: readonly string[];
  /** What the setting is when a definition leaves it out, unless that depends on other settings. */
  readonly default?: string | number | boolean;
  /** Whether the setting can never change once the room is made. */
  readonly fixed?: true;
  /** Whether a token proxy shows the setting to visitors who do not manage rooms. */
  readonly shown?: true;
  /** Whether the platform sends the setting only if a definition had it. The default holds all the same. */
  readonly quiet?: true;
}

/** The settings that a page needs to list a room and to join it. */
export const LISTED_SETTINGS = {
  description: {kind: 'text', shown: true},
  mode: {kind: 'word', words: ['group', 'lecture'], default: 'group', fixed: true, shown: true},
  scheduled: {kind: 'boolean', default: false, fixed: true, shown: true},
  adhoc: {kind: 'boolean', default: false, fixed: true, shown: true},
  /** `YYYY-MM-DD HH:MM:SS`, UTC. */
  scheduled_time: {kind: 'time', shown: true},
  /** In minutes. */
  duration: {kind: 'number', shown: true},
} as const satisfies Record<string, Setting>;

/**
 * Every setting of a room, in the order in which the API checks them. What may be received and sent, the rules, what a
 * token proxy shows, the editor's fields and the OpenAPI document all follow this table.
 */
export const SETTINGS = {
  ...LISTED_SETTINGS,
  moderators: {kind: 'number', default: 1, shown: true},
  participants: {kind: 'number', default: 2, shown: true},
  max_active_talkers: {kind: 'number', shown: true},
  audiences: {kind: 'number', default: 0, shown: true, quiet: true},
  send_audiences_stats: {kind: 'boolean', default: false, quiet: true},
  hls_view_url: {kind: 'url'},
  auto_recording: {kind: 'boolean', default: false, shown: true},
  canvas: {kind: 'boolean', default: false, shown: true},
  knock: {kind: 'boolean', default: false, shown: true, quiet: true},
  wait_for_moderator: {kind: 'boolean', default: false, shown: true, quiet: true},
  single_file_recording: {kind: 'boolean', default: false},
  watermark: {kind: 'boolean', default: false},
  screen_share: {kind: 'boolean', default: true, shown: true},
  abwd: {kind: 'boolean', default: true, quiet: true},
  facex: {kind: 'boolean'},
  quality: {kind: 'word', words: ['HD', 'SD', 'LD'], default: 'SD', shown: true},
  billing_code: {kind: 'reference'},
  role_based_recording: {kind: 'object'},
  live_recording: {kind: 'object'},
  media_zone: {kind: 'word', words: ['IN', 'SG', 'US', 'XX'], default: 'XX'},
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** The value of a setting, by its row in the table. */
export type ValueOf<S extends Setting> = S extends {words: readonly (infer Word)[]} ? Word : Kinds[S['kind']];

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
