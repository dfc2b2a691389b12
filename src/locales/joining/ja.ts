import type {Words} from './en.js';
import {counter} from '../plural.js';

const count = counter('ja');

export const ja: Words = {
  rooms: 'ルーム',
  search: 'ルームを検索',
  loading: 'ルームを読み込んでいます…',
  empty: 'ルームはまだありません。',
  noMatch: query => `「${query}」に一致するルームはありません。`,
  found: n => count(n, {other: '# 件のルーム'}),
  groups: {live: '開催中', open: '入室できます', soon: 'まもなく開始', over: '終了', new: '新着'},
  inside: n => (n === undefined ? '開催中' : count(n, {other: '# 人が参加中'})),
  lecture: '講演',
  over: '終了',
  gone: '削除済み',
  opens: time => `入室開始: ${time}`,
  opensByItself: 'ルームが開くと参加できるようになります。',
  retry: '再試行',
  join: '参加する',
  joining: '参加しています…',
  ask: '参加をリクエスト',
  joinAgain: 'もう一度参加',
  leave: '退出',
  chooseFirst: '先にルームを選んでください。',
  failed: '問題が発生しました。もう一度お試しください。',
};
