import type {TroubleWords} from './en.js';

export const zh: TroubleWords = {
  denied: '浏览器阻止了访问。请点击地址栏的锁形图标允许，然后重试。',
  dismissed: '浏览器的询问被关闭了。请重试并允许访问。',
  refused: '访问未被允许。请在浏览器和系统的设置中允许，然后重试。',
  refusedInFrame: '访问未被允许。请在浏览器中允许。如果从不询问，外层页面需要 allow="camera; microphone"。',
  inUse: '另一个应用正在使用。请在那里关闭，或选择其他设备。',
  missing: '没有找到。接上设备后我们会发现。',
  failed: '无法启动。请重试，或选择其他设备。',
  unplugged: '设备被拔出。请重新接上，或选择其他设备。',
  gone: '您之前使用的设备不在。我们改用另一个。',
  silent: '被其他程序占用，例如电话。结束后会恢复。',
  insecure: '此页面不安全：浏览器只在 https 上允许访问。请告知网站所有者。',
  unsupported: '此浏览器不提供访问。请用其他浏览器打开。',
  policy: '此网站的规则禁止访问。请告知其所有者。',
  frame: '外层页面不提供访问。其所有者需在框架上添加 allow="camera; microphone"。',
  slow: '浏览器没有回应。请回答它的询问，或用其他浏览器打开。',
  retry: '重试',
  copyLink: '复制链接',
  copied: '链接已复制。',
};
