import assert from 'node:assert/strict';
import {describe, it, type TestContext} from 'node:test';
import {secretsOf, type Secrets} from '../../../src/proxy/limits/seal.js';

const SECRET = 'a secret of at least 32 bytes, for tests';
const TEXT = JSON.stringify({token: 'CANARY', name: 'Zoë 🎈'});

/** What another runtime makes of the same secret, which has WebCrypto and nothing of Node. */
async function elsewhere(t: TestContext): Promise<Secrets> {
  const builtin = t.mock.method(process, 'getBuiltinModule', () => undefined);
  const secrets = secretsOf(SECRET);
  await secrets.sealed('', '', '');
  assert.ok(builtin.mock.callCount() >= 2);
  builtin.mock.restore();
  return secrets;
}

describe('what a store may see', () => {
  it('is the same on every node and every runtime', async t => {
    const nodes = [secretsOf(SECRET), secretsOf(SECRET), await elsewhere(t)];
    const hashes = await Promise.all(nodes.map(async node => node.hashed('user:ann')));
    assert.match(hashes[0]!, /^[A-Za-z0-9_-]{22}$/);
    assert.equal(new Set(hashes).size, 1);
    for (const from of nodes) {
      const sealed = await from.sealed(TEXT, 'slot', 'key');
      assert.doesNotMatch(sealed, /CANARY/);
      for (const to of nodes) assert.equal(await to.opened(sealed, 'slot', 'key'), TEXT);
    }
  });

  it('is never the same twice when it is sealed', async () => {
    const node = secretsOf(SECRET);
    assert.notEqual(await node.sealed(TEXT, 'slot', 'key'), await node.sealed(TEXT, 'slot', 'key'));
  });

  it('opens to nobody with another secret, another key or another place', async t => {
    for (const node of [secretsOf(SECRET), await elsewhere(t)]) {
      const sealed = await node.sealed(TEXT, 'slot', 'key');
      await assert.rejects(node.opened(sealed, 'slot', 'other'));
      await assert.rejects(node.opened(sealed, 'other', 'key'));
      await assert.rejects(secretsOf(`${SECRET}.`).opened(sealed, 'slot', 'key'));
      await assert.rejects(secretsOf().opened(sealed, 'slot', 'key'));
    }
  });

  it('does not open when one character of it was altered, or some are missing', async t => {
    for (const node of [secretsOf(SECRET), await elsewhere(t)]) {
      const sealed = await node.sealed(TEXT, 'slot', 'key');
      const altered = Array.from(sealed, (character, at) => {
        const other = character === 'A' ? 'B' : 'A';
        return sealed.slice(0, at) + other + sealed.slice(at + 1);
      });
      // The last one may stand for bits that are none.
      for (const each of [...altered.slice(0, -1), sealed.slice(0, -2), sealed.slice(0, 18), '.', '']) {
        await assert.rejects(node.opened(each, 'slot', 'key'), each);
      }
    }
  });
});
