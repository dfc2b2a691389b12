// A token in the form that the SDK of the documented platform reads: base64 of one JSON object. The JWT in tokens.ts is what
// its documentation describes.
import {createHmac, randomUUID, timingSafeEqual} from 'node:crypto';
import type {Holder} from '../../rooms/admission.js';
import type {Room} from '../../rooms/room.js';
import {SHOWN_SETTINGS} from '../../rooms/settings.js';
import {isObject, isText} from '../../rooms/values.js';

/** Most characters of a token's `data`, and of one setting of its room. Longer ones are left out. */
const MOST_DATA = 4096;
const MOST_SETTING = 1024;

interface EnablexToken {
  id: string;
  room: Room;
  holder: Holder;
  /** Where the client connects to. */
  url: URL;
}

const signatureOf = (content: object, key: Buffer) =>
  createHmac('sha256', key).update(JSON.stringify(content)).digest('base64');

/** Writes a token. Of the room it holds only what its visitors may see; the other keys are there, and empty. */
export function writeEnablexToken({id, room, holder, url}: EnablexToken, key: Buffer): string {
  const {room_id, name, created, sip} = room;
  const settings = Object.fromEntries(
    SHOWN_SETTINGS.map(setting => [setting, (room.settings as Record<string, unknown>)[setting]]).filter(
      ([, value]) => JSON.stringify(value ?? '').length <= MOST_SETTING,
    ),
  ) as Room['settings'];
  const {data = {}} = holder;
  const roomMeta = {
    _id: room_id,
    name,
    service_id: '',
    owner_ref: '',
    settings,
    sip: {enabled: sip?.enabled === true},
    data: {},
    created,
  };
  const content = {
    tokenId: id,
    roomMeta,
    host: url.host,
    secure: url.protocol === 'https:',
    logId: randomUUID(),
    currentRoomMode: settings.mode ?? 'group',
    data: JSON.stringify(data).length <= MOST_DATA ? data : {},
  };
  // Through JSON, as its reader will see it: without the settings that are absent.
  const signature = signatureOf(JSON.parse(JSON.stringify(content)) as object, key);
  return Buffer.from(JSON.stringify({...content, signature})).toString('base64');
}

/** Reads a token. `isSignedBy` says whether it is as it was written. Throws if it is no such token. */
export function readEnablexToken(token: string): {id: string; isSignedBy: (key: Buffer) => boolean} {
  const read: unknown = JSON.parse(Buffer.from(token, 'base64').toString());
  if (!isObject(read) || !isText(read.tokenId) || !isText(read.signature)) throw new Error('This is not a token.');
  const {signature, ...content} = read;
  const given = Buffer.from(signature as string);
  return {
    id: read.tokenId,
    isSignedBy(key) {
      const expected = Buffer.from(signatureOf(content, key));
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
