import type {HTMLAttributes, ReservedProps} from 'vue';
import type {Markup, Properties, Tag} from './markup.js';

// `<join-button user-name="Ann" :data.prop="…" @room-token="…">`. Vue checks `user-name` as `userName`. Bind a boolean by
// its property, `:noSearch`: as an attribute, `false` still turns it on.

type Pascal<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Capitalize<Head>}${Pascal<Tail>}`
  : Capitalize<Name>;
type Own<T extends Tag> = Properties<T> & {
  [K in keyof Markup[T]['events'] & string as `on${Pascal<K>}`]?: ((event: Markup[T]['events'][K]) => void) | undefined;
};
type Props<T extends Tag> = Own<T> & Omit<HTMLAttributes, keyof Own<T>> & ReservedProps;
type Elements = {[T in Tag]: new () => {$props: Props<T>; $el: Markup[T]['element']}};

declare module 'vue' {
  interface GlobalComponents extends Elements {}
}
