import type {TellingWords} from './en.js';
import {counter} from '../plural.js';

const count = counter('ja');

export const ja: TellingWords = {
  opensIn: wait => `${wait}に入室できます。`,
  opened: 'ルームが開きました。',
  joined: 'まもなく入室します。',
  inCall: 'ルームに参加中です。',
  left: 'ルームから退出しました。',
  name: 'お名前',
  nameFaults: {missing: 'お名前を入力してください。', invalid: '1行で200文字以内にしてください。'},
  waitSeconds: n => count(n, {other: '試行回数が多すぎます。# 秒お待ちください。'}),
  backOnline: '再びオンラインになりました。もう一度ボタンを押してください。',
  failures: {
    invalid: '送信された内容に誤りがあります。お名前をご確認ください。',
    role_invalid: 'このページは正しく設定されていません。サイトの管理者にご連絡ください。',
    unauthorized: '先にサインインしてから、もう一度お試しください。',
    signed_out: 'サインアウトされた可能性があります。サインインしてから、もう一度お試しください。',
    denied: 'この操作を行う権限がありません。',
    consent_missing: '先に同意が必要です。必須の項目にチェックを入れて、もう一度お試しください。',
    not_found: 'このルームは存在しません。別のルームを選んでください。',
    room_active: 'このルームには参加者がいます。しばらくしてからもう一度お試しください。',
    not_editable: 'これは変更できません。',
    too_late: 'これはもう変更できません。',
    room_full: 'このルームは満員です。しばらくしてからもう一度お試しください。',
    not_open_yet: 'このルームはまだ開いていません。',
    over: 'このルームは終了しました。',
    rate_limited: '試行回数が多すぎます。しばらくしてからもう一度お試しください。',
    aborted: '時間がかかりすぎました。もう一度お試しください。',
    internal: '問題が発生しました。もう一度お試しください。',
    misconfigured: 'このページは正しく設定されていません。サイトの管理者にご連絡ください。',
    bad_reply: '問題が発生しました。もう一度お試しください。',
    platform_down: 'サーバーから応答がありません。しばらくしてからもう一度お試しください。',
    offline: 'サーバーに接続できません。接続をご確認ください。',
    timeout: '時間がかかりすぎました。もう一度お試しください。',
  },
};
