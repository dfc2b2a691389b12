import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {createSeal} from '../../../src/proxy/limits/seal.js';

const SECRET = 'a secret of at least 32 bytes, for tests';
const TEXT = JSON.stringify({token: 'CANARY', name: 'Zoë 🎈'});

describe('what a store may see', () => {
  it('is the same on every node', async () => {
    const nodes = [createSeal(SECRET), createSeal(SECRET)];
    const hashes = await Promise.all(nodes.map(node => node.hash('user:ann')));
    assert.match(hashes[0]!, /^[A-Za-z0-9_-]{22}$/);
    assert.equal(new Set(hashes).size, 1);
    for (const from of nodes) {
      const sealed = await from.seal(TEXT, 'slot', 'key');
      assert.doesNotMatch(sealed, /CANARY/);
      for (const to of nodes) assert.equal(await to.open(sealed, 'slot', 'key'), TEXT);
    }
  });

  it('is never the same twice when it is sealed', async () => {
    const node = createSeal(SECRET);
    assert.notEqual(await node.seal(TEXT, 'slot', 'key'), await node.seal(TEXT, 'slot', 'key'));
  });

  it('opens with no other secret, key or slot', async () => {
    const node = createSeal(SECRET);
    const sealed = await node.seal(TEXT, 'slot', 'key');
    await assert.rejects(node.open(sealed, 'slot', 'other'));
    await assert.rejects(node.open(sealed, 'other', 'key'));
    await assert.rejects(createSeal(`${SECRET}.`).open(sealed, 'slot', 'key'));
    await assert.rejects(createSeal().open(sealed, 'slot', 'key'));
  });

  it('does not open when one character of it was altered, or some are missing', async () => {
    const node = createSeal(SECRET);
    const sealed = await node.seal(TEXT, 'slot', 'key');
    const altered = Array.from(sealed, (character, at) => {
      const other = character === 'A' ? 'B' : 'A';
      return sealed.slice(0, at) + other + sealed.slice(at + 1);
    });
    // The last character may hold bits that are not used.
    for (const each of [...altered.slice(0, -1), sealed.slice(0, -2), sealed.slice(0, 18), '.', '']) {
      await assert.rejects(node.open(each, 'slot', 'key'), each);
    }
  });
});
