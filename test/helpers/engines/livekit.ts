import type {TestContext} from 'node:test';
import {livekit} from '../../../src/engines/livekit.js';
import {claimsOf, recorder, type Recorded, type Recorder} from './recorder.js';

export const KEY = 'api-key';
export const SECRET = 'canary-secret-of-at-least-thirty-two-bytes';

interface Participant {
  identity: string;
  name: string;
  kind: string;
  attributes: Record<string, string>;
}

interface Claims extends Pick<Participant, 'name' | 'attributes'> {
  sub: string;
  video: {room: string};
}

export interface LivekitDouble extends Recorder {
  /** Who is in which room. */
  rooms: Map<string, Participant[]>;
  /** Joins as a client does, by a token. */
  join: (token: string) => Participant;
  leave: (token: string) => void;
  /** The methods that were called, such as `ListRooms`. */
  calls: () => string[];
}

/** A server that speaks the part of LiveKit's protocol that the engine needs, with its spelling. Its media are nobody's. */
export async function livekitDouble(t: TestContext): Promise<LivekitDouble> {
  const record = await recorder(t);
  const rooms = new Map<string, Participant[]>();
  const method = ({path}: Recorded) => path.split('/').at(-1)!;
  record.answer(request => {
    const asked = JSON.parse(request.body) as {room?: string; name?: string; names?: string[]};
    switch (method(request)) {
      case 'CreateRoom':
        if (!rooms.has(asked.name!)) rooms.set(asked.name!, []);
        return {body: {sid: 'RM_1', name: asked.name}};
      case 'ListRooms': {
        const wanted = [...rooms].filter(([name]) => !asked.names?.length || asked.names.includes(name));
        return {body: {rooms: wanted.map(([name, {length}]) => ({name, num_participants: length}))}};
      }
      case 'ListParticipants':
        return {body: {participants: rooms.get(asked.room!) ?? []}};
      case 'DeleteRoom': {
        const body = {code: 'not_found', msg: 'requested room does not exist'};
        return rooms.delete(asked.room!) ? {body: {}} : {status: 404, body};
      }
      default:
        return {status: 404, body: {code: 'bad_route'}};
    }
  });
  const holderOf = (token: string) => {
    const {sub, name, attributes, video} = claimsOf(token) as unknown as Claims;
    return {room: video.room, participant: {identity: sub, name, kind: 'STANDARD', attributes}};
  };
  return Object.assign(record, {
    rooms,
    join(token: string) {
      const {room, participant} = holderOf(token);
      rooms.set(room, [...(rooms.get(room) ?? []), participant]);
      return participant;
    },
    leave(token: string) {
      const {room, participant} = holderOf(token);
      rooms.set(
        room,
        rooms.get(room)!.filter(({identity}) => identity !== participant.identity),
      );
    },
    calls: () => record.requests.map(method),
  });
}

/** The engine at the double. Nothing lags, so that a test sees every change at once. */
export const livekitAt = ({url}: {url: string}) => ({...livekit({url, key: KEY, secret: SECRET}), lag: 0});
