import type {TroubleWords} from './en.js';

export const zhHant: TroubleWords = {
  denied: '瀏覽器封鎖了存取。請點選網址列的鎖頭圖示允許，然後重試。',
  dismissed: '瀏覽器的詢問被關閉了。請重試並允許存取。',
  refused: '存取未獲允許。請在瀏覽器和系統的設定中允許，然後重試。',
  refusedInFrame: '存取未獲允許。請在瀏覽器中允許。如果從不詢問，外層頁面需要 allow="camera; microphone"。',
  inUse: '另一個應用程式正在使用。請在那裡關閉，或選擇其他裝置。',
  missing: '找不到。接上裝置後我們會發現。',
  failed: '無法啟動。請重試，或選擇其他裝置。',
  unplugged: '裝置被拔除。請重新接上，或選擇其他裝置。',
  gone: '您之前使用的裝置不在。我們改用另一個。',
  silent: '被其他程式占用，例如電話。結束後會恢復。',
  insecure: '此頁面不安全：瀏覽器只在 https 上允許存取。請告知網站擁有者。',
  unsupported: '此瀏覽器不提供存取。請用其他瀏覽器開啟。',
  policy: '此網站的規則禁止存取。請告知其擁有者。',
  frame: '外層頁面不提供存取。其擁有者需在框架上加上 allow="camera; microphone"。',
  slow: '瀏覽器沒有回應。請回答它的詢問，或用其他瀏覽器開啟。',
  retry: '重試',
  copyLink: '複製連結',
  copied: '已複製連結。',
};
