import type {Words} from './en.js';
import {counter} from '../plural.js';

const count = counter('zh-Hant');

export const zhHant: Words = {
  rooms: '聊天室',
  search: '搜尋聊天室',
  loading: '正在載入聊天室…',
  empty: '目前還沒有聊天室。',
  noMatch: query => `找不到符合「${query}」的聊天室。`,
  found: n => count(n, {other: '# 個聊天室'}),
  groups: {live: '進行中', open: '已開放', soon: '即將開放', over: '已結束', new: '新的聊天室'},
  inside: n => (n === undefined ? '進行中' : count(n, {other: '# 人在聊天室內'})),
  lecture: '講座',
  over: '已結束',
  gone: '已刪除',
  opens: time => `開放時間：${time}`,
  opensByItself: '聊天室開放後即可加入。',
  retry: '再試一次',
  join: '加入',
  joining: '正在加入…',
  ask: '要求加入',
  joinAgain: '重新加入',
  leave: '離開',
  chooseFirst: '請先選擇聊天室。',
  failed: '發生問題，請再試一次。',
};
