import type {JSX} from 'solid-js';
import type {Attributes, Markup, Properties, Tag} from './markup.js';

// `<join-button user-name="Ann" prop:data={…} on:room-token={…}>`. Without a prefix Solid sets a property: `userName` for
// `user-name`.

type Own<T extends Tag> = Attributes<T> &
  Properties<T> & {[K in keyof Properties<T> & string as `prop:${K}`]?: Properties<T>[K] | undefined} & {
    [K in keyof Attributes<T> & string as `attr:${K}`]?: Attributes<T>[K] | undefined;
  } & {[K in keyof Markup[T]['events'] & string as `on:${K}`]?: ((event: Markup[T]['events'][K]) => void) | undefined};
type Props<T extends Tag> = Own<T> & Omit<JSX.HTMLAttributes<Markup[T]['element']>, keyof Own<T>>;
type Elements = {[T in Tag]: Props<T>};

declare module 'solid-js' {
  namespace JSX {
    interface IntrinsicElements extends Elements {}
  }
}
