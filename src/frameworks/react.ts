import type {HTMLAttributes, RefAttributes} from 'react';
import type {Attributes, Listeners, Markup, Properties, Tag} from './markup.js';

// React 19: `<join-button user-name="Ann" onroom-token={…}>`. React sets a property if the element has one of that name,
// else an attribute. On a server it writes every name as it is into the HTML, so use attributes there: `user-name`.

type Own<T extends Tag> = Attributes<T> & Properties<T> & Listeners<T>;
type Props<T extends Tag> = Own<T> &
  Omit<HTMLAttributes<Markup[T]['element']>, keyof Own<T>> &
  RefAttributes<Markup[T]['element']>;
type Elements = {[T in Tag]: Props<T>};

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements extends Elements {}
  }
}
