import {once} from 'node:events';
import {connect, createServer, type AddressInfo} from 'node:net';
import {after, before, describe, it} from 'node:test';
import {pipeline} from 'node:stream/promises';
import {setTimeout} from 'node:timers/promises';
import {WAYS} from '../../demo/embed/embed.js';
import {FRAMED, useTheatre} from '../helpers/e2e/demo.js';

const PAGES = ['?dir=ltr', '?dir=rtl', 'gallery/', 'embed/', ...Object.keys(WAYS).map(way => `embed/${way}`)];

/** Pause after each piece of a page, in ms: long enough to be painted. */
const PAUSE = 25;

describe('a page of the demo that loads slowly', {timeout: 170_000}, () => {
  const theatre = useTheatre();
  const server = createServer(browser => {
    const demo = connect(Number(new URL(theatre.demo.url).port), '127.0.0.1');
    // The browser may close in the middle of an answer.
    browser.on('error', () => demo.destroy()).pipe(demo);
    pipeline(demo, inPieces, browser).catch(() => demo.destroy());
  });
  before(async () => once(server.listen(0, '127.0.0.1'), 'listening'));
  after(() => server.close());

  for (const width of [360, 1280]) {
    it(`moves nothing, ${width} px wide`, async () => {
      const {port} = server.address() as AddressInfo;
      const open = async (path: string) => {
        const page = await theatre.page(path, {viewport: {width, height: 2000}});
        await page.goto(`http://127.0.0.1:${port}/${path}`, {waitUntil: 'networkidle', timeout: 120_000});
      };
      await Promise.all(PAGES.map(open));
      theatre.forgive(FRAMED);
    });
  }
});

/** Sends pages in pieces: browsers paint what they have, and may stop after any tag and any text. */
async function* inPieces(answers: AsyncIterable<Buffer>) {
  for await (const answer of answers) {
    const text = answer.toString('latin1');
    if (!/^content-type: text\/html/im.test(text)) {
      yield answer;
      continue;
    }
    for (const piece of text.split(/(?<=>)|(?=<)/)) {
      yield Buffer.from(piece, 'latin1');
      if (piece.trim()) await setTimeout(PAUSE);
    }
  }
}
