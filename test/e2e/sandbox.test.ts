import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {Frame, Page} from 'playwright-core';
import {useSite} from '../helpers/e2e/embed.js';

/** What a frame with `sandbox` may be given back; the elements might need any of it. */
const FLAGS = ['allow-scripts', 'allow-same-origin', 'allow-forms', 'allow-modals', 'allow-popups', 'allow-downloads'];

const WITHOUT_ONE = FLAGS.filter(flag => flag !== 'allow-scripts').map(
  flag => [`all but ${flag}`, FLAGS.filter(each => each !== flag)] as const,
);

/** What a browser says of a frame of the page's own origin that has both flags. */
const OF_BROWSER = /can escape its sandboxing/;

const manager = async () => ({
  user_ref: 'ann',
  name: 'Ann',
  roles: ['participant' as const],
  rooms: '*' as const,
  can: ['manage' as const],
  owner_ref: 'ann',
});

describe('in a frame with sandbox', () => {
  const site = useSite({proxy: {authorize: manager, sandboxed: true}});

  /** Opens a page whose frame has these flags, and the tags in it. */
  async function framed(flags: readonly string[], tags: string) {
    const path = `/framed-${flags.length}-${Math.random()}`;
    const script = '<script src="/dist/greenroom.min.js" crossorigin defer></script>';
    site.serve(path, `<!doctype html><html lang="en"><title>Rooms</title>${script}${tags}`);
    const {page, complaints} = await site.open(`<iframe sandbox="${flags.join(' ')}" src="${path}"></iframe>`);
    return {page, frame: page.frames()[1]!, complaints: () => complaints.filter(each => !OF_BROWSER.test(each))};
  }

  /** The events of managing that the elements in a frame fire from now on. */
  async function told(frame: Frame, type: string) {
    await frame.evaluate(type => {
      addEventListener(
        type,
        event => (document.title = `${type} ${(event as CustomEvent<{room: {name: string}}>).detail.room.name}`),
      );
    }, type);
    return (name: string) => frame.waitForFunction(title => document.title === title, `${type} ${name}`);
  }

  for (const [which, flags] of [['allow-scripts alone', ['allow-scripts']] as const, ...WITHOUT_ONE]) {
    it(`with ${which}, a visitor chooses and joins`, async () => {
      const tags = '<room-picker id="rooms" endpoint="/api"></room-picker><join-button for="rooms"></join-button>';
      const {frame, complaints} = await framed(flags, tags);
      const token = await told(frame, 'room-token');
      await frame.evaluate(() => addEventListener('room-token', event => void event.detail.token));
      await frame.getByRole('option', {name: 'Lobby'}).click();
      await frame.getByRole('button', {name: 'Join'}).click();
      await token('Lobby');
      assert.deepEqual(complaints(), []);
    });

    it(`with ${which}, a manager creates, changes and deletes a room`, async () => {
      const {page, frame, complaints} = await framed(flags, '<room-editor endpoint="/api"></room-editor>');
      const name = `Sandbox ${which}`;
      const saved = await told(frame, 'room-saved');
      await frame.getByRole('textbox', {name: 'Name'}).fill(name);
      // Enter in a field is the same as a press of the button.
      await page.keyboard.press('Enter');
      await saved(name);
      await frame.evaluate(async name => {
        const editor = document.querySelector('room-editor')!;
        const rooms = (await (await fetch('/api/rooms', {headers: {'x-rooms-client': 'test'}})).json()) as {
          rooms: {name: string; room_id: string}[];
        };
        editor.roomId = rooms.rooms.find(room => room.name === name)!.room_id;
      }, name);
      await frame.getByRole('heading', {name}).waitFor();
      await frame.getByRole('textbox', {name: 'Name'}).fill(`${name}, changed`);
      await frame.getByRole('button', {name: 'Save'}).click();
      await saved(`${name}, changed`);
      const deleted = await told(frame, 'room-deleted');
      await frame.getByRole('button', {name: 'Delete'}).click();
      await frame.getByRole('button', {name: 'Keep'}).click();
      await gone(frame, 'dialog');
      await frame.getByRole('button', {name: 'Delete'}).click();
      await frame.getByRole('dialog').getByRole('button', {name: 'Delete'}).click();
      await deleted(`${name}, changed`);
      assert.deepEqual(complaints(), []);
    });
  }

  it('without allow-scripts, what is inside the tags of a CMS is there', async () => {
    const {frame} = await framed([], '<div data-greenroom="room-picker"><a href="/rooms">All rooms</a></div>');
    await frame.getByRole('link', {name: 'All rooms'}).waitFor();
  });
});

const gone = (frame: Frame, role: 'dialog') => frame.getByRole(role).waitFor({state: 'hidden'});

describe('a proxy that is not told of sandboxed frames', () => {
  const site = useSite();

  it('answers none, and the element says so', async () => {
    const frameOf = (page: Page) => page.frames()[1]!;
    site.serve(
      '/framed',
      '<!doctype html><html lang="en"><title>Rooms</title><script src="/dist/greenroom.min.js" defer></script><room-picker endpoint="/api"></room-picker>',
    );
    const {page} = await site.open('<iframe sandbox="allow-scripts" src="/framed"></iframe>');
    await frameOf(page).getByRole('button', {name: 'Try again'}).waitFor();
  });
});
