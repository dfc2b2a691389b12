'use client';

import {
  createElement,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  type FunctionComponent,
  type HTMLAttributes,
  type RefAttributes,
} from 'react';
import type {Attributes, Listeners, Markup, Properties, Tag} from './markup.js';

// React 19: `<join-button user-name="Ann" onroom-token={…}>`. React sets a property if the element has one of that name,
// else an attribute. On a server it writes every name as it is into the HTML, so use attributes there: `user-name`.
//
// When React hydrates a page from a server, it attaches neither listeners nor properties to custom elements
// (facebook/react#35446). The components below do both by themselves: `<JoinButton user-name="Ann" onroom-token={…}>`.

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

/** `<room-picker>` whose listeners and properties also work on a page that a server rendered. */
export const RoomPicker = component('room-picker');
/** `<join-button>` whose listeners and properties also work on a page that a server rendered. */
export const JoinButton = component('join-button');
/** `<pre-join>` whose listeners and properties also work on a page that a server rendered. */
export const PreJoin = component('pre-join');
/** `<room-editor>` whose listeners and properties also work on a page that a server rendered. */
export const RoomEditor = component('room-editor');
/** `<room-stage>` whose listeners and properties also work on a page that a server rendered. */
export const RoomStage = component('room-stage');
/** `<room-users>` whose listeners and properties also work on a page that a server rendered. */
export const RoomUsers = component('room-users');

/** The events of the elements: `onroom-token`, `onchange`. React handles those of its own, such as `onClick`. */
const EVENT = /^on[a-z]/;

/** A component that gives the element what HTML cannot hold after each render, and so also after hydration. */
function component<T extends Tag>(tag: T): FunctionComponent<Props<T>> {
  function Component({ref, ...props}: Props<T>) {
    const own = useRef<HTMLElement>(null);
    useImperativeHandle(ref as RefAttributes<HTMLElement>['ref'], () => own.current!, []);
    const all = Object.entries(props);
    const inHtml = all.flatMap(([name, value]) => (belongsInHtml(name) ? [[attributeOf(name), value]] : []));
    useLayoutEffect(() => {
      const element = own.current!;
      const listening = new AbortController();
      for (const [name, value] of all) {
        if (EVENT.test(name)) {
          if (value) element.addEventListener(name.slice(2), value as EventListener, listening);
        } else if (!belongsInHtml(name)) Object.assign(element, {[name]: value});
      }
      return () => listening.abort();
    });
    return createElement(tag, {...Object.fromEntries(inHtml), ref: own});
  }
  Component.displayName = tag;
  return Component as FunctionComponent<Props<T>>;
}

/** Everything but listeners of the elements, and objects, which no attribute can hold. */
const belongsInHtml = (name: string) => !EVENT.test(name) && !/^(rooms?|data|detail|client)$/.test(name);

/** `user-name` for `userName`. The names that React knows for all elements stay. */
const attributeOf = (name: string) =>
  /^(userName|userRef|userRole|roomId|noSearch|showUsers|noName|noCamera|noMicrophone|clientOrigins)$/.test(name)
    ? name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
    : name;
