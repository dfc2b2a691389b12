/** Every way a call can fail, with the HTTP status of an answer that reports it. */
const STATUSES = {
  invalid: 400,
  role_invalid: 400,
  unauthorized: 401,
  signed_out: 401,
  denied: 403,
  consent_missing: 403,
  not_found: 404,
  room_active: 409,
  not_editable: 409,
  too_late: 409,
  room_full: 409,
  not_open_yet: 409,
  over: 409,
  rate_limited: 429,
  aborted: 499,
  internal: 500,
  misconfigured: 500,
  bad_reply: 502,
  platform_down: 502,
  offline: 503,
  timeout: 504,
} as const;

/** What went wrong, for a program. Codes stay the same across releases. */
export type RoomsErrorCode = keyof typeof STATUSES;

/** A wait in whole seconds, as `Retry-After` has it: between one second and an hour. */
export const retrySeconds = (seconds: number) => Math.min(Math.max(Math.ceil(seconds), 1), 3600);

/** Whether a word from the wire is one of our error codes. */
export const isCode = (word = ''): word is RoomsErrorCode => Object.hasOwn(STATUSES, word);

/** The HTTP status of an answer that reports this error. */
export const statusOf = (error: {code: RoomsErrorCode; status?: number | undefined}) =>
  error.status ?? STATUSES[error.code];
