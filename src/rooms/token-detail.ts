import type {Connected} from './connection.js';
import type {Room} from './room.js';
import type {Role} from './schema.js';

/** The person who is about to join. `name` and `userRef` come from the page; the token proxy may replace them. */
export interface JoiningParticipant {
  name?: string | undefined;
  role: Role;
  userRef?: string | number | undefined;
}

/**
 * A token for the page. Give it to a video client at once. `provider` is the kind of client that understands it, and
 * `connection` what that client needs besides; its type follows from `provider`. It is as secret as the token.
 */
export type TokenDetail = Connected & {
  /** An opaque string. Never put it into a URL, an attribute or storage. Only BigBlueButton's is an address to open. */
  token: string;
  expiresAt: Date;
  /** Whether the token has expired by the server's clock, which may differ from the visitor's. Read it when you use the token. */
  readonly expired: boolean;
  /** Whether the token admits only one connection, once. Otherwise it can be used again until it expires. */
  once: boolean;
  room: Room;
  participant: JoiningParticipant;
  /** The address that the client connects to, if the token proxy sent one. */
  serverUrl?: string | undefined;
};
