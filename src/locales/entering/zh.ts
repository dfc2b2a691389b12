import type {EnteringWords} from './en.js';

export const zh: EnteringWords = {
  choose: '选择房间',
  getReady: '准备',
  steps: {pick: '第 1 步：选择房间', prepare: '第 2 步：准备', call: '您正在通话中。', left: '通话之后'},
  call: room => (room ? `${room}中的通话` : '通话'),
  needsScript: '请启用 JavaScript 以在此加入，或在其他浏览器中打开此页面。',
};
