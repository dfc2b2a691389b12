// Makes the pictures of the README anew, demo/screenshot.png and demo/branded.png: npx tsx test/e2e/pictures.ts
import {readFile} from 'node:fs/promises';
import {enter, sees, Theatre} from '../helpers/e2e/demo.js';

const theatre = new Theatre();
await theatre.open();
try {
  await together();
  await branded();
} finally {
  await theatre.close();
}

/** The demo, in which two people see each other. */
async function together() {
  const ann = await theatre.visitor('Ann', {width: 1200});
  await ann.setViewportSize({width: 1200, height: 880});
  const ben = await theatre.visitor('Ben');
  await enter(ann, 'Coffee corner');
  await enter(ben, 'Coffee corner');
  await sees(ann, 'Ben');
  await ann.evaluate(() => scrollTo(0, 0));
  await ann.screenshot({path: 'demo/screenshot.png'});
}

/** The elements with the styles of the README's example, in a page that has no others. */
async function branded() {
  const [, css] = /```css\n(room-picker,[^`]*)```/.exec(await readFile('README.md', 'utf8'))!;
  const page = await theatre.page('branded', {deviceScaleFactor: 1.5, width: 480});
  await page.route('**/branded', route =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><meta charset="utf-8" /><link rel="icon" href="data:," />
        <style>body {display: grid; gap: 1rem; margin: 0; padding: 1.5rem; background: #fdf6ec} ${css}</style>
        <room-picker id="rooms" endpoint="/api"></room-picker>
        <join-button for="rooms" user-name="Ann"></join-button>
        <script src="/dist/greenroom.min.js"></script>`,
    }),
  );
  await page.goto(new URL('/branded', theatre.demo.url).href);
  await page.getByRole('option', {name: 'Coffee corner'}).click();
  await page.mouse.move(0, 0);
  await page.locator('body').screenshot({path: 'demo/branded.png'});
}
