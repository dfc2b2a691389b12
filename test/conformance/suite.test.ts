/**
 * The suite for the Rooms API. Without variables it tests Greenroom's own platform. `README.md` has the numbered statements,
 * and the variables for another server.
 */
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {test} from 'node:test';
import './definitions.js';
import './rooms.js';
import './updates.js';
import './tokens.js';
import './admission.js';
import './users.js';
import './sessions.js';
import './resume.js';
import './wire.js';
import './hostile.js';
import './examples.js';

/** The statements that the titles of tests in a folder quote: `T3` and `T4` in `test('T3 T4 …')`. */
function quoted(folder: string): Set<string> {
  const files = readdirSync(folder, {recursive: true, encoding: 'utf8'}).filter(file => file.endsWith('.ts'));
  const text = files.map(file => readFileSync(`${folder}/${file}`, 'utf8')).join('');
  return new Set(
    [...text.matchAll(/\btest\(\s*['`]((?:[RUT]\d+ )+)/g)].flatMap(([, numbers]) => numbers!.trim().split(' ')),
  );
}

test('every statement of the README is tested, and every quoted statement is in the README', () => {
  const readme = readFileSync(`${import.meta.dirname}/README.md`, 'utf8');
  const stated = [...readme.matchAll(/^- \*\*([RUT]\d+)\*\*/gm)].map(([, number]) => number!);
  assert.deepEqual([...quoted(import.meta.dirname)].sort(), [...stated].sort());
  const platform = quoted(`${import.meta.dirname}/../platform`);
  assert.deepEqual(
    [...platform].filter(number => !stated.includes(number)),
    [],
  );
});
