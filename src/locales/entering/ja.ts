import type {EnteringWords} from './en.js';

export const ja: EnteringWords = {
  choose: 'ルームを選択',
  getReady: '準備する',
  steps: {pick: 'ステップ 1: ルームを選択', prepare: 'ステップ 2: 準備', call: '通話中です。', left: '通話の後'},
  call: room => (room ? `${room}での通話` : '通話'),
  needsScript: 'ここから参加するには JavaScript を有効にするか、別のブラウザーでこのページを開いてください。',
};
