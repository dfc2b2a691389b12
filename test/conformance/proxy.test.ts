/**
 * The suite for token proxies, in any language: what the elements need from a proxy, and what must not be possible with
 * one. Without variables it tests Greenroom's own proxy. `README.md` lists the variables. Each failure says what is wrong
 * and what to do.
 */
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {describe, test} from 'node:test';
import './proxy-elements.js';
import './proxy-origins.js';
import './proxy-visitors.js';
import './proxy-requests.js';
import {answers, ask, must} from './proxy-client.js';
import {needs, proxy} from './proxy-target.js';

describe('is safe: all answers', () => {
  test('no answer contains the platform’s key', needs('credentials'), async () => {
    const {secrets} = await proxy();
    await ask('GET', '/rooms');
    for (const answer of answers) {
      const whole = JSON.stringify([...answer.headers]) + answer.text;
      const leaked = secrets.some(secret => whole.includes(secret));
      must(
        !leaked,
        `The answer to ${answer.asked} contains the key.`,
        'Change the key, and never pass on an answer of the platform unchanged.',
      );
    }
  });
});

test('the suite stands alone: it imports nothing from outside its folder but the table of results', () => {
  const files = readdirSync(import.meta.dirname).filter(file => file.endsWith('.ts'));
  const from = /(?:\bfrom|\bimport)\s*\(?\s*['"]\.\.\/[^'"]*/g;
  const found = files.flatMap(file => readFileSync(`${import.meta.dirname}/${file}`, 'utf8').match(from) ?? []);
  assert.deepEqual(
    found.filter(each => !each.endsWith('/src/rooms/results.js')),
    [],
  );
});
