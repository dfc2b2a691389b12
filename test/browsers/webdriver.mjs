// Launches a browser by its WebDriver program, for browsers that puppeteer does not know.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createServer} from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';

// The codes of keys that write no character, by KeyboardEvent.key: https://w3c.github.io/webdriver/#keyboard-actions
const KEYS = {
  Backspace: '\uE003',
  Tab: '\uE004',
  Enter: '\uE006',
  Shift: '\uE008',
  Control: '\uE009',
  Alt: '\uE00A',
  Escape: '\uE00C',
  PageUp: '\uE00E',
  PageDown: '\uE00F',
  End: '\uE010',
  Home: '\uE011',
  ArrowLeft: '\uE012',
  ArrowUp: '\uE013',
  ArrowRight: '\uE014',
  ArrowDown: '\uE015',
  Delete: '\uE017',
  Meta: '\uE03D',
};
const BUTTONS = {left: 0, middle: 1, right: 2};

/**
 * A launcher for @web/test-runner: one page after the other, each in a new browser. When all pages shared one browser, the requests
 * of later pages no longer ended.
 *
 * - `name`: what the report calls the browser.
 * - `driver`: the WebDriver program; it is started with `--port`, and `env` on top of this process's own.
 * - `capabilities`: which browser the program starts.
 */
export function webdriverLauncher({name, driver, env, capabilities}) {
  let program;
  let base;
  let session;
  let starting;
  let active;

  async function start() {
    const port = await freePort();
    program = spawn(driver, [`--port=${port}`], {stdio: 'ignore', env: {...process.env, ...env}});
    process.once('exit', () => program.kill());
    const ended = once(program, 'exit').then(([code]) => {
      throw new Error(`${driver} ended with code ${code}`);
    });
    ended.catch(() => {});
    base = `http://127.0.0.1:${port}`;
    const listens = () =>
      command(base, 'GET', '/status').then(
        () => true,
        () => false,
      );
    await Promise.race([until(listens), ended]);
  }

  async function open() {
    const {sessionId} = await command(base, 'POST', '/session', {capabilities: {alwaysMatch: capabilities}});
    session = `${base}/session/${sessionId}`;
    // As in puppeteer's browsers.
    await page.setViewportSize({width: 800, height: 600});
  }

  async function close() {
    if (session) await command(session, 'DELETE', '');
    session = undefined;
  }

  const send = (method, path, body) => command(session, method, path, body);
  const act = source => send('POST', '/actions', {actions: [source]});
  const press = (...actions) => act({type: 'key', id: 'keyboard', actions});
  const point = (...actions) => act({type: 'pointer', id: 'mouse', parameters: {pointerType: 'mouse'}, actions});
  const down = key => ({type: 'keyDown', value: KEYS[key] ?? key});
  const up = key => ({type: 'keyUp', value: KEYS[key] ?? key});
  const move = (x, y) => ({type: 'pointerMove', duration: 0, x, y});
  const button = (type, {button = 'left'} = {}) => ({type, button: BUTTONS[button]});
  const idOf = element => Object.values(element)[0];

  // The part of playwright's Page that the commands of @web/test-runner-commands use, and what accessibility asks for.
  const page = {
    evaluate: work => send('POST', '/execute/sync', {script: `return (${work})()`, args: []}),
    role: element => send('GET', `/element/${idOf(element)}/computedrole`),
    label: element => send('GET', `/element/${idOf(element)}/computedlabel`),
    keyboard: {
      type: text => press(...[...text].flatMap(key => [down(key), up(key)])),
      press: key => press(down(key), up(key)),
      down: key => press(down(key)),
      up: key => press(up(key)),
    },
    mouse: {
      move: (x, y) => point(move(x, y)),
      click: (x, y, options) => point(move(x, y), button('pointerDown', options), button('pointerUp', options)),
      down: options => point(button('pointerDown', options)),
      up: options => point(button('pointerUp', options)),
    },
    async setViewportSize({width, height}) {
      const frame = await page.evaluate(() => ({x: outerWidth - innerWidth, y: outerHeight - innerHeight}));
      await send('POST', '/window/rect', {width: width + frame.x, height: height + frame.y});
      await until(() => page.evaluate(`() => innerWidth === ${width} && innerHeight === ${height}`));
    },
  };

  return {
    name,
    type: 'playwright',
    concurrency: 1,
    async initialize() {},
    async startSession(id, url) {
      await (starting ??= start());
      await open();
      active = {id, url};
      await send('POST', '/url', {url});
    },
    isActive: id => active?.id === id,
    getBrowserUrl: () => active?.url,
    getPage: () => page,
    async stopSession() {
      active = undefined;
      await close();
      return {};
    },
    async stop() {
      await close().catch(() => {});
      program?.kill();
    },
  };
}

async function command(base, method, path, body) {
  const json = body && {headers: {'content-type': 'application/json'}, body: JSON.stringify(body)};
  const response = await fetch(base + path, {method, ...json});
  const {value} = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
  return value;
}

/** Repeats `ask` until it returns true; throws after 15 s. */
async function until(ask) {
  const deadline = Date.now() + 15_000;
  while (!(await ask())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${ask}`);
    await delay(50);
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address();
  server.close();
  return port;
}
