import {array, nullable, number, optional, string, type, unknown, type Struct} from 'superstruct';
import {RoomsError} from '../rooms/errors.js';
import type {CallOptions} from '../rooms/rooms.js';
import type {Role} from '../rooms/schema.js';
import {NOTHING, type Engine, type EngineOptions, type EngineRoom} from './engine.js';
import {checkGiven, vendor, type VendorCall, type VendorOptions} from './vendor.js';

export interface RealtimekitOptions extends Omit<EngineOptions, 'lifetime'>, VendorOptions {
  /** The id of the account at Cloudflare. */
  account: string;
  /** The id of the app in RealtimeKit. */
  app: string;
  /** An API token that may edit RealtimeKit. */
  key: string;
  /** The name of the preset of each role: `{participant: 'group_call_participant'}`. A role without one is refused. */
  presets: Partial<Record<Role, string>>;
  /** The address of the API. @default 'https://api.cloudflare.com/client/v4' */
  url?: string | undefined;
}

const Meeting = type({id: string()});
const Participant = type({token: string()});
const Session = type({id: string(), associated_id: string(), live_participants: number()});
const Sessions = type({sessions: optional(array(Session))});
const text = optional(nullable(string()));
const Person = type({display_name: text, custom_participant_id: text, preset_name: text, left_at: text});
const People = type({participants: optional(array(Person))});

/** A participant's id at Cloudflare is used once; the reference of the person is what is before the suffix. */
const refIn = (id: string) => id.replace(/#[0-9a-f-]{36}$/, '');

/**
 * Rooms at Cloudflare RealtimeKit. Each room has a meeting there, whose id the directory must keep. What a role may do is
 * in its preset. Cloudflare decides how long a token lives.
 *
 * @throws RoomsError `misconfigured` for an option that is missing.
 * @example
 * const engine = realtimekit({account, app, key, presets: {participant: 'group_call_participant'}});
 */
export function realtimekit({account, app, key, presets, ...options}: RealtimekitOptions): Engine {
  const {url = 'https://api.cloudflare.com/client/v4'} = options;
  checkGiven('RealtimeKit', {account, app, key, url, presets: presets.participant});
  const call = vendor('RealtimeKit', `${url.replace(/\/*$/, '')}/accounts/${account}/realtime/kit/${app}`, options);
  const headers = {authorization: `Bearer ${key}`};

  async function ask<T, S>(
    path: string,
    data: Struct<T, S>,
    options?: Omit<VendorCall, 'path'>,
  ): Promise<T | undefined> {
    const answer = await call(type({data: unknown()}), {...options, path, headers});
    if (answer === undefined || data.is(answer.data)) return answer?.data as T | undefined;
    throw new RoomsError('bad_reply', 'It sent something that is not an answer of RealtimeKit.');
  }
  const live = async (more: string, options?: CallOptions) =>
    (await ask(`sessions?status=LIVE&per_page=1000${more}`, Sessions, {...options, isThere: true}))?.sessions ?? [];
  const roleOf = (preset?: string | null) => (Object.keys(presets) as Role[]).find(role => presets[role] === preset);
  const meeting = ({vendor_id = ''}: EngineRoom) => `meetings/${vendor_id}`;
  const [viewer, audience, moderator] = [!!presets.viewer, !!presets.audience, !!presets.moderator];

  return {
    provider: 'realtimekit',
    enforces: {...NOTHING, viewer, audience, moderator},
    keepsId: true,
    ahead: call.ahead,
    async open({name: title}, options) {
      const made = await ask('meetings', Meeting, {...options, method: 'post', json: {title}, isThere: true});
      if (!made) throw new RoomsError('bad_reply', 'It made no meeting.');
      return made.id;
    },
    async active(rooms, options) {
      const counts = new Map((await live('', options)).map(each => [each.associated_id, each.live_participants]));
      return new Map(rooms.map(({room_id, vendor_id = ''}) => [room_id, counts.get(vendor_id) ?? 0]));
    },
    async users({vendor_id}, options) {
      const [session] = vendor_id ? await live(`&associated_id=${vendor_id}`, options) : [];
      const path = session && `sessions/${session.id}/participants?per_page=1000`;
      const {participants = []} = (path && (await ask(path, People, options))) || {};
      return participants
        .filter(({left_at}) => !left_at)
        .map(({display_name, custom_participant_id, preset_name}) => ({
          name: display_name ?? '',
          role: roleOf(preset_name),
          user_ref: refIn(custom_participant_id ?? ''),
        }));
    },
    async token(room, {name, role, user_ref}, options) {
      const json = {custom_participant_id: `${user_ref}#${crypto.randomUUID()}`, preset_name: presets[role], name};
      const made = await ask(`${meeting(room)}/participants`, Participant, {...options, method: 'post', json});
      const gone = 'It does not know the meeting of this room. Delete the room, and make another.';
      if (!made) throw new RoomsError('bad_reply', gone);
      return {token: made.token};
    },
    async close(room, options) {
      if (!room.vendor_id) return;
      await ask(meeting(room), unknown(), {...options, method: 'patch', json: {status: 'INACTIVE'}});
      await ask(`${meeting(room)}/active-session/kick-all`, unknown(), {...options, method: 'post'});
    },
  };
}
