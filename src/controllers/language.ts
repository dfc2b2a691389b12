import type {ReactiveController, ReactiveControllerHost} from 'lit';
import {keyOf, localeOf} from '../locales/tag.js';
import {missing} from './missing.js';
import type {Catalog, Words} from '../locales/joining/joining.js';

type Host = ReactiveControllerHost & HTMLElement;

/** Called when a `lang` in the page changes; all elements share one observer. */
const followers = new Set<() => void>();
// Made by the first element in a page: a server that renders pages imports this module too and has no observers.
let observer: MutationObserver | undefined;

/** Words that are loaded, by their loader. */
const arrived = new Map<unknown, unknown>();

/**
 * The words for an element, in the language of the nearest `lang` around it, through shadow roots up to the page. The
 * region is ignored, but for Chinese the script counts. The words are English if the language is unknown, while they
 * load, and if they fail to load. Read them at each render: the host updates when they change.
 */
export class Language<T = Words> implements ReactiveController {
  words: T;
  /** The language of the words as a BCP 47 tag; its region decides how times are written. */
  tag = 'en';
  /** Resolves when the words that were asked for last are there, or will not come. */
  ready?: Promise<void>;
  #host: Host;
  #catalog: Catalog<T>;

  constructor(host: Host, catalog: Catalog<T>) {
    this.#host = host;
    this.#catalog = catalog;
    this.words = catalog.en;
    host.addController(this);
  }

  hostConnected() {
    observer ??= new MutationObserver(() => followers.forEach(look => look()));
    for (let root: Node | undefined = this.#host; root; root = (root as ShadowRoot).host) {
      root = root.getRootNode();
      observer.observe(root, {subtree: true, attributeFilter: ['lang']});
    }
    followers.add(this.#look);
    this.#look();
  }

  hostDisconnected() {
    followers.delete(this.#look);
    if (!followers.size) observer?.disconnect();
  }

  #look = () => {
    const {en, others} = this.#catalog;
    const locale = localeAround(this.#host);
    const {language, baseName} = locale;
    const key = keyOf(locale, this.#catalog);
    const load = others[key];
    if (!load) return this.#say(en, language === 'en' ? baseName : 'en');
    const known = arrived.get(load) as T | undefined;
    if (known) return this.#say(known, baseName);
    this.ready = load().then(
      module => {
        arrived.set(load, module[key]);
        this.#look();
      },
      // Not loaded again before a `lang` changes; until then the words are English.
      cause => {
        missing(cause);
        if (localeAround(this.#host).language === language) this.#say(en, 'en');
      },
    );
  };

  #say(words: T, tag: string) {
    if (words === this.words && tag === this.tag) return;
    this.words = words;
    this.tag = tag;
    this.#host.requestUpdate();
  }
}

function localeAround(element: Element): Intl.Locale {
  let lang: string | null | undefined;
  for (let at: Element | undefined = element; at && lang == null; at = (at.getRootNode() as ShadowRoot).host) {
    lang = at.closest('[lang]')?.getAttribute('lang');
  }
  try {
    // A popup that a page opened may have no `lang` of its own.
    return localeOf(lang ?? document.documentElement.lang);
  } catch {
    return new Intl.Locale('en'); // No `lang` at all, or an invalid tag such as `english`.
  }
}
