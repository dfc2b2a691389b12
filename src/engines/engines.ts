// Rooms at video engines: `greenroom/engines`. Each engine is an entry of its own, such as `greenroom/engines/livekit`.
export {checkAddress, checkGiven, checkLifetime, vendor, type Vendor, type VendorOptions} from './vendor.js';
export type {Directory, DirectoryRoom} from '../rooms/directory.js';
export {NOTHING, type Engine, type EngineOptions, type EngineRoom, type EngineToken} from './engine.js';
export {engineRooms, type EngineRooms, type EngineRoomsOptions} from './engine-rooms.js';
export {jsonDirectory, type ListedDefinition} from './json-directory.js';
