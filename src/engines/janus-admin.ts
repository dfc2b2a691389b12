import {array, boolean, number, optional, string, type, unknown, type Infer, type Struct} from 'superstruct';
import {RoomsError} from '../rooms/errors.js';
import type {CallOptions} from '../rooms/rooms.js';
import {vendor, type VendorOptions} from './vendor.js';

export interface JanusAdminOptions extends VendorOptions {
  /** The address of Janus's Admin API, such as `http://127.0.0.1:7088/admin`. */
  adminUrl: string;
  /** `admin_secret` in `janus.jcfg`. */
  adminSecret: string;
  /** `admin_key` in `janus.plugin.videoroom.jcfg`, where `string_ids` must be true. */
  adminKey: string;
}

const Reply = type({response: optional(unknown()), error: optional(type({code: number()}))});
const Failed = type({error_code: number()});
const Done = type({videoroom: string()});
const Allowed = type({allowed: array(string())});
const Listed = type({list: array(type({room: string(), num_participants: number()}))});

/** A person in a room, as Janus lists them. */
const JanusGuest = type({id: string(), display: optional(string()), publisher: optional(boolean())});
export type JanusGuest = Infer<typeof JanusGuest>;
const Guests = type({participants: array(JanusGuest)});

/** Janus's codes: the room or the person is not there; the room is there already; a secret is wrong. */
const NOT_THERE = [426, 428];
const THERE = 427;
const REFUSED = [403, 433];

export type JanusAdmin = ReturnType<typeof janusAdmin>;

/** The requests to Janus's VideoRoom that need no session. Each is undefined if there is no such room or person. */
export function janusAdmin(options: JanusAdminOptions, secretOf: (room: string) => Promise<string>) {
  const {adminUrl, adminSecret: admin_secret, adminKey: admin_key} = options;
  const call = vendor('Janus', adminUrl, options);

  async function ask<T, S>(request: object, answer: Struct<T, S>, options?: CallOptions): Promise<T | undefined> {
    const plugin = 'janus.plugin.videoroom';
    const json = {janus: 'message_plugin', transaction: crypto.randomUUID(), admin_secret, plugin, request};
    const {response, error} = (await call(Reply, {...options, method: 'post', path: '', json, isThere: true})) ?? {};
    const code = error?.code ?? (Failed.is(response) ? response.error_code : undefined);
    if (code === undefined && answer.is(response)) return response;
    if (code === THERE || NOT_THERE.includes(code ?? 0)) return undefined;
    if (REFUSED.includes(code ?? 0)) throw new RoomsError('unauthorized', `It refuses our secrets (error ${code}).`);
    if (code === undefined) throw new RoomsError('bad_reply', 'It sent something that is not an answer of Janus.');
    throw new RoomsError('bad_reply', `It does not do what we ask (error ${code}).`);
  }
  const inRoom = async (request: string, room: string, more: object = {}) => ({
    request,
    room,
    secret: await secretOf(room),
    ...more,
  });
  async function allowed(action: 'add' | 'remove', room: string, tokens: readonly string[], options?: CallOptions) {
    return (await ask(await inRoom('allowed', room, {action, allowed: tokens}), Allowed, options))?.allowed;
  }

  return {
    ahead: call.ahead,
    /** Makes a room, or changes how many people can send in it. */
    async open(room: string, {name, seats}: {name: string; seats: number}, options?: CallOptions) {
      const publishers = Math.max(seats, 1);
      const made = await inRoom('create', room, {
        admin_key,
        description: name,
        publishers,
        is_private: true,
        // Who has no seat cannot receive either.
        require_pvtid: true,
        notify_joining: true,
        audiolevel_event: true,
        allowed: [],
      });
      if (await ask(made, Done, options)) return;
      await ask(await inRoom('edit', room, {new_publishers: publishers}), Done, options);
    },
    /** Puts tokens on the list of a room, and returns the list. */
    allow: (room: string, tokens: readonly string[], options?: CallOptions) => allowed('add', room, tokens, options),
    /** Takes tokens off the list of a room. */
    forget: (room: string, tokens: readonly string[]) => allowed('remove', room, tokens),
    kick: async (room: string, id: string) => ask(await inRoom('kick', room, {id}), Done),
    destroy: async (room: string, options?: CallOptions) => ask(await inRoom('destroy', room), Done, options),
    /** All rooms, also those of others. */
    list: async (options?: CallOptions) => (await ask({request: 'list', admin_key}, Listed, options))?.list ?? [],
    guests: async (room: string, options?: CallOptions) =>
      (await ask({request: 'listparticipants', room}, Guests, options))?.participants ?? [],
  };
}
