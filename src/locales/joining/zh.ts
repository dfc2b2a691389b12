import type {Words} from './en.js';
import {counter} from '../plural.js';

const count = counter('zh');

export const zh: Words = {
  rooms: '房间',
  search: '搜索房间',
  loading: '正在加载房间…',
  empty: '目前还没有房间。',
  noMatch: query => `没有与“${query}”匹配的房间。`,
  found: n => count(n, {other: '# 个房间'}),
  groups: {live: '正在进行', open: '已开放', soon: '即将开放', over: '已结束', new: '新房间'},
  inside: n => (n === undefined ? '正在进行' : count(n, {other: '# 人在房间内'})),
  lecture: '讲座',
  over: '已结束',
  gone: '已删除',
  opens: time => `开放时间：${time}`,
  opensByItself: '房间开放后即可加入。',
  retry: '重试',
  join: '加入',
  joining: '正在加入…',
  ask: '请求加入',
  joinAgain: '重新加入',
  leave: '离开',
  chooseFirst: '请先选择一个房间。',
  failed: '出现问题，请重试。',
};
