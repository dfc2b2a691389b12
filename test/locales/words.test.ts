import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {describe, it} from 'node:test';
import {calling} from '../../src/locales/calling/calling.js';
import {entering} from '../../src/locales/entering/entering.js';
import {managing} from '../../src/locales/managing/managing.js';
import {picking} from '../../src/locales/picking/picking.js';
import {preparing} from '../../src/locales/preparing/preparing.js';
import {sharing} from '../../src/locales/sharing/sharing.js';
import {telling} from '../../src/locales/telling/telling.js';
import {sayTime} from '../../src/locales/time.js';
import {sayWait} from '../../src/locales/wait.js';
import {troubles} from '../../src/locales/troubles/troubles.js';
import {words, type Catalog, type Words} from '../../src/locales/joining/joining.js';

/** Every text of a set by its path. Functions are called with 7 and 9. */
function textsOf(value: unknown, path = ''): Map<string, string> {
  if (typeof value === 'string') return new Map([[path, value]]);
  if (typeof value === 'function') return new Map([[path, String((value as (...args: number[]) => string)(7, 9))]]);
  return new Map(Object.entries(value as object).flatMap(([key, each]) => [...textsOf(each, `${path}.${key}`)]));
}

async function inAllLanguages<T>({en, others}: Catalog<T>): Promise<[string, T][]> {
  const rest = await Promise.all(
    Object.entries(others).map(async ([language, load]) => [language, (await load())[language]!] as [string, T]),
  );
  return [['en', en], ...rest];
}

/** Words that are the same in English on purpose. */
const SAME: Record<string, string[]> = {
  de: ['Moderator', 'PIN'],
  fr: ['Participant'],
  es: ['PIN', 'India'],
  pt: ['PIN'],
  ja: ['PIN'],
};

const ENDS: [english: RegExp, other: RegExp][] = [
  [/…$/, /…$/],
  [/\?$/, /[?？؟]$/],
  [/[.}]$/, /[.。।}?]$/],
];

const CATALOGS: Record<string, Catalog<object>> = {
  words,
  calling,
  entering,
  managing,
  picking,
  preparing,
  sharing,
  telling,
  troubles,
};

for (const [name, catalog] of Object.entries(CATALOGS)) {
  describe(`locales: ${name}`, () => {
    it('come in ten languages and two Chinese scripts, each with every text and none left empty', async () => {
      const all = await inAllLanguages(catalog);
      assert.deepEqual(all.map(([language]) => language).sort(), 'ar de en es fr he hi ja pt zh zhHant'.split(' '));
      const keys = [...textsOf(catalog.en).keys()];
      for (const [language, set] of all) {
        const texts = textsOf(set);
        assert.deepEqual([...texts.keys()].sort(), [...keys].sort(), language);
        for (const [key, text] of texts)
          assert.ok(text.trim() && !/undefined|\[object|#/.test(text), `${language}${key}`);
      }
    });

    it('are translated, except for words that are the same in both languages', async () => {
      const english = textsOf(catalog.en);
      for (const [language, set] of await inAllLanguages(catalog)) {
        if (language === 'en') continue;
        const left = [...textsOf(set)].filter(([key, text]) => text === english.get(key)).map(([, text]) => text);
        assert.deepEqual(
          left.filter(text => !SAME[language]?.includes(text)),
          [],
          language,
        );
      }
    });

    it('are sentences if the English ones are, and keep the same numbers and names', async () => {
      const english = textsOf(catalog.en);
      for (const [language, set] of await inAllLanguages(catalog)) {
        for (const [key, text] of textsOf(set)) {
          const model = english.get(key)!;
          const [, ends = /[^.。।…]$/] = ENDS.find(([form]) => form.test(model)) ?? [];
          assert.match(text, ends, `${language}${key}: ${text}`);
          for (const fixed of model.match(/[79]|https:\/\/|DEFAULT|JSON/g) ?? []) {
            assert.ok(text.includes(fixed), `${language}${key} names ${fixed}: ${text}`);
          }
        }
      }
    });

    it('isolate the direction of names inside right-to-left sentences', async () => {
      for (const [language, set] of await inAllLanguages(catalog)) {
        if (!/ar|he/.test(language)) continue;
        const isolated = /\u2068[^\u2068\u2069]*\u2069/g;
        const {noMatch, created, deleted, confirmDelete, titles, users} = set as Record<string, unknown> &
          Record<'titles' | 'users', Record<string, unknown> | undefined>;
        const named = [noMatch, created, deleted, confirmDelete, titles?.edit, users?.came, users?.left];
        for (const say of named.filter(each => typeof each === 'function')) {
          const text = String(say('Room (1)'));
          assert.deepEqual(text.match(isolated), ['\u2068Room (1)\u2069'], text);
        }
      }
    });
  });
}

describe('locales: failures', () => {
  it('say nothing of attributes, addresses or tokens to a visitor', async () => {
    for (const [language, {failures}] of await inAllLanguages(telling)) {
      for (const text of Object.values(failures)) {
        assert.doesNotMatch(text, /endpoint|\brole\b|attribut|https?:|token|proxy|room-id/i, language);
      }
    }
  });
});

describe('locales: numbers', () => {
  const spoken = async (language: string, say: (words: Words) => (n: number) => string) => {
    const all = new Map(await inAllLanguages(words));
    return [0, 1, 2, 3, 11, 100].map(say(all.get(language)!));
  };

  it('have all six plural forms of Arabic', async () => {
    assert.deepEqual(await spoken('ar', each => each.found), [
      'لا توجد غرف',
      'غرفة واحدة',
      'غرفتان',
      '3 غرف',
      '11 غرفة',
      '100 غرفة',
    ]);
    const inside = await spoken('ar', each => each.inside);
    assert.equal(new Set(inside.map(text => text.replace(/\d+/, '#'))).size, 6);
  });

  it('have the plural forms of Hebrew, of languages with two forms, and of those with one', async () => {
    assert.deepEqual(await spoken('he', each => each.found), [
      '0 חדרים',
      'חדר אחד',
      'שני חדרים',
      '3 חדרים',
      '11 חדרים',
      '100 חדרים',
    ]);
    for (const [language, forms] of Object.entries({
      en: ['0 rooms', '1 room', '2 rooms', '3 rooms', '11 rooms', '100 rooms'],
      de: ['0 Räume', '1 Raum', '2 Räume', '3 Räume', '11 Räume', '100 Räume'],
      fr: ['0 salle', '1 salle', '2 salles', '3 salles', '11 salles', '100 salles'],
      es: ['0 salas', '1 sala', '2 salas', '3 salas', '11 salas', '100 salas'],
      pt: ['0 sala', '1 sala', '2 salas', '3 salas', '11 salas', '100 salas'],
      ja: [0, 1, 2, 3, 11, 100].map(n => `${n} 件のルーム`),
      zh: [0, 1, 2, 3, 11, 100].map(n => `${n} 个房间`),
      hi: [0, 1, 2, 3, 11, 100].map(n => `${n} रूम`),
    })) {
      assert.deepEqual(await spoken(language, each => each.found), forms, language);
    }
    assert.deepEqual(await spoken('hi', each => each.inside), [
      'अंदर 0 व्यक्ति',
      'अंदर 1 व्यक्ति',
      ...[2, 3, 11, 100].map(n => `अंदर ${n} लोग`),
    ]);
  });

  it('have the separators of the language', () => {
    assert.equal(words.en.found(10_000), '10,000 rooms');
  });
});

describe('locales: times', () => {
  /** How a visitor in a time zone reads 15:00 UTC, an hour and a day before. */
  function said(zone: string, language: string): string[] {
    const script = `import {sayTime} from './src/locales/time.js';
      const at = day => Date.UTC(2026, 10, day, 15);
      console.log(JSON.stringify([sayTime('${language}', at(24), at(24) - 36e5), sayTime('${language}', new Date(at(25)), at(24))]));`;
    const {stdout, stderr} = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      env: {...process.env, TZ: zone},
      encoding: 'utf8',
    });
    assert.ok(stdout, stderr);
    return (JSON.parse(stdout) as string[]).map(text => text.replace(/[\u202f\u00a0]/g, ' '));
  }

  it('are in the visitor’s time zone and the element’s language, with a date if it is another day there', () => {
    assert.deepEqual(said('Europe/Berlin', 'de'), ['16:00', '25. Nov., 16:00']);
    assert.deepEqual(said('America/New_York', 'en'), ['10:00 AM', 'Nov 25, 10:00 AM']);
    // Midnight there lies between the two moments.
    assert.deepEqual(said('Asia/Tokyo', 'ja'), ['11月25日 0:00', '11月26日 0:00']);
  });

  it('have no year within six months, and the hour as in a time without date', async () => {
    const now = +new Date(2026, 10, 27, 12);
    const say = (language: string, time: Date) => sayTime(language, time, now).replace(/[\u202f\u00a0]/g, ' ');
    const soon = (language: string) => say(language, new Date(2027, 0, 5, 9, 5));
    for (const [language, text] of Object.entries({
      en: 'Jan 5, 9:05 AM',
      de: '5. Jan., 09:05',
      fr: '5 janv., 09:05',
      es: '5 ene, 9:05',
      pt: '5 de jan., 09:05',
      hi: '5 जन॰, 9:05 am',
      ja: '1月5日 9:05',
      zh: '1月5日 09:05',
      ar: '5 يناير، 9:05 ص',
      he: '5 בינו׳, 9:05',
    })) {
      assert.equal(soon(language), text);
    }
    for (const [language] of await inAllLanguages(words)) assert.doesNotMatch(soon(language), /20/);
    assert.equal(say('en', new Date(2026, 10, 26, 9, 5)), 'Nov 26, 2026, 9:05 AM');
    assert.equal(say('en', new Date(2027, 10, 27, 9, 5)), 'Nov 27, 2027, 9:05 AM');
  });

  it('have Western digits in every language', () => {
    assert.match(said('Africa/Cairo', 'ar-EG')[0]!, /5:00/);
  });

  it('write a wait in its largest unit, rounded up', () => {
    for (const [ms, text] of [
      [1, 'in 1 second'],
      [59_000, 'in 59 seconds'],
      [59_001, 'in 1 minute'],
      [3_599_999, 'in 1 hour'],
      [60_000, 'in 1 minute'],
      [299_000, 'in 5 minutes'],
      [3_600_000, 'in 1 hour'],
      [86_400_001, 'in 2 days'],
    ] as const) {
      assert.equal(sayWait('en', ms), text);
    }
    assert.equal(sayWait('de', 300_000), 'in 5 Minuten');
    assert.equal(sayWait('ja', 300_000), '5 分後');
  });
});
