import assert from 'node:assert/strict';
import {createHmac} from 'node:crypto';
import {describe, it} from 'node:test';
import {hmacOf} from '../../src/proxy/crypto.js';

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
      const key = String.fromCharCode(...Array.from({length}, (_, at) => (at * 7) % 128));
      const hmac = hmacOf(key);
      for (const text of [...TEXTS, ...TEXTS.toReversed()]) {
        assert.equal(await hmac(text), createHmac('sha256', key).update(text).digest('base64url'));
      }
    });
  }

  it('is the same by WebCrypto, where there is no Node', async t => {
    const secret = 'a secret of the tests, 32 bytes long';
    const here = await hmacOf(secret)('user:ann');
    t.mock.method(process, 'getBuiltinModule', () => undefined);
    assert.equal(await hmacOf(secret)('user:ann'), here);
  });

  it('has a random key without a secret', async () => {
    const hmac = hmacOf();
    assert.equal(await hmac('user:ann'), await hmac('user:ann'));
    assert.notEqual(await hmac('user:ann'), await hmacOf()('user:ann'));
  });
});
