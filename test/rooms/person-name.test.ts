import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {nameFault, tidyName} from '../../src/rooms/person-name.js';

describe('the name of a person', () => {
  it('is trimmed, and in one form of Unicode', () => {
    assert.equal(tidyName('  Zoe\u0308 \n'), 'Zoë');
  });

  it('has any script, and up to 200 characters', () => {
    for (const name of ['A', 'Müller-Lüdenscheidt', 'محمد', '小明', 'देवी', '👩‍🚀', 'a'.repeat(200)]) {
      assert.equal(nameFault(name), undefined, name);
    }
  });

  it('is missing if there is nothing to see in it', () => {
    for (const name of ['', '\u200B', '\u3164', '\u2800', '\u00AD\u2060']) assert.equal(nameFault(name), 'missing');
  });

  it('is invalid if it is too long, or would break the line it is shown in', () => {
    for (const name of ['a'.repeat(201), 'Ann\nBob', 'Ann\u202Egpj', '\u2066Ann', 'Ann\u2028', 'Ann\uD800', '\u0000']) {
      assert.equal(nameFault(name), 'invalid', JSON.stringify(name));
    }
  });
});
