import type {HTMLAttributes} from 'preact';
import type {FixedAttributes, Listeners, Markup, Properties, Tag} from './markup.js';

// `<join-button user-name="Ann" onroom-token={…}>`. Preact sets a property if the element has one of that name, else an
// attribute.

type Own<T extends Tag> = FixedAttributes<T> & Properties<T> & Listeners<T>;
type Props<T extends Tag> = Own<T> & Omit<HTMLAttributes<Markup[T]['element']>, keyof Own<T>>;
type Elements = {[T in Tag]: Props<T>};

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements extends Elements {}
  }
}
