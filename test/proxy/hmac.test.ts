import assert from 'node:assert/strict';
import {createHmac} from 'node:crypto';
import {describe, it} from 'node:test';
import {hmacOf} from '../../src/proxy/hmac.js';

const TEXTS = [
  '',
  'tokens ip 10.0.0.1',
  'Zoë 🎥',
  'a lone \ud800 half',
  'ß'.repeat(1024),
  'ß'.repeat(1025),
  'x'.repeat(5000),
];

describe('hmacOf()', () => {
  for (const length of [32, 63, 64, 65, 200]) {
    it(`is HMAC-SHA-256 with a key of ${length} bytes, one text after another`, async () => {
      const key = Uint8Array.from({length}, (_, at) => (at * 7) % 256);
      const hmac = hmacOf(key);
      for (const text of [...TEXTS, ...TEXTS.toReversed()]) {
        assert.equal(await hmac(text), createHmac('sha256', key).update(text).digest('base64url'));
      }
    });
  }

  it('is the same by WebCrypto, where there is no Node', async t => {
    const key = new TextEncoder().encode('a secret of the tests, 32 bytes long');
    const here = await hmacOf(key)('user:ann');
    t.mock.method(process, 'getBuiltinModule', () => undefined);
    assert.equal(await hmacOf(key)('user:ann'), here);
  });
});
