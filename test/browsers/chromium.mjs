// Chromium, by puppeteer: an installed Chrome, or the one among the packages.
import {chromeLauncher} from '@web/test-runner-chrome';
import {chromeLaunchOptions, FAKE_MEDIA} from './chrome.mjs';

export async function launch() {
  const {args, ...options} = await chromeLaunchOptions();
  // The tree that a screen reader gets; without it the tree lacks what content-visibility skips.
  const launchOptions = {...options, args: [...args, ...FAKE_MEDIA, '--force-renderer-accessibility=screen-reader']};
  return chromeLauncher({launchOptions});
}

// Emulation ends with its session.
const sessions = new WeakMap();

async function devtools(page) {
  if (!sessions.has(page)) sessions.set(page, await page.createCDPSession());
  return sessions.get(page);
}

/** Emulates settings of the system; see `emulate` in test/helpers/elements/stage.ts. */
export async function emulate(page, {colorScheme = '', reducedMotion = '', forcedColors = ''}) {
  const features = [
    {name: 'prefers-color-scheme', value: colorScheme},
    {name: 'prefers-reduced-motion', value: reducedMotion},
    {name: 'forced-colors', value: forcedColors},
  ];
  await (await devtools(page)).send('Emulation.setEmulatedMedia', {features});
}

/** The page's accessibility tree. */
export async function accessibilityTree(page) {
  const {nodes} = await (await devtools(page)).send('Accessibility.getFullAXTree');
  const byId = new Map(nodes.map(node => [node.nodeId, node]));
  const read = ({ignored, role, name, properties = [], childIds = []}) => ({
    role: ignored ? 'none' : role.value === 'StaticText' ? 'text' : role.value,
    name: ignored ? '' : name?.value,
    states: properties.filter(({value}) => value.value === true || value.value === 'true').map(({name}) => name),
    children:
      role?.value === 'StaticText'
        ? []
        : childIds
            .map(id => byId.get(id))
            .filter(Boolean)
            .map(read),
  });
  return read(nodes[0]);
}
