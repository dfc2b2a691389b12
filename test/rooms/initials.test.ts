import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import fc from 'fast-check';
import {initialsOf} from '../../src/rooms/initials.js';

describe('the initials of a name', () => {
  for (const [name, initials] of [
    ['Ada', 'A'],
    ['ada king lovelace', 'AL'],
    ['  Ann\tLee\n', 'AL'],
    ['“Ann” (host)', 'AH'],
    ['Ann – ', 'A'],
    ['李 小龙', '李小'],
    ['𠮷野家', '𠮷'],
    ['ß ßen', 'SS'],
    ['🎉 Party', '🎉P'],
    ['\u202Eevil \u2066name', 'EN'],
    ['\u0301a', 'A'],
    ['7 of 9', '79'],
    ['...', ''],
    ['\u2800 \u3164', ''],
    ['', ''],
  ] as const) {
    it(`are “${initials}” for “${name}”`, () => assert.equal(initialsOf(name), initials));
  }

  it('are at most two characters, without marks and controls, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary', maxLength: 40}), name => {
        const initials = initialsOf(name);
        assert.match(initials, /^.{0,2}$/su);
        assert.doesNotMatch(initials, /[\s\p{Cc}\p{Cs}\p{Cf}\p{M}]/u);
      }),
      {numRuns: 2000},
    );
  });
});
