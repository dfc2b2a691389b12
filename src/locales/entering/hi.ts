import type {EnteringWords} from './en.js';

export const hi: EnteringWords = {
  choose: 'एक रूम चुनें',
  getReady: 'तैयार हों',
  steps: {pick: 'चरण 1: एक रूम चुनें', prepare: 'चरण 2: तैयार हों', call: 'आप कॉल में हैं।', left: 'कॉल के बाद'},
  call: room => (room ? `${room} में कॉल` : 'कॉल'),
  needsScript: 'यहाँ जुड़ने के लिए JavaScript चालू करें, या यह पेज किसी दूसरे ब्राउज़र में खोलें।',
};
