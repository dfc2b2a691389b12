import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {unknown} from 'superstruct';
import {daily} from '../../src/engines/daily.js';
import {twilio} from '../../src/engines/twilio.js';
import {vendor} from '../../src/engines/vendor.js';
import {jsonDirectory} from '../../src/engines/json-directory.js';
import {recorder} from '../helpers/engines/recorder.js';

const [room] = jsonDirectory([{room_id: 'lobby', name: 'Lobby'}]).fixed!;

describe('a vendor that asks us to wait', () => {
  const WAITS: [header: string, seconds: number | undefined][] = [
    ['7', 7],
    ['0.5', 1],
    ['999999', 3600],
    ['-3', 1],
    [new Date(Date.now() + 86_400_000).toUTCString(), 3600],
    ['soon', undefined],
  ];
  for (const [header, seconds] of WAITS) {
    it(`with ${/GMT/.test(header) ? 'a date' : header} is given ${seconds ?? 'no'} seconds`, async t => {
      const {url, answer} = await recorder(t);
      answer(() => ({status: 429, headers: {'retry-after': header}}));
      await assert.rejects(vendor('Acme', url, {})(unknown(), {path: 'rooms'}), {
        code: 'rate_limited',
        retryAfter: seconds,
      });
    });
  }
});

describe('a room that another process makes at the same moment', () => {
  const ENGINES = {
    Daily: (url: string) => daily({key: 'key', url}),
    Twilio: (url: string) => twilio({account: 'AC1', key: 'SK1', secret: 'secret', url}),
  };
  for (const [name, engineAt] of Object.entries(ENGINES)) {
    it(`is taken as it is, at ${name}`, async t => {
      const {url, requests, answer} = await recorder(t);
      let made = false;
      answer(({method}) => {
        const there = made;
        made ||= method === 'POST';
        if (method === 'POST') return {status: 409};
        return there ? {body: {name: 'lobby', url: 'https://shop.daily.example/lobby'}} : {status: 404};
      });
      await engineAt(url).open!(room!);
      assert.deepEqual(
        requests.map(({method}) => method),
        ['GET', 'POST', 'GET'],
      );
    });

    it(`is an error if nobody made it, at ${name}`, async t => {
      const {url, answer} = await recorder(t);
      answer(({method}) => ({status: method === 'POST' ? 409 : 404}));
      await assert.rejects(engineAt(url).open!(room!), {code: 'bad_reply'});
    });
  }
});
