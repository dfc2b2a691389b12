// How long a person waits for their own picture: from the stream's arrival to its first frame in <pre-join>, with a CPU four
// times slower. `npm run bench:preview` builds, prints the median of one run, and exits with 1 if the goal is missed.
import {once} from 'node:events';
import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {chromium} from 'playwright-core';
import {FAKE_MEDIA, playwrightLaunchOptions} from '../browsers/chrome.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 9);
const SLOWER = 4;
/** In ms. */
const GOAL = 150;

const PAGE = `<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,">
  <script src="/greenroom.min.js"></script><pre-join user-name="Ann"></pre-join>`;

const server = createServer((request, response) => {
  const {pathname} = new URL(request.url!, 'http://127.0.0.1');
  if (pathname === '/') return response.setHeader('content-type', 'text/html').end(PAGE);
  readFile(new URL(`../../dist${pathname}`, import.meta.url)).then(
    file => response.setHeader('content-type', 'text/javascript').end(file),
    () => response.writeHead(404).end(),
  );
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const browser = await chromium.launch(await playwrightLaunchOptions({args: FAKE_MEDIA}));

/** A first visit, with the devices turned on by a press. In ms from the stream to its first frame. */
async function visit(): Promise<number> {
  const context = await browser.newContext({viewport: {width: 360, height: 740}});
  const page = await context.newPage();
  await page.addInitScript(() => {
    const media = navigator.mediaDevices;
    const ask = media.getUserMedia.bind(media);
    media.getUserMedia = async wish => {
      const stream = await ask(wish);
      Object.assign(window, {arrived: performance.now()});
      return stream;
    };
  });
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', {rate: SLOWER});
  await page.goto(origin);
  const button = page.locator('pre-join [part=start], pre-join [part=camera]:not(.off)').first();
  await button.waitFor();
  const waited = page.evaluate(
    () =>
      new Promise<number>(resolve => {
        const video = document.querySelector('pre-join')!.shadowRoot!.querySelector('video')!;
        video.requestVideoFrameCallback(now => resolve(now - (window as unknown as {arrived: number}).arrived));
      }),
  );
  const start = page.locator('pre-join [part=start]');
  if (await start.count()) await start.click();
  const ms = await waited;
  await context.close();
  return ms;
}

const waits: number[] = [];
for (let round = 0; round < ROUNDS; round++) waits.push(await visit());
await browser.close();
server.close();

const sorted = waits.toSorted((a, b) => a - b);
const [median, worst] = [sorted[sorted.length >> 1]!, sorted.at(-1)!];
console.log(`First frame of the preview, CPU ${SLOWER} times slower, ${ROUNDS} visits:`);
console.log(`  median ${median.toFixed(0)} ms, longest ${worst.toFixed(0)} ms (goal: at most ${GOAL} ms)`);
process.exitCode = median > GOAL ? 1 : 0;
