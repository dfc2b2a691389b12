// A node that has claimed a key, has asked the platform, and will be killed before it is answered.
import {Redis} from 'ioredis';
import {redisStore} from '../../../src/proxy/proxy.js';
import {plain, recorded, start, WISH} from './start.js';

const {REDIS_URL, PREFIX, KEY, SECRET} = process.env as Record<string, string>;
const store = redisStore(new Redis(REDIS_URL!), {prefix: PREFIX, deadline: 10_000});
const rooms = recorded({
  token: () => {
    console.log('asked');
    return new Promise(() => {});
  },
});
const {ask} = start(rooms, plain(), {store, storeSecret: SECRET, limits: false, timeout: 500});
await ask('POST', '/rooms/lobby/tokens', {body: WISH, headers: {'idempotency-key': KEY}});
