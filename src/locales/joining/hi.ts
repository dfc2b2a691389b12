import type {Words} from './en.js';
import {counter} from '../plural.js';

const count = counter('hi');

export const hi: Words = {
  rooms: 'रूम',
  search: 'रूम खोजें',
  loading: 'रूम लोड हो रहे हैं…',
  empty: 'अभी कोई रूम नहीं है।',
  noMatch: query => `“${query}” से मेल खाने वाला कोई रूम नहीं है।`,
  found: n => count(n, {other: '# रूम'}),
  groups: {live: 'अभी चल रहे हैं', open: 'खुले हैं', soon: 'जल्द खुलेंगे', over: 'समाप्त', new: 'नए'},
  inside: n => (n === undefined ? 'अभी चल रहा है' : count(n, {one: 'अंदर # व्यक्ति', other: 'अंदर # लोग'})),
  lecture: 'लेक्चर',
  over: 'समाप्त',
  gone: 'हटाया गया',
  opens: time => `खुलने का समय: ${time}`,
  opensByItself: 'रूम खुलते ही आप शामिल हो सकेंगे।',
  retry: 'फिर से कोशिश करें',
  join: 'शामिल हों',
  joining: 'शामिल हो रहे हैं…',
  ask: 'शामिल होने का अनुरोध करें',
  joinAgain: 'फिर से शामिल हों',
  leave: 'बाहर निकलें',
  chooseFirst: 'पहले कोई रूम चुनें।',
  failed: 'कुछ गड़बड़ हो गई। फिर से कोशिश करें।',
};
