import type {EnteringWords} from './en.js';

export const zhHant: EnteringWords = {
  choose: '選擇房間',
  getReady: '準備',
  steps: {pick: '第 1 步：選擇房間', prepare: '第 2 步：準備', call: '您正在通話中。', left: '通話之後'},
  call: room => (room ? `${room}中的通話` : '通話'),
  needsScript: '請啟用 JavaScript 以在此加入，或在其他瀏覽器中開啟此頁面。',
};
