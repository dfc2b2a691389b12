import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {localeOf} from '../../src/locales/tag.js';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'.split('');
const REGIONS = ['', '-CN', '-TW', '-HK', '-US'];

describe('a language tag', () => {
  it('is Chinese exactly if CLDR says that it is written in a Chinese script', () => {
    const languages = LETTERS.flatMap(one => LETTERS.map(other => one + other));
    for (const language of [...languages, 'yue', 'wuu', 'hak', 'nan', 'fil', 'en-Hant', 'zh-Latn']) {
      for (const tag of REGIONS.map(region => language + region)) {
        const {language: own} = new Intl.Locale(tag);
        const isChinese = /^Han[st]$/.test(new Intl.Locale(tag).maximize().script ?? '');
        assert.equal(localeOf(tag).language, isChinese ? 'zh' : own, tag);
      }
    }
  });

  it('of most languages needs none of CLDR’s data', t => {
    const maximize = t.mock.method(Intl.Locale.prototype, 'maximize');
    for (const tag of ['en', 'pt_BR', 'de-AT', 'he', 'iw']) localeOf(tag);
    assert.equal(maximize.mock.callCount(), 0);
    assert.equal(localeOf('zh-TW').script, 'Hant');
    assert.equal(maximize.mock.callCount(), 1);
  });
});
