import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
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

  // A viewport on either side of each width at which there is a line more or less below the button.
  for (const width of [320, 500, 560, 1280]) {
    it(`moves nothing when it comes, with the lines of the README, ${width} px wide`, async () => {
      const [, css] = /```css\n(room-picker:not[^`]*)```/.exec(readFileSync('README.md', 'utf8'))!;
      const {page} = await site.open(`<style>${css}</style>${TAGS}<p>Opening hours</p>`);
      await page.setViewportSize({width, height: 800});
      await page.evaluate(async () => {
        // The page has taken its width.
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

  it('brings words and elements on demand as a module, too', async () => {
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

  it('has a module with exports, which are those of the script where that is on the page, too', async () => {
    const {page, complaints} = await site.open(SCRIPT);
    assert.deepEqual(
      await page.evaluate(`import('/dist/greenroom.min.mjs').then(module => [
        Object.keys(module).sort(), module.RoomPicker === customElements.get('room-picker'), module.version,
      ])`),
      [
        ['JoinButton', 'RoomPicker', 'RoomsError', 'httpRooms', 'ready', 'remove', 'render', 'version'],
        true,
        (JSON.parse(readFileSync('package.json', 'utf8')) as {version: string}).version,
      ],
    );
    assert.deepEqual(complaints, []);
  });

  it('leaves all to the first of two versions, and warns once with both numbers', async () => {
    const script = readFileSync('dist/greenroom.min.js', 'utf8');
    site.serve('/other.js', script.replaceAll('0.1.0', '0.2.0'), {'content-type': 'text/javascript'});
    const other = '<script src="/other.js"></script>';
    const {page, complaints} = await site.open(SCRIPT + other + TAGS + other);
    await join(page);
    assert.equal(await page.evaluate('Greenroom.version'), '0.1.0');
    assert.equal(complaints.length, 1);
    assert.match(complaints[0]!, /0\.2\.0.*0\.1\.0/);
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

  it('goes on with other calls when one of the queue throws, and waits for nobody who is not there', async () => {
    const {page} = await site.open(
      `<script>window.Greenroom ??= {q: []}; Greenroom.q.push(() => { throw new Error('Mine.') })</script>${QUEUE}${SCRIPT}`,
    );
    await join(page);
  });

  it('takes a name that an element of the page has for no global of its own', async () => {
    const {page, complaints} = await site.open(`<form id="Greenroom"><input name="version"></form>${TAGS}${SCRIPT}`);
    await join(page);
    assert.equal(await page.evaluate('typeof Greenroom.render'), 'function');
    assert.deepEqual(complaints, []);
  });

  it('has the hashes of its files in greenroom.integrity.json and in the README', async () => {
    const hashes = JSON.parse(readFileSync('dist/greenroom.integrity.json', 'utf8')) as Record<string, string>;
    const {page, complaints} =
      await site.open(`<script src="/dist/greenroom.min.js" integrity="${hashes['greenroom.min.js']}" crossorigin="anonymous"></script>
      <script type="module" src="/dist/greenroom.min.mjs" integrity="${hashes['greenroom.min.mjs']}"></script>${TAGS}`);
    await join(page);
    assert.deepEqual(complaints, []);
    const told = [
      ...readFileSync('README.md', 'utf8').matchAll(/dist\/(greenroom\.min\.m?js)"[^>]*integrity="([^"]*)"/g),
    ];
    assert.ok(told.length >= 2);
    for (const [, file, hash] of told) assert.equal(hash, hashes[file!]);
  });
});
