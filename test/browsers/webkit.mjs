// WebKit, by WebDriver: Debian's webkit2gtk-driver, xvfb and xsettingsd, or the MiniBrowser that WEBKIT_PATH names.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {webdriverLauncher} from './webdriver.mjs';

const binary = process.env.WEBKIT_PATH ?? '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';

let settings;

export async function launch() {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-webkit-'));
  process.once('exit', () => rmSync(folder, {recursive: true}));
  // The window's own buttons would keep it wider than a phone.
  mkdirSync(join(folder, 'gtk-3.0'));
  writeFileSync(join(folder, 'gtk-3.0/gtk.css'), '* {min-width: 0; min-height: 0; margin: 0; border: 0; padding: 0}');
  const env = {DISPLAY: await startScreen(), XDG_CONFIG_HOME: folder};
  settings = startSettings(join(folder, 'settings'), env);
  return webdriverLauncher({
    name: 'WebKit',
    driver: 'WebKitWebDriver',
    env,
    capabilities: {'webkitgtk:browserOptions': {binary, args: ['--automation']}},
  });
}

/** Emulates settings of the system; see `emulate` in test/helpers/elements/stage.ts. */
export function emulate(_page, media) {
  settings.change(media);
}

/**
 * The page's accessibility tree, as far as WebDriver knows it: role and name of each element that is shown, in the order
 * of the flat tree. No states.
 */
export async function accessibilityTree(page) {
  const {elements, tree} = await page.evaluate(readFlatTree);
  const told = [];
  for (const element of elements) told.push({role: await page.role(element), name: await page.label(element)});
  const read = ({element, text, children = []}) => ({
    ...(told[element] ?? {role: 'text', name: text}),
    states: [],
    children: children.map(read),
  });
  return read(tree);
}

/** Runs in the page, so it uses nothing from here: the elements that are shown, and a tree that names them by index. */
function readFlatTree() {
  const elements = [];
  const read = node => {
    if (node.nodeType === Node.TEXT_NODE) return {text: node.data};
    const element = elements.push(node) - 1;
    const own = node.localName === 'slot' ? node.assignedNodes({flatten: true}) : node.childNodes;
    return {element, children: [...(node.shadowRoot?.childNodes ?? own)].filter(isExposed).map(read)};
  };
  const isExposed = node => {
    if (node.nodeType === Node.TEXT_NODE) return node.data.trim() !== '';
    if (node.nodeType !== Node.ELEMENT_NODE || /^(script|style|template)$/.test(node.localName)) return false;
    if (node.getAttribute('aria-hidden') === 'true') return false;
    // With `display: contents` an element has no box, but its children are shown.
    return getComputedStyle(node).display === 'contents' || node.checkVisibility({visibilityProperty: true});
  };
  return {elements, tree: read(document.body)};
}

/** A virtual screen. It ends with the last program on it, or with this process. */
async function startScreen() {
  // It picks a free number and writes it to file descriptor 3.
  const args = ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp', '-terminate'];
  const xvfb = spawn('Xvfb', args, {stdio: ['ignore', 'ignore', 'ignore', 'pipe']});
  endWithThisProcess(xvfb);
  const ended = once(xvfb, 'exit').then(([code]) => Promise.reject(new Error(`Xvfb ended with code ${code}`)));
  const [number] = await Promise.race([once(xvfb.stdio[3], 'data'), ended]);
  ended.catch(() => {});
  return `:${String(number).trim()}`;
}

/** The settings of a desktop: dark or light, animations on or off. */
function startSettings(file, env) {
  const write = ({colorScheme, reducedMotion} = {}) => {
    const theme = colorScheme === 'dark' ? 'Adwaita-dark' : 'Adwaita';
    writeFileSync(file, `Net/ThemeName "${theme}"\nGtk/EnableAnimations ${reducedMotion === 'reduce' ? 0 : 1}\n`);
  };
  write();
  const daemon = spawn('xsettingsd', ['-c', file], {stdio: 'ignore', env: {...process.env, ...env}});
  endWithThisProcess(daemon);
  return {
    change(media) {
      write(media);
      daemon.kill('SIGHUP');
    },
  };
}

const endWithThisProcess = program => process.once('exit', () => program.kill());
