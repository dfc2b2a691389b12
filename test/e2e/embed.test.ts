import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {describe, it} from 'node:test';
import {join, useSite} from '../helpers/e2e/embed.js';

const SCRIPT = '<script src="/dist/greenroom.min.js"></script>';
const TAGS =
  '<room-picker id="rooms" endpoint="/api"></room-picker><join-button for="rooms" user-name="Ann"></join-button>';
const QUEUE = `<div id="a"></div><div id="b"></div><script>
  window.Greenroom ??= {q: []};
  Greenroom.q.push(({render}) => render('#a', {element: 'room-picker', endpoint: '/api'}));
  Greenroom.q.push(({render}) => render('#b', {element: 'join-button', for: 'a', userName: 'Ann'}));
</script>`;

const {version} = JSON.parse(readFileSync('package.json', 'utf8')) as {version: string};

describe('the script, embedded', {timeout: 170_000}, () => {
  const site = useSite();

  const late = (how: string) =>
    `<script>addEventListener('load', () => document.head.append(Object.assign(document.createElement('script'), ${how})))</script>`;
  const ways: [string, string][] = [
    ['before the elements', SCRIPT + TAGS],
    ['after the elements', TAGS + SCRIPT],
    ['with defer', `<script src="/dist/greenroom.min.js" defer></script>${TAGS}`],
    ['with async', `<script src="/dist/greenroom.min.js" async></script>${TAGS}`],
    ['as a module', `<script type="module" src="/dist/greenroom.min.js"></script>${TAGS}`],
    ['as the module made for it', `<script type="module" src="/dist/greenroom.min.mjs"></script>${TAGS}`],
    ['injected after the page was loaded', TAGS + late("{src: '/dist/greenroom.min.js'}")],
    ['twice', SCRIPT + TAGS + SCRIPT],
    ['as script and as module', `${SCRIPT}${TAGS}<script type="module" src="/dist/greenroom.min.mjs"></script>`],
    ['before calls by the queue', SCRIPT + QUEUE],
    ['after calls by the queue', QUEUE + SCRIPT],
    ['with async, and calls by the queue', `<script src="/dist/greenroom.min.js" async></script>${QUEUE}`],
    ['as a module, and calls by the queue', `${QUEUE}<script type="module" src="/dist/greenroom.min.mjs"></script>`],
  ];
  for (const [way, html] of ways) {
    it(`takes a visitor to a token, loaded ${way}`, async () => {
      const {page, complaints} = await site.open(html);
      await join(page);
      assert.deepEqual(complaints, []);
    });
  }

  // A width on either side of each at which the text below the button takes another line.
  for (const width of [320, 500, 560, 1280]) {
    it(`moves nothing when it loads, with the style sheet of the README, ${width} px wide`, async () => {
      const [, css] = /```css\n(room-picker:not[^`]*)```/.exec(readFileSync('README.md', 'utf8'))!;
      const {page} = await site.open(`<style>${css}</style>${TAGS}<p>Opening hours</p>`);
      await page.setViewportSize({width, height: 800});
      await page.evaluate(async () => {
        // Two frames later the page has its width.
        for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
        new PerformanceObserver(list => {
          for (const {value} of list.getEntries() as unknown as {value: number}[]) console.error(`Moved by ${value}`);
        }).observe({type: 'layout-shift'});
      });
      const moved: string[] = [];
      page.on('console', message => moved.push(message.text()));
      const place = () => page.getByText('Opening hours').boundingBox();
      const before = await place();
      await page.addScriptTag({url: '/dist/greenroom.min.js'});
      await join(page);
      assert.deepEqual(await place(), before);
      assert.deepEqual(moved, []);
    });
  }

  it('loads words and elements on demand as a module, too', async () => {
    const {page, complaints} =
      await site.open(`<div lang="de">${TAGS}</div><room-users room-id="${site.roomId}" endpoint="/api"></room-users>
      <script type="module" src="/dist/greenroom.min.js"></script>`);
    await page.getByRole('button', {name: 'Beitreten'}).waitFor();
    await page.waitForFunction(() => customElements.get('room-users'));
    assert.deepEqual(
      complaints.filter(text => !text.includes('403')),
      [],
    );
  });

  it('has a module whose exports are the script’s, if that is on the page, too', async () => {
    const {page, complaints} = await site.open(SCRIPT);
    assert.deepEqual(
      await page.evaluate(`import('/dist/greenroom.min.mjs').then(module => [
        Object.keys(module).sort(), module.RoomPicker === customElements.get('room-picker'), module.version,
      ])`),
      [['JoinButton', 'RoomPicker', 'RoomsError', 'httpRooms', 'ready', 'remove', 'render', 'version'], true, version],
    );
    assert.deepEqual(complaints, []);
  });

  it('lets the first of two versions win, and warns once with both numbers', async () => {
    const script = readFileSync('dist/greenroom.min.js', 'utf8');
    site.serve('/other.js', script.replaceAll(version, '99.0.0'), {'content-type': 'text/javascript'});
    const other = '<script src="/other.js"></script>';
    const {page, complaints} = await site.open(SCRIPT + other + TAGS + other);
    await join(page);
    assert.equal(await page.evaluate('Greenroom.version'), version);
    assert.equal(complaints.length, 1);
    assert.match(complaints[0]!, /99\.0\.0/);
    assert.ok(complaints[0]!.includes(version));
  });

  it('renders into a place, changes what it rendered, and gives the place back', async () => {
    const {page, complaints} = await site.open(`<div id="place"><a href="/rooms">Rooms</a></div>${SCRIPT}`);
    assert.deepEqual(
      await page.evaluate(`(() => {
        const {render, remove} = Greenroom;
        const place = document.querySelector('#place');
        const first = render(place, {element: 'join-button', userName: 'Ann'});
        const again = render('#place', {element: 'join-button', userName: 'Bob', innerHTML: '<b>no</b>', onclick: 'no'});
        const was = [first === again, again.userName, place.innerHTML, again.onclick];
        remove('#place');
        return [...was, place.innerHTML];
      })()`),
      [true, 'Bob', '<join-button></join-button>', null, '<a href="/rooms">Rooms</a>'],
    );
    for (const call of [`render('#nowhere', {element: 'join-button'})`, `render('#place', {element: 'script'})`]) {
      assert.equal(
        await page.evaluate(`(() => {try {Greenroom.${call}} catch ({code}) {return code}})()`),
        'misconfigured',
      );
    }
    assert.deepEqual(complaints, []);
  });

  it('makes the other calls of the queue when one throws', async () => {
    const {page} = await site.open(
      `<script>window.Greenroom ??= {q: []}; Greenroom.q.push(() => { throw new Error('Mine.') })</script>${QUEUE}${SCRIPT}`,
    );
    await join(page);
  });

  it('is not confused by an element of the page with the id Greenroom', async () => {
    const {page, complaints} = await site.open(`<form id="Greenroom"><input name="version"></form>${TAGS}${SCRIPT}`);
    await join(page);
    assert.equal(await page.evaluate('typeof Greenroom.render'), 'function');
    assert.deepEqual(complaints, []);
  });

  it('has the hash of each of its files in greenroom.integrity.json', async () => {
    const hashes = JSON.parse(readFileSync('dist/greenroom.integrity.json', 'utf8')) as Record<string, string>;
    const files = readdirSync('dist', {recursive: true, encoding: 'utf8'});
    assert.deepEqual(
      Object.keys(hashes).sort(),
      files.filter(path => /^greenroom(\.min|-.*)\.m?js$/.test(path)).sort(),
    );
    for (const [path, hash] of Object.entries(hashes)) {
      const digest = createHash('sha384').update(readFileSync(`dist/${path}`));
      assert.equal(hash, `sha384-${digest.digest('base64')}`, path);
    }
    const {page, complaints} =
      await site.open(`<script src="/dist/greenroom.min.js" integrity="${hashes['greenroom.min.js']}" crossorigin="anonymous"></script>
      <script type="module" src="/dist/greenroom.min.mjs" integrity="${hashes['greenroom.min.mjs']}"></script>${TAGS}`);
    await join(page);
    assert.deepEqual(complaints, []);
  });

  it('is pasted with the version of this package, and with a hash to copy from greenroom.integrity.json', () => {
    const readme = readFileSync('README.md', 'utf8');
    const versions = [...readme.matchAll(/greenroom@([\d.]+)/g)].map(([, each]) => each);
    assert.deepEqual([...new Set(versions)], [version]);
    const hashes = [...readme.matchAll(/dist\/greenroom\.min\.m?js"[^>]*integrity="([^"]*)"/g)].map(([, each]) => each);
    assert.deepEqual(hashes, ['sha384-…', 'sha384-…']);
    assert.match(readme, /Copy the hash for `integrity` from\s+`dist\/greenroom\.integrity\.json`/);
    assert.doesNotMatch(readme, /sha\d+-[\w+/]{40}/);
  });
});
