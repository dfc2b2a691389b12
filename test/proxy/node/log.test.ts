import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {jsonLines, type Line} from '../../../src/proxy/node/log.js';

function written(...lines: Line[]) {
  let text = '';
  const write = jsonLines({write: line => void (text += line)});
  for (const line of lines) write(line);
  return text;
}

describe('log injection: a line of the log', () => {
  const FORGED = {
    'a line break': 'x\r\n{"level":"error","message":"forged"}',
    'a line separator': 'x\u2028{"level":"error"}\u2029',
    'a next line': 'x\u0085y',
    colours: '\u001b[31mred\u001b[0m\u009b31m',
    'a backspace': 'admin\b\b\b\b\b',
    'a turned direction': '\u202egpj.exe\u2066x\u2069\u200f',
    'invisible letters': 'ad\u200bmin\ufeff\u{e0041}',
    'half a letter': 'x\ud800y\udfff',
    NUL: 'a\0b',
  };
  for (const [what, text] of Object.entries(FORGED)) {
    it(`cannot be forged by ${what}`, () => {
      const line = {level: 'warn', message: text, code: text, operation: text, request_id: text} as const;
      const told = written(line);
      assert.match(told, /^[\x20-\x7e]+\n$/);
      const {message} = JSON.parse(told) as {message: string};
      assert.match(message, /\\u[\da-f]{4,5}/);
      assert.doesNotMatch(message, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    });
  }

  it('says what it may say and not a word more', () => {
    const line = {
      level: 'info',
      status: 200,
      ms: 1.2345,
      token: 'CANARY',
      ip: 'CANARY',
      err: new Error('CANARY'),
    } as Line;
    const told = JSON.parse(written(line)) as Record<string, unknown>;
    assert.deepEqual(Object.keys(told).sort(), ['level', 'ms', 'status', 'time']);
    assert.equal(told.ms, 1.2);
    assert.ok(Number.isFinite(Date.parse(told.time as string)));
  });

  it('is never long', () => {
    assert.ok(written({level: 'error', message: 'é'.repeat(100_000), operation: 'x'.repeat(100_000)}).length < 2_000);
  });

  it('keeps what people write', () => {
    assert.match(written({level: 'info', message: 'Zimmer für Größe, комната, 部屋, 🎭'}), /Größe, комната, 部屋, 🎭/);
  });
});
