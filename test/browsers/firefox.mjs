// Firefox, by puppeteer: Debian's firefox-esr, or the one that FIREFOX_PATH names.
import {chromeLauncher} from '@web/test-runner-chrome';
import puppeteer from 'puppeteer-core';

export const launch = async () =>
  chromeLauncher({
    puppeteer,
    launchOptions: {
      browser: 'firefox',
      executablePath: process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr',
      // Lets scripts into the browser's own window, which can do what no protocol offers yet.
      args: ['--remote-allow-system-access'],
      // A camera and a microphone that do not exist, and nobody to press “allow”.
      extraPrefsFirefox: {'media.navigator.streams.fake': true, 'media.navigator.permission.disabled': true},
    },
  });

/** Emulates settings of the system; see `emulate` in test/helpers/elements/stage.ts. */
export async function emulate(page, {colorScheme, reducedMotion, forcedColors}) {
  const preferences = {
    'layout.css.prefers-color-scheme.content-override': {dark: 0, light: 1}[colorScheme] ?? 2,
    'ui.prefersReducedMotion': reducedMotion === 'reduce' ? 1 : 0,
    'browser.display.document_color_use': forcedColors === 'active' ? 2 : 0,
  };
  await inBrowser(
    page,
    preferences => {
      for (const [name, value] of Object.entries(preferences)) Services.prefs.setIntPref(name, value);
    },
    preferences,
  );
}

/** The page's accessibility tree. */
export function accessibilityTree(page) {
  return inBrowser(page, async () => {
    const service = Cc['@mozilla.org/accessibilityService;1'].getService(Ci.nsIAccessibilityService);
    const read = accessible => {
      const [bits, extraBits] = [{}, {}];
      accessible.getState(bits, extraBits);
      const states = service.getStringStates(bits.value, extraBits.value);
      return {
        role: service.getStringRole(accessible.role) === 'text leaf' ? 'text' : accessible.computedARIARole,
        name: accessible.name ?? '',
        states: Array.from({length: states.length}, (_, i) => states.item(i)),
        children: Array.from({length: accessible.childCount}, (_, i) => read(accessible.getChildAt(i))),
      };
    };
    // The frame that holds the page; empty until the service, started on the first use, has looked at the page.
    for (;;) {
      const frame = service.getAccessibleFor(gBrowser.selectedBrowser);
      if (frame?.firstChild?.childCount) return read(frame.firstChild);
      await new Promise(resolve => requestAnimationFrame(resolve));
    }
  });
}

/** Runs a function in the browser's own window, with its privileges; arguments and result travel as JSON. */
async function inBrowser(page, work, ...args) {
  const {connection} = page.browser();
  const tree = await connection.send('browsingContext.getTree', {'moz:scope': 'chrome'});
  const {result} = await connection.send('script.evaluate', {
    expression: `Promise.resolve((${work})(...${JSON.stringify(args)})).then(value => JSON.stringify(value) ?? 'null')`,
    awaitPromise: true,
    target: {context: tree.result.contexts[0].context},
  });
  if (result.type === 'exception') throw new Error(`Firefox: ${result.exceptionDetails.text}`);
  return JSON.parse(result.result.value);
}
