import {RoomsError} from './errors.js';
import {invalidValue} from './results.js';
import type {Role} from './schema.js';

/** What a video engine really enforces. Whatever is false here is not promised to anybody. */
export interface Enforces {
  /** The kind of client that takes its tokens; absent if several engines are meant. */
  readonly provider?: string | undefined;
  /** A token admits one connection, once. */
  readonly once: boolean;
  /** A viewer cannot publish. */
  readonly viewer: boolean;
  /** The audience cannot publish, and its members do not see each other. */
  readonly audience: boolean;
  /** Only a moderator can moderate. */
  readonly moderator: boolean;
  /** In a lecture a participant cannot publish before being given the floor. */
  readonly lecture: boolean;
  /** A participant waits until a moderator lets them in. */
  readonly knock: boolean;
  /** Nobody can publish before a moderator has come. */
  readonly wait_for_moderator: boolean;
  /** The engine itself refuses more people than the room has seats. Otherwise only the issue of tokens is refused. */
  readonly capacity: boolean;
  /** The engine ends a scheduled room at its end. Otherwise people who are inside then may stay. */
  readonly window: boolean;
  /** The shortest life of a token, in seconds. */
  readonly shortest: number;
  /** Most people in one room. @default as many as the room has seats */
  readonly most?: number | undefined;
}

/** The roles that an engine must hold apart from a participant. */
const ROLES = ['moderator', 'viewer', 'audience'] as const satisfies Role[];

/** Whether the engine holds people to the rights of this role. */
export const enforcesRole = (enforces: Enforces, role: Role) => role === 'participant' || enforces[role];

/** A token was asked for, but the room's engine does not enforce its role, or a setting of the room. `key` names which. */
export class NotEnforced extends RoomsError {
  constructor(key: string, engine: string) {
    const message = key === 'role' ? 'This room does not have this role.' : 'Nobody can join this room.';
    super('denied', message, {key, desc: `${engine} cannot enforce ${key}.`});
  }
}

type Settings = Record<string, unknown>;

/** The settings that ask for something that an engine may lack, and the member of `Enforces` each one needs. */
const NEEDS: [key: string, member: keyof Enforces, asks: (value: unknown) => boolean][] = [
  ['mode', 'lecture', value => value === 'lecture'],
  ['audiences', 'audience', value => Number(value) > 0],
  ['knock', 'knock', value => value === true],
  ['wait_for_moderator', 'wait_for_moderator', value => value === true],
];

/** The key of the seats, which an engine may have too few of. */
const SEATS = 'settings.participants';

/** The first setting that asks for something that is not enforced, such as `settings.knock`; undefined if there is none. */
export function lackingSetting(enforces: Enforces, settings: Settings = {}): string | undefined {
  const lacking = NEEDS.find(([key, member, asks]) => !enforces[member] && asks(settings[key]));
  if (lacking) return `settings.${lacking[0]}`;
  const {most = Infinity} = enforces;
  const {participants = 1, moderators = 1} = settings;
  return Number(participants) + Number(moderators) > most ? SEATS : undefined;
}

/** Why a room cannot have a setting that `lackingSetting` found, for the operator. `engine` is the engine's name. */
export const whyLacking = ({most}: Enforces, key: string, engine: string) =>
  key === SEATS ? `${engine} takes at most ${most} people into a room.` : `${engine} cannot enforce ${key}.`;

/** Throws `invalid` for a setting that asks for something that is not enforced. `engine` is its name. */
export function checkEnforced(enforces: Enforces, settings: Settings | undefined, engine: string) {
  const key = lackingSetting(enforces, settings);
  if (!key) return;
  throw invalidValue(key, `${whyLacking(enforces, key, engine)} Change it, or choose another engine for this room.`);
}

/** What holds in rooms of all these engines. */
export function enforcedByAll([first, ...others]: readonly Enforces[]): Enforces {
  return others.reduce((all, each) => {
    const both = Object.entries({...each, ...all}).map(([key, value]) => {
      const other = each[key as keyof Enforces];
      if (key === 'most') return [key, Math.min(value as number, each.most ?? Infinity)];
      if (typeof value === 'number') return [key, Math.max(value, other as number)];
      return [key, typeof value === 'string' ? (value === other ? value : undefined) : value && other];
    });
    return Object.fromEntries(both) as unknown as Enforces;
  }, first!);
}

/** The first of these roles that is not enforced. */
export const lackingRole = (enforces: Enforces, roles: readonly Role[]): Role | undefined =>
  ROLES.find(role => roles.includes(role) && !enforces[role]);

/** Throws `misconfigured` if people may be given a role that is not enforced. `key` names where the roles are. */
export function checkRoles(enforces: Enforces | undefined, roles: readonly Role[], key: string) {
  const lacking = enforces && lackingRole(enforces, roles);
  if (!lacking) return;
  const sentence = `The video engine cannot enforce the role ${lacking}: take it out of ${key}.`;
  throw new RoomsError('misconfigured', sentence, {key});
}
