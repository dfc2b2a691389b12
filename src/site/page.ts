import {words as joining} from '../locales/joining/joining.js';
import {entering} from '../locales/entering/entering.js';
import type {Catalog} from '../locales/joining/joining.js';
import {keyOf, localeOf} from '../locales/tag.js';
import {joinWindow, roomPhase} from '../rooms/times.js';
import type {ListedRoom} from '../rooms/schema.js';
import {COLORS, type RoomSiteOptions} from './options.js';

export interface PageOptions {
  options: RoomSiteOptions;
  /** The room of the page, if it has one. */
  roomId?: string | undefined;
  /** The room, if everybody may know it. */
  room?: ListedRoom | undefined;
  /** The address of the page. */
  url: URL;
  nonce: string;
  /** The time in epoch ms. */
  now: number;
}

/** A page around `<green-room>`. Everything in it that is not ours is escaped. */
export async function pageOf({options, roomId, room, url, nonce, now}: PageOptions): Promise<string> {
  const {name = 'Greenroom', lang = 'en', endpoint, remember, clientOrigins = []} = options;
  const locale = localeOf(lang);
  const [words, {needsScript}] = await Promise.all([wordsOf(joining, locale), wordsOf(entering, locale)]);
  const title = room ? `${room.name} · ${name}` : name;
  const description = room?.settings.description || options.welcome;
  const attributes = {
    endpoint,
    'room-id': roomId,
    'deep-link': roomId === undefined ? '' : undefined,
    remember: remember ? '' : undefined,
    'client-origins': clientOrigins.join(' ') || undefined,
  };
  const meta = {
    'og:title': room?.name ?? name,
    'og:site_name': name,
    'og:type': 'website',
    'og:url': url.href,
    'og:description': description,
    'og:image': options.logo === undefined ? undefined : new URL(options.logo, url).href,
  };
  const script = {src: options.script ?? '/greenroom.min.js', integrity: options.integrity};
  const isFar = /^https?:/i.test(script.src);
  return `<!doctype html>
<html${written({lang, dir: directionOf(locale)})}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
${options.index ? '' : '<meta name="robots" content="noindex">\n'}${description ? `<meta name="description"${written({content: description})}>\n` : ''}${Object.entries(
    meta,
  )
    .filter(([, content]) => content !== undefined)
    .map(([property, content]) => `<meta${written({property, content})}>\n`)
    .join('')}<style nonce="${nonce}">${styleOf(options)}</style>
<script${written({...script, crossorigin: isFar ? 'anonymous' : undefined})} defer></script>
</head>
<body>
<header>
<h1>${options.home === false ? brandOf(options) : `<a href="/">${brandOf(options)}</a>`}</h1>
${roomId === undefined && options.welcome ? `<p>${escaped(options.welcome)}</p>\n` : ''}</header>
<main>
<green-room${written(attributes)}></green-room>
<noscript>
<section>
${room ? `<h2 dir="auto">${escaped(room.name)}</h2>\n<p>${stateOf(room, words, options, now)}</p>\n` : ''}<p>${escaped(needsScript)}</p>
</section>
</noscript>
</main>
</body>
</html>
`;
}

/** A page that says one sentence. */
export const plainPage = (sentence: string, {name = 'Greenroom', lang = 'en'}: RoomSiteOptions) =>
  `<!doctype html>\n<html${written({lang})}><meta charset="utf-8"><meta name="robots" content="noindex"><title>${escaped(name)}</title><p>${escaped(sentence)}</p></html>\n`;

const brandOf = ({name = 'Greenroom', logo}: RoomSiteOptions) =>
  `${logo === undefined ? '' : `<img${written({src: logo, alt: ''})}>`}<span>${escaped(name)}</span>`;

/** Whether the room is open, for a visitor without JavaScript. */
function stateOf(
  room: ListedRoom,
  words: typeof joining.en,
  {lang = 'en', timeZone = 'UTC'}: RoomSiteOptions,
  now: number,
): string {
  const phase = roomPhase(room, now);
  if (phase === 'over') return escaped(words.over);
  const opensAt = joinWindow(room)?.opensAt;
  if (phase === 'open' || !opensAt) return escaped(words.groups.open);
  const format = new Intl.DateTimeFormat(lang, {
    timeZone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  });
  return `<time datetime="${opensAt.toISOString()}">${escaped(words.opens(format.format(opensAt)))}</time>`;
}

/** The words in a language, or in English if there are none. */
async function wordsOf<T>(catalog: Catalog<T>, locale: Intl.Locale): Promise<T> {
  const key = keyOf(locale, catalog);
  return (await catalog.others[key]?.())?.[key] ?? catalog.en;
}

const directionOf = ({language}: Intl.Locale) => (/^(ar|fa|he|ur)$/.test(language) ? 'rtl' : undefined);

/** Every character is written that could end a text or an attribute. */
const escaped = (text: string) =>
  text.replace(/[&<>"'`]/g, character => `&#${character.codePointAt(0)};`).replace(/\0/g, '\u{fffd}');

const written = (attributes: Record<string, string | undefined>) =>
  Object.entries(attributes)
    .map(([name, value]) =>
      value === undefined ? '' : value === '' && name !== 'alt' ? ` ${name}` : ` ${name}="${escaped(value)}"`,
    )
    .join('');

function styleOf({colors = {}}: RoomSiteOptions): string {
  const own = COLORS.map(color => (colors[color] ? `--room-${color}:${colors[color]};` : '')).join('');
  return `:root{color-scheme:light dark;${own}}
*{box-sizing:border-box;margin:0}
body{min-block-size:100vh;min-block-size:100dvh;padding:max(1rem,env(safe-area-inset-top)) clamp(.75rem,3vw,3rem) max(1.5rem,env(safe-area-inset-bottom));background:var(--room-surface,light-dark(#eef2ee,#0b100e));color:var(--room-text,light-dark(#13201a,#e9efec));font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
header{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;align-items:baseline;max-inline-size:75rem;margin:0 auto 1rem}
main{max-inline-size:75rem;margin-inline:auto}
h1{font-size:1.125rem;font-weight:650}
h1 a{color:inherit;text-decoration:none}
h1 a,h1{display:inline-flex;gap:.625rem;align-items:center;min-block-size:2.75rem}
h1 img{block-size:1.75rem;max-inline-size:12rem}
:focus-visible{outline:2px solid;outline-offset:2px}
green-room:not(:defined){display:block;min-block-size:38.5rem}
noscript section{padding:1.5rem;border:1px solid;border-radius:1rem}
@media (scripting:none){green-room{display:none!important}}`;
}
