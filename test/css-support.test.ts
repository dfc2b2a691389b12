import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, describe, it} from 'node:test';

// What the oldest supported browsers do not know, and the same with something plain for them.
const REFUSED: Record<string, [sheet: string, what: string]> = {
  'a function': [':host { color: light-dark(#000, #fff); }', 'light-dark()'],
  'a function in a property of our own': [':host { --_text: light-dark(#000, #fff); }', 'light-dark()'],
  'a function whose plain declaration follows': [
    ':host { color: light-dark(#000, #fff); color: #000; }',
    'light-dark()',
  ],
  'a property': ['p { interpolate-size: allow-keywords; }', 'interpolate-size'],
  'a value': ['p { text-wrap-style: pretty; }', 'text-wrap-style'],
  'a rule': ['@position-try --above { top: 0; }', '@position-try'],
  'a selector': ['input:user-valid-x, details::details-content { color: red; }', '::details-content'],
};
const ALLOWED: Record<string, string> = {
  'a function after a plain declaration': ':host { color: #000; color: light-dark(#000, #fff); }',
  'a function inside @supports':
    '@supports (color: light-dark(red, red)) { :host { --_text: light-dark(#000, #fff); } }',
  'what all supported browsers know': 'label:has(input) { display: grid; color: color-mix(in srgb, red, blue); }',
  'a property that may be missing': 'textarea { field-sizing: content; }',
};

describe('the style sheets and the browsers of package.json', () => {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-css-'));
  after(() => rmSync(folder, {recursive: true}));

  function check(sheet: string) {
    const file = join(folder, 'x.ts');
    writeFileSync(file, `import {css} from 'lit';\nexport const styles = css\`${sheet}\`;\n`);
    const {status, stderr} = spawnSync(process.execPath, ['test/css-support.mjs', file], {encoding: 'utf8'});
    return {status, stderr};
  }

  for (const [which, [sheet, what]] of Object.entries(REFUSED)) {
    it(`do not go with ${which} that is too new`, () => {
      const {status, stderr} = check(sheet);
      assert.equal(status, 1);
      assert.ok(stderr.includes(`x.ts:2: ${what}`), stderr);
    });
  }

  for (const [which, sheet] of Object.entries(ALLOWED)) {
    it(`go with ${which}`, () => assert.deepEqual(check(sheet), {status: 0, stderr: ''}));
  }

  it('go together as they are', () => {
    const {status, stderr} = spawnSync(process.execPath, ['test/css-support.mjs'], {encoding: 'utf8'});
    assert.deepEqual({status, stderr}, {status: 0, stderr: ''});
  });
});
