/** What a client may use of the server; times in ms. */
export interface ServeLimits {
  /** From the connection, or from the end of the last answer, to the end of a request's headers. @default 10_000 */
  headers: number;
  /** The same, to the end of the request's body. @default 30_000 */
  request: number;
  /** How long a connection may wait for its next request. Balancers in front should wait less. @default 65_000 */
  keepAlive: number;
  /** How long a connection may carry no byte while a request or an answer is under way. @default 60_000 */
  idle: number;
  /** Most bytes of a request's headers. @default 16 KiB */
  headerBytes: number;
  /** Most connections at once, with WebSockets. Further ones are closed. @default 4096 */
  connections: number;
  /**
   * Most connections of one address, without WebSockets whose visitors are known. Further ones are closed. 0 for no limit,
   * as behind a balancer that hides the addresses. @default 256
   */
  perAddress: number;
  /** How long `close` waits for requests under way. @default 10_000 */
  grace: number;
}

export const DEFAULT_LIMITS: ServeLimits = {
  headers: 10_000,
  request: 30_000,
  keepAlive: 65_000,
  idle: 60_000,
  headerBytes: 16 * 1024,
  connections: 4096,
  perAddress: 256,
  grace: 10_000,
};

/** The timeouts that an operator may set: the variable, and the least and the most in ms. */
export const TIMEOUTS = [
  ['keepAlive', 'KEEP_ALIVE_MS', 1000, 3_600_000],
  ['headers', 'HEADERS_TIMEOUT_MS', 100, 300_000],
  ['request', 'REQUEST_TIMEOUT_MS', 100, 300_000],
  ['idle', 'IDLE_TIMEOUT_MS', 1000, 3_600_000],
] as const satisfies [keyof ServeLimits, string, number, number][];
