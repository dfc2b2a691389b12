import type {HTMLAttributes} from 'svelte/elements';
import type {FixedAttributes, Listeners, Markup, Properties, Tag} from './markup.js';

// Svelte 5: `<join-button user-name="Ann" {data} onroom-token={…}>`. Svelte sets a property if the element has one of that
// name, else an attribute.

type Own<T extends Tag> = FixedAttributes<T> & Properties<T> & Listeners<T>;
type Props<T extends Tag> = Own<T> & Omit<HTMLAttributes<Markup[T]['element']>, keyof Own<T>>;
type Elements = {[T in Tag]: Props<T>};

declare module 'svelte/elements' {
  interface SvelteHTMLElements extends Elements {}
}
