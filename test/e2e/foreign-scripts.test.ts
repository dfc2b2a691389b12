// Pages whose other scripts have replaced what browsers bring, in the ways that well-known libraries do.
import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {useSite} from '../helpers/e2e/embed.js';

const SCRIPT = '<script src="/dist/greenroom.min.js" defer></script>';
const DATA = {seats: ['A', 1], vip: true};
const TAGS = `<room-picker id="rooms" endpoint="/api"></room-picker>
  <join-button for="rooms" user-name="Ann"></join-button>
  <script>
    document.querySelector('join-button').data = ${JSON.stringify(DATA)};
    document.addEventListener('room-token', ({detail}) => (window.told = detail.token && +detail.expiresAt));
  </script>`;

/** What a script does to the page, by a title. */
const WAYS: Record<string, string> = {
  'entries, keys and values of arrays that return arrays, as Prototype.js has': `
    Array.prototype.entries = Array.prototype.keys = Array.prototype.values = function () { return this.slice(); };`,
  'a toJSON of arrays, texts, numbers and booleans, as Prototype.js has': `
    Array.prototype.toJSON = function () { return '[' + this.map(each => JSON.stringify(each)).join(', ') + ']'; };
    String.prototype.toJSON = function () { return '"' + this + '"'; };
    Number.prototype.toJSON = Boolean.prototype.toJSON = function () { return String(this); };`,
  'an Array.prototype.reduce that takes no function, as old versions of Prototype.js have': `
    Array.prototype.reduce = function () { return this.length > 1 ? this : this[0]; };`,
  'methods of arrays and objects that for…in finds, as old libraries add': `
    for (const name of ['each', 'first', 'last', 'contains', 'remove', 'clone', 'sum']) {
      Array.prototype[name] = function () { return this; };
      Object.prototype[name] = function () { return this; };
    }`,
  'an Array.from that takes no iterators and no function, as MooTools has': `
    Array.from = item => item == null ? [] : typeof item === 'object' && 'length' in item ? [].slice.call(item) : [item];`,
  'Object.entries, values, keys and assign written with for…in, as old polyfills are': `
    Object.keys = object => { const all = []; for (const key in object) all.push(key); return all; };
    Object.values = object => { const all = []; for (const key in object) all.push(object[key]); return all; };
    Object.entries = object => { const all = []; for (const key in object) all.push([key, object[key]]); return all; };
    Object.assign = (target, ...from) => { for (const each of from) for (const key in each) target[key] = each[key]; return target; };`,
  'symbols that are texts, as polyfills of Symbol make': `
    {
      const Native = Symbol;
      let made = 0;
      window.Symbol = Object.assign(name => '@@' + name + ++made, {for: name => '@@' + name});
      for (const name of Object.getOwnPropertyNames(Native)) {
        if (typeof Native[name] === 'symbol') Symbol[name] = Native[name];
      }
    }`,
  'a Function.prototype.bind of its own': `
    Function.prototype.bind = function (self, ...first) { const own = this; return function (...rest) { return own.apply(self, first.concat(rest)); }; };`,
  'methods of elements with names of its own, as Prototype.js and MooTools add': `
    Element.prototype.remove = function () { this.parentNode.removeChild(this); return this; };
    for (const name of ['update', 'replace', 'insert', 'select', 'show', 'hide', 'toggle', 'get', 'set', 'store', 'empty']) {
      Element.prototype[name] = function () { throw new Error(name + ' is for the library alone'); };
    }`,
  'an append, prepend, before and after of elements that take HTML, as small libraries add': `
    for (const [name, where] of Object.entries({append: 'beforeend', prepend: 'afterbegin', before: 'beforebegin', after: 'afterend'})) {
      Element.prototype[name] = function (html) { this.insertAdjacentHTML(where, html); return this; };
    }`,
  'newer methods of arrays, texts and signals that are gone': `
    for (const name of ['at', 'findLast', 'toSorted', 'toReversed', 'with']) delete Array.prototype[name];
    for (const name of ['at', 'replaceAll', 'isWellFormed']) delete String.prototype[name];
    delete AbortSignal.any;
    delete AbortSignal.timeout;`,
  'a normalize of texts of its own': `
    String.prototype.normalize = function () { return this.trim().toLowerCase(); };`,
  'a Response and Headers of its own, as test doubles have': `
    window.Response = function () { throw new TypeError('This is for the double alone.'); };
    window.Headers = class {
      constructor(init = {}) {
        this.map = {};
        for (const [name, value] of Object.entries(init.map ?? init)) this.set(name, value);
      }
      get(name) { return this.map[name.toLowerCase()] ?? null; }
      has(name) { return name.toLowerCase() in this.map; }
      set(name, value) { this.map[name.toLowerCase()] = String(value); }
      append(name, value) { this.set(name, value); }
      delete(name) { delete this.map[name.toLowerCase()]; }
      forEach(call) { Object.entries(this.map).forEach(([name, value]) => call(value, name, this)); }
      entries() { return Object.entries(this.map)[Symbol.iterator](); }
      [Symbol.iterator]() { return this.entries(); }
    };`,
  'times of its own: Date.parse that returns no number and toISOString with quotes, as Datejs has': `
    Date.parse = () => null;
    Date.prototype.toISOString = function () {
      const two = number => String(number).padStart(2, '0');
      return '"' + this.getUTCFullYear() + '-' + two(this.getUTCMonth() + 1) + '-' + two(this.getUTCDate()) + 'T' +
        two(this.getUTCHours()) + ':' + two(this.getUTCMinutes()) + ':' + two(this.getUTCSeconds()) + 'Z"';
    };`,
  'promises that are not the browser’s and answer a task later, as Bluebird and zone.js have': `
    {
      const Native = Promise;
      window.Promise = class Late {
        constructor(run) { this.native = new Native(run); }
        then(done, failed) {
          const later = call => call && (value => new Native(go => setTimeout(go)).then(() => call(value)));
          return new Late(go => go(this.native.then(later(done), later(failed))));
        }
        catch(failed) { return this.then(undefined, failed); }
        finally(call) { return this.then(value => (call(), value), error => { call(); throw error; }); }
        static resolve(value) { return new Late(go => go(value)); }
        static reject(error) { return new Late((_, fail) => fail(error)); }
        static all(all) { return new Late((go, fail) => Native.all(all).then(go, fail)); }
        static allSettled(all) { return new Late((go, fail) => Native.allSettled(all).then(go, fail)); }
        static race(all) { return new Late((go, fail) => Native.race(all).then(go, fail)); }
      };
    }`,
  'observers, timers and listeners that are wrapped, as zone.js and error reporters do': `
    for (const name of ['MutationObserver', 'IntersectionObserver', 'ResizeObserver']) {
      const Native = window[name];
      window[name] = function (call, ...options) {
        const native = new Native((...told) => call.apply(this, told), ...options);
        for (const method of ['observe', 'unobserve', 'disconnect', 'takeRecords']) {
          this[method] = (...given) => native[method]?.(...given);
        }
      };
    }
    for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame']) {
      const native = window[name];
      window[name] = (call, ...rest) => native.call(window, (...given) => call(...given), ...rest);
    }
    const {addEventListener} = EventTarget.prototype;
    EventTarget.prototype.addEventListener = function (type, listener, options) {
      const call = event => typeof listener === 'function' ? listener.call(this, event) : listener.handleEvent(event);
      addEventListener.call(this, type, call, options);
    };`,
  'a fetch that takes an address and options only': `
    const {fetch} = window;
    window.fetch = (url, options = {}) => {
      if (!url.startsWith(location.origin)) throw new TypeError('Not an address of this site.');
      if (options.body) JSON.parse(options.body);
      return fetch.call(window, url, {...options});
    };`,
  'a fetch that adds headers to plain ones': `
    const {fetch} = window;
    window.fetch = (url, options = {}) => {
      options.headers = {...options.headers, 'x-csrf-token': '1'};
      options.headers['x-requested-with'] = 'fetch';
      return fetch.call(window, url, options);
    };`,
  'a fetch that makes a request of what it is given': `
    const {fetch} = window;
    window.fetch = async (input, options) => {
      const request = new Request(input, options);
      request.headers.set('x-csrf-token', '1');
      await request.clone().text();
      return fetch.call(window, request);
    };`,
  'a fetch that reads a copy of the answer': `
    const {fetch} = window;
    window.fetch = async (...given) => {
      const response = await fetch.apply(window, given);
      await response.clone().json();
      return response;
    };`,
  'a fetch that reads the answer and makes another of it': `
    const {fetch} = window;
    window.fetch = async (...given) => {
      const response = await fetch.apply(window, given);
      return new Response(await response.text(), {status: response.status, headers: response.headers});
    };`,
  'a fetch that returns an object with a then, and nothing else': `
    const {fetch} = window;
    window.fetch = (...given) => {
      const answer = fetch.apply(window, given);
      return {then: (done, failed) => void answer.then(done, failed)};
    };`,
  'a fetch that makes its own request with XMLHttpRequest, as polyfills do': `
    window.fetch = (url, {method = 'GET', headers = {}, body} = {}) =>
      new Promise((done, failed) => {
        const request = new XMLHttpRequest();
        request.open(method, url);
        for (const name in headers) request.setRequestHeader(name, headers[name]);
        request.onerror = failed;
        request.onload = () => done(new Response(request.responseText, {status: request.status}));
        request.send(body ?? null);
      });`,
};

describe('a page whose other scripts replaced', {timeout: 300_000}, () => {
  const site = useSite();

  for (const [title, script] of Object.entries(WAYS)) {
    it(title, async () => {
      const {page, complaints} = await site.open(`<script>${script}</script>${SCRIPT}${TAGS}`);
      await page.getByRole('option', {name: 'Lobby'}).click();
      await page.getByRole('button', {name: 'Join'}).click();
      await page.getByText('You are on your way in.').waitFor();
      assert.deepEqual(JSON.parse(site.posted.pop()!), {name: 'Ann', role: 'participant', data: DATA});
      const left = (await page.evaluate<number>('window.told')) - Date.now();
      assert.ok(left > 0 && left <= 16 * 60_000, `The token ends in ${left} ms.`);
      assert.deepEqual(complaints, []);
    });
  }

  it('the toJSON of texts, arrays and numbers, and has no https, for a call and the name that it remembers', async () => {
    const scripts = Object.entries(WAYS).flatMap(([title, script]) => (title.includes('toJSON') ? [script] : []));
    const {page, complaints} =
      await site.open(`<script>${scripts.join('')} delete Crypto.prototype.randomUUID;</script>${SCRIPT}
      ${['Ann', 'Bea'].map(name => `<join-button id="${name}" endpoint="/api" room-id="${site.roomId}" for="p-${name}"></join-button>`).join('')}
      ${['Ann', 'Bea'].map(name => `<pre-join id="p-${name}" remember no-camera no-microphone></pre-join><room-stage for="${name}"></room-stage>`).join('')}`);
    for (const name of ['Ann', 'Bea']) {
      await page.locator(`#p-${name} input`).fill(name);
      await page.locator(`#p-${name} input`).blur();
      await page.locator(`#${name}`).getByRole('button', {name: 'Join', exact: true}).click();
      await page.locator(`room-stage[for=${name}]`).getByRole('heading', {name: 'Lobby'}).waitFor();
    }
    const count = page.locator('room-stage[for=Ann] [part=count]');
    await count.getByText('2 inside').waitFor();
    assert.deepEqual(complaints, []);
    assert.equal(JSON.parse(await page.evaluate<string>("localStorage.getItem('greenroom.visitor')")).name, 'Bea');
  });

  it('most of these at once, for a form that creates a room and a list of the people inside', async () => {
    const scripts = Object.entries(WAYS).filter(([title]) => !/fetch|promises|for…in finds|gone/.test(title));
    const html = scripts.map(([, script]) => `<script>{${script}}</script>`).join('');
    const {page} = await site.open(`${html}${SCRIPT}
      <room-editor endpoint="/api"></room-editor>
      <room-users></room-users>
      <script>
        document.querySelector('room-users').rooms = {users: async () => [{name: 'Bea', role: 'participant'}]};
        document.querySelector('room-users').roomId = 'lobby';
      </script>`);
    await page.getByText('Bea').waitFor();
    await page.locator('input[name=name]').fill('Standup');
    const answered = page.waitForResponse(response => response.request().method() === 'POST');
    await page.locator('[part=save]').click();
    await answered;
    const {name, settings} = JSON.parse(site.posted.pop()!) as {name: string; settings: {participants: number}};
    assert.deepEqual([name, typeof settings.participants], ['Standup', 'number']);
  });
});
