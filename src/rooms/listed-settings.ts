// The settings of a listed room, apart from the table of all: a page that only lists and joins rooms does not load the others.
// Together with room.ts that saves it 350 bytes (br).

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

/** The value of a setting, by its row in the table. */
export type ValueOf<S extends Setting> = S extends {words: readonly (infer Word)[]} ? Word : Kinds[S['kind']];

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
  auto_recording: {kind: 'boolean', default: false, shown: true},
  knock: {kind: 'boolean', default: false, shown: true, quiet: true},
  wait_for_moderator: {kind: 'boolean', default: false, shown: true, quiet: true},
  screen_share: {kind: 'boolean', default: true, shown: true},
} as const satisfies Record<string, Setting>;
