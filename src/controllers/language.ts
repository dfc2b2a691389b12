import type {ReactiveController, ReactiveControllerHost} from 'lit';
import {sayTime, sayWait} from '../locales/time.js';
import type {Catalog, Words} from '../locales/joining/joining.js';

type Host = ReactiveControllerHost & HTMLElement;

/** What looks again for its language when a `lang` in the page changes; one observer tells all. */
const followers = new Set<() => void>();
// Made by the first element in a page, since a server that renders pages imports this too, and has none.
let observer: MutationObserver | undefined;

/** The words that have come, by what brings them. */
const arrived = new Map<unknown, unknown>();

/**
 * The words for an element, in the language of the nearest `lang` around it, through shadow roots up to the page,
 * whatever the region. They are English where the language is not known, while they are on their way, and when they
 * cannot come. To be read at each render: the host updates when they change.
 */
export class Language<T = Words> implements ReactiveController {
  words: T;
  /** The language they are in, with the region of times, as BCP 47 writes it. */
  tag = 'en';
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

  /** A moment, Date or epoch ms, as the visitor would say it at `now`. */
  time(time: Date | number, now: number): string {
    return sayTime(this.tag, time, now);
  }

  /** How long `ms` is from now: “in 5 minutes”. */
  wait(ms: number): string {
    return sayWait(this.tag, ms);
  }

  #look = () => {
    const {en, others} = this.#catalog;
    const {language, baseName} = localeOf(this.#host);
    const load = others[language];
    if (!load) return this.#say(en, language === 'en' ? baseName : 'en');
    const known = arrived.get(load) as T | undefined;
    if (known) return this.#say(known, baseName);
    void load().then(
      module => {
        arrived.set(load, module[language]);
        this.#look();
      },
      // Not asked for again before something changes; English will do.
      () => localeOf(this.#host).language === language && this.#say(en, 'en'),
    );
  };

  #say(words: T, tag: string) {
    if (words === this.words && tag === this.tag) return;
    this.words = words;
    this.tag = tag;
    this.#host.requestUpdate();
  }
}

function localeOf(element: Element): Intl.Locale {
  let lang: string | null | undefined;
  for (let at: Element | undefined = element; at && lang == null; at = (at.getRootNode() as ShadowRoot).host) {
    lang = at.closest('[lang]')?.getAttribute('lang');
  }
  try {
    // WebKit leaves the old code of Hebrew as it is.
    return new Intl.Locale(lang!.replace(/^iw\b/i, 'he'));
  } catch {
    return new Intl.Locale('en'); // None at all, or `en_US` and the like: no tag, and no reason to fail.
  }
}
