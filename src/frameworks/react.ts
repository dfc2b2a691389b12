import type {HTMLAttributes, RefAttributes} from 'react';
import type {Attributes, Listeners, Markup, Properties, Tag} from './markup.js';

// React 19: `<join-button user-name="Ann" onroom-token={…}>`. A property where the element has one of that name, else an
// attribute. A server writes down what it is given: attributes there, since `userName` means nothing in HTML.

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
