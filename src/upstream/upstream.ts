export {careful, type CareOptions} from './cache.js';
export {Ended, endedBy, endOf, heed, unheed, within} from './deadline.js';
export {asker, type UpstreamOptions} from './errors.js';
export {harmless, type Log, type LogEntry} from './log.js';
export {platformRooms} from './platform-rooms.js';
export {capOf, checkServer, isOpen, refuseRedirect, tooLong} from './transport.js';
