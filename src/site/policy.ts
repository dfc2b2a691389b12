import type {RoomSiteOptions} from './options.js';

/** What a vendor's client loads, beside what the options name. */
interface Vendor {
  scripts?: string[];
  frames?: string[];
  connects?: string[];
  /** Its own window is at the address of the server. */
  ownWindow?: true;
}

const VENDORS: Record<string, Vendor> = {
  jitsi: {ownWindow: true},
  jaas: {scripts: ['https://8x8.vc'], frames: ['https://8x8.vc', 'https://*.8x8.vc']},
  daily: {scripts: ['https://unpkg.com'], frames: ['https://*.daily.co']},
  realtimekit: {
    scripts: ['https://cdn.jsdelivr.net'],
    connects: ['https://*.realtime.cloudflare.com', 'wss://*.realtime.cloudflare.com'],
  },
  bigbluebutton: {ownWindow: true},
  zoom: {scripts: ['https://source.zoom.us'], connects: ['https://*.zoom.us', 'wss://*.zoom.us']},
};

/** The headers of every page. `nonce` is that of its one `<style>`. */
export function pageHeaders(options: RoomSiteOptions, nonce: string): Record<string, string> {
  const vendor = VENDORS[options.provider ?? 'rooms'] ?? {};
  const server = options.serverUrl === undefined ? [] : bothOrigins(options.serverUrl);
  const own = vendor.ownWindow ? server.filter(each => each.startsWith('http')) : [];
  const scripts = [...(vendor.scripts ?? []), ...own, ...(options.clientOrigins ?? []), ...originOf(options.script)];
  const frames = [...(vendor.frames ?? []), ...own];
  const isOurs = scripts.length === originOf(options.script).length;
  const parents = options.parents ?? [];
  const policy = {
    'default-src': ["'none'"],
    'script-src': ["'self'", ...scripts],
    'style-src': [`'nonce-${nonce}'`],
    // A vendor's library sets styles itself.
    ...(!isOurs && {'style-src-attr': ["'unsafe-inline'"]}),
    'img-src': ["'self'", 'data:', ...originOf(options.logo)],
    'media-src': ["'self'", 'blob:', 'https:'],
    'connect-src': ["'self'", ...originOf(options.endpoint), ...server, ...(vendor.connects ?? [])],
    'frame-src': frames.length > 0 ? frames : ["'none'"],
    'frame-ancestors': parents.length > 0 ? ["'self'", ...parents] : ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    // Lit makes its templates by one policy; a vendor's library may make more.
    ...(isOurs && {'require-trusted-types-for': ["'script'"], 'trusted-types': ['lit-html']}),
  };
  const devices = ['self', ...frames.filter(each => !each.includes('*')).map(each => `"${each}"`)].join(' ');
  return {
    'content-security-policy': Object.entries(policy)
      .map(([directive, sources]) => `${directive} ${[...new Set(sources)].join(' ')}`)
      .join('; '),
    'permissions-policy': ['camera', 'microphone', 'display-capture', 'autoplay', 'fullscreen', 'picture-in-picture']
      .map(feature => `${feature}=(${devices})`)
      .join(', '),
    // The path names a room.
    'referrer-policy': 'strict-origin-when-cross-origin',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin-allow-popups',
    ...(!options.index && {'x-robots-tag': 'noindex'}),
  };
}

/** The origin of an address, which a path has not. */
function originOf(address: string | undefined): string[] {
  return address !== undefined && /^https?:/i.test(address) ? [new URL(address).origin] : [];
}

/** A server is asked over WebSocket and over HTTP, whichever of both its address says. */
function bothOrigins(address: string): string[] {
  const {protocol, host} = new URL(address);
  const s = protocol === 'wss:' || protocol === 'https:' ? 's' : '';
  return [`ws${s}://${host}`, `http${s}://${host}`];
}
