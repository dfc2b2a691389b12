export {singleFlightCache} from './cache.js';
export {circuitBreaker} from './circuit-breaker.js';
export {markTold, platformCalls, type UpstreamOptions} from './errors.js';
export {neverThrowing, type Log, type LogEntry} from './log.js';
export {platformRooms} from './platform-rooms.js';
export {resilient} from './resilient.js';
export {
  bodyOf,
  checkEndpoint,
  checkServer,
  fetchTransport,
  isCleartext,
  readText,
  refuseRedirect,
  replyLimit,
} from './transport.js';
