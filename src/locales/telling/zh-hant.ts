import type {TellingWords} from './en.js';
import {counter} from '../plural.js';

const count = counter('zh-Hant');

export const zhHant: TellingWords = {
  opensIn: wait => `${wait}開放。`,
  opened: '聊天室現已開放。',
  joined: '即將進入聊天室。',
  inCall: '您已在房間內。',
  left: '您已離開房間。',
  name: '您的姓名',
  nameFaults: {missing: '請輸入您的姓名。', invalid: '請在一行內輸入，最多 200 個字元。'},
  waitSeconds: n => count(n, {other: '嘗試次數過多，請等待 # 秒。'}),
  backOnline: '您已重新連上網路，請再按一次按鈕。',
  failures: {
    invalid: '送出的內容有誤，請檢查您的姓名。',
    role_invalid: '此網頁的設定有誤，請通知網站管理員。',
    unauthorized: '請先登入，然後再試一次。',
    signed_out: '您可能已登出。請登入，然後再試一次。',
    denied: '您沒有執行此操作的權限。',
    consent_missing: '請先表示同意。勾選必選項後再試一次。',
    not_found: '這個聊天室不存在，請選擇其他聊天室。',
    room_active: '聊天室內有人，請稍後再試。',
    not_editable: '此項目無法變更。',
    too_late: '此項目已無法變更。',
    room_full: '聊天室已滿，請稍後再試。',
    not_open_yet: '聊天室尚未開放。',
    over: '聊天室已結束。',
    rate_limited: '嘗試次數過多，請稍後再試。',
    aborted: '花費的時間過長，請再試一次。',
    internal: '發生問題，請再試一次。',
    misconfigured: '此網頁的設定有誤，請通知網站管理員。',
    bad_reply: '發生問題，請再試一次。',
    platform_down: '伺服器沒有回應，請稍後再試。',
    offline: '無法連線到伺服器，請檢查您的網路連線。',
    timeout: '花費的時間過長，請再試一次。',
  },
};
