import {array, is, literal, optional, string, type, union, type Struct} from 'superstruct';
import {RoomsError} from '../rooms/errors.js';
import type {CallOptions} from '../rooms/rooms.js';
import {NOTHING, type Engine, type EngineOptions} from './engine.js';
import {checkGiven, keyOf, seatsOf, vendor, type VendorOptions} from './vendor.js';
import {readXml} from './xml.js';

export interface BigbluebuttonOptions extends Omit<EngineOptions, 'lifetime'>, VendorOptions {
  /** The address of the API, such as `https://bbb.example/bigbluebutton/api`. */
  url: string;
  /** The server's shared secret: `bbb-conf --secret` prints it. */
  secret: string;
  /** How calls are signed; the server must accept it. @default 'SHA-256' */
  hash?: 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512' | undefined;
}

const Answer = type({returncode: string(), messageKey: optional(string())});
const Created = type({createTime: string()});
// BigBlueButton writes an empty list as an empty text.
const Meeting = type({meetingID: string(), participantCount: string()});
const Meetings = type({meetings: optional(union([literal(''), type({meeting: array(Meeting)})]))});
const Attendee = type({userID: string(), fullName: string(), role: string()});
const Info = type({attendees: union([literal(''), type({attendee: array(Attendee)})])});

/**
 * Rooms at a BigBlueButton server. A token is the address to open, in a frame or a window. It can be used as long as the
 * session of the room lasts.
 *
 * @throws RoomsError `misconfigured` for an option that is missing or out of range.
 * @example
 * const engine = bigbluebutton({url: 'https://bbb.example/bigbluebutton/api', secret: process.env.BBB_SECRET});
 */
export function bigbluebutton({url, secret, hash = 'SHA-256', ...options}: BigbluebuttonOptions): Engine {
  checkGiven('BigBlueButton', {url, secret});
  const call = vendor('BigBlueButton', url, options);

  /** A signed path with its query. */
  async function signed(name: string, values: Record<string, string> = {}): Promise<string> {
    const query = Object.entries(values).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
    const digest = new Uint8Array(await crypto.subtle.digest(hash, keyOf(name + query.join('&') + secret)));
    const checksum = [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('');
    return `${name}?${[...query, `checksum=${checksum}`].join('&')}`;
  }
  /** Undefined if there is no such meeting. */
  async function ask<T, S>(path: string, answer: Struct<T, S>, options?: CallOptions): Promise<T | undefined> {
    const {response} = await readXml((await call.text({...options, path, isThere: true})) ?? '', [
      'meeting',
      'attendee',
    ]);
    if (!is(response, Answer))
      throw new RoomsError('bad_reply', 'It sent something that is not an answer of BigBlueButton.');
    const {returncode, messageKey} = response;
    if (returncode === 'SUCCESS' && is(response, answer)) return response;
    if (messageKey === 'notFound') return undefined;
    if (messageKey === 'checksumError') throw new RoomsError('unauthorized', 'It refuses our secret.');
    throw new RoomsError('bad_reply', 'It refuses what we sent.');
  }

  return {
    provider: 'bigbluebutton',
    enforces: {...NOTHING, moderator: true, knock: true, capacity: true},
    ahead: call.ahead,
    async active(_rooms, options) {
      const {meetings} = (await ask(await signed('getMeetings'), Meetings, options)) ?? {};
      const all = (meetings || {meeting: []}).meeting;
      return new Map(all.map(({meetingID, participantCount}) => [meetingID, Number(participantCount)]));
    },
    async users({room_id: meetingID}, options) {
      const info = await ask(await signed('getMeetingInfo', {meetingID}), Info, options);
      return (info?.attendees || {attendee: []}).attendee.map(({fullName: name, role, userID: user_ref}) => ({
        name,
        role: role === 'MODERATOR' ? 'moderator' : 'participant',
        user_ref,
      }));
    },
    async token({room_id: meetingID, name, settings}, {name: fullName, role, user_ref}, options) {
      const guestPolicy = settings.knock ? 'ASK_MODERATOR' : 'ALWAYS_ACCEPT';
      const maxParticipants = String(seatsOf({settings}));
      const meeting = {name, meetingID, maxParticipants, guestPolicy, allowRequestsWithoutSession: 'true'};
      // It may be called again: then it says when the meeting was made.
      const made = await ask(await signed('create', meeting), Created, options);
      if (!made) throw new RoomsError('bad_reply', 'It made no meeting.');
      const isModerator = role === 'moderator';
      const path = await signed('join', {
        fullName,
        meetingID,
        role: isModerator ? 'MODERATOR' : 'VIEWER',
        userID: String(user_ref),
        // For this session only.
        createTime: made.createTime,
        ...(settings.knock && !isModerator ? {guest: 'true'} : {}),
      });
      return {token: `${url.replace(/\/*$/, '')}/${path}`};
    },
    close: async ({room_id: meetingID}, options) => void (await ask(await signed('end', {meetingID}), Answer, options)),
  };
}
