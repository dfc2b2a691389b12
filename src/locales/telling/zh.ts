import type {TellingWords} from './en.js';
import {counter} from '../plural.js';

const count = counter('zh');

export const zh: TellingWords = {
  opensIn: wait => `${wait}开放。`,
  opened: '房间现已开放。',
  joined: '即将进入房间。',
  inCall: '您已在房间内。',
  left: '您已离开房间。',
  name: '您的姓名',
  nameFaults: {missing: '请输入您的姓名。', invalid: '请在一行内输入，最多 200 个字符。'},
  waitSeconds: n => count(n, {other: '尝试次数过多，请等待 # 秒。'}),
  backOnline: '您已重新联网，请再次点击按钮。',
  failures: {
    invalid: '发送的内容有误，请检查您的姓名。',
    role_invalid: '此页面设置有误，请联系网站管理员。',
    unauthorized: '请先登录，然后重试。',
    signed_out: '您可能已退出登录。请登录，然后重试。',
    denied: '您没有执行此操作的权限。',
    consent_missing: '请先表示同意。勾选必选项后再试一次。',
    not_found: '该房间不存在，请选择其他房间。',
    room_active: '房间内有人，请稍后重试。',
    not_editable: '此项无法更改。',
    too_late: '此项已无法更改。',
    room_full: '房间已满，请稍后重试。',
    not_open_yet: '房间尚未开放。',
    over: '房间已结束。',
    rate_limited: '尝试次数过多，请稍后重试。',
    aborted: '操作用时过长，请重试。',
    internal: '出现问题，请重试。',
    misconfigured: '此页面设置有误，请联系网站管理员。',
    bad_reply: '出现问题，请重试。',
    platform_down: '服务器没有响应，请稍后重试。',
    offline: '无法连接到服务器，请检查您的网络连接。',
    timeout: '操作用时过长，请重试。',
  },
};
