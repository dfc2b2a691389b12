import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import type {JoinButton, RoomPicker, RoomTokenEvent} from '../../src/index.js';
import {buttonOf, labelOf, openStage, option, until} from '../helpers/elements/stage.js';

const {version} = (await (await fetch('/package.json')).json()) as {version: string};
const hashes = (await (await fetch('/dist/greenroom.integrity.json')).json()) as Record<string, string>;
const hash = hashes['greenroom.min.js']!;

/** A page with the built script under exactly the policy of the README; `scripts`: the allowed scripts. */
async function strictPage(script: string, scripts: string, more = '') {
  const {endpoint, roomIds} = await openStage(['Lobby']);
  const policy =
    `default-src 'none'; script-src ${scripts}; connect-src ${new URL(endpoint).origin}; style-src 'none'; ` +
    `require-trusted-types-for 'script'; ${more}`;
  const tags = `${script}
    <room-picker id="rooms" endpoint="${endpoint}"></room-picker><join-button for="rooms" user-name="Ann"></join-button>
    <div lang="de" data-greenroom="join-button" data-endpoint="${endpoint}" data-room-id="${roomIds[0]}"></div>
    <room-editor endpoint="${endpoint}"></room-editor>
    <room-users endpoint="${endpoint}" room-id="${roomIds[0]}"></room-users>`;
  const query = new URLSearchParams({id: roomIds[0]!, policy, html: tags});
  const frame = await fixture<HTMLIFrameElement>(html`<iframe src="/strict?${query}" height="900"></iframe>`);
  await until(() => frame.contentDocument?.querySelector('join-button:defined'), 'the script runs');
  return {page: frame.contentDocument!, reports: `/strict?id=${roomIds[0]}`};
}

const find = <T extends Element>(page: Document, selector: string) => page.querySelector<T>(selector)!;

describe('a page under a strict Content Security Policy', () => {
  for (const [what, script, scripts, more] of [
    ['its host', '<script src="/dist/greenroom.min.js" defer></script>', location.origin, 'trusted-types lit-html'],
    ['its host, as a module', '<script type="module" src="/dist/greenroom.min.mjs"></script>', location.origin],
    [
      'its hash, and the folder of what it brings on demand',
      `<script src="/dist/greenroom.min.js" integrity="${hash}" defer></script>`,
      `'${hash}' ${location.origin}/dist/greenroom-${version}/`,
    ],
    ['a nonce', '<script src="/dist/greenroom.min.js" nonce="abc" defer></script>', "'nonce-abc'"],
  ] as const) {
    it(`reports no violation by any element in two languages if it allows the script by ${what}`, async () => {
      const {page, reports} = await strictPage(script, scripts, more);
      const picker = find<RoomPicker>(page, 'room-picker');
      await until(() => option(picker, 'Lobby'));
      option(picker, 'Lobby').click();
      const join = find<JoinButton>(page, 'join-button');
      await until(() => !buttonOf(join).disabled);
      const told = oneEvent(page, 'room-token') as Promise<RoomTokenEvent>;
      buttonOf(join).click();
      expect((await told).detail.participant.name).to.equal('Ann');
      await until(() => labelOf(find(page, '[lang=de] join-button')) === 'Beitreten', 'the words come');
      await until(() => find(page, 'room-editor').shadowRoot?.querySelector('form'), 'the editor comes');
      await until(() => find(page, 'room-users').shadowRoot?.querySelector('[part]'), 'who is in comes');

      // A forbidden script is reported, and nothing was reported before.
      find(page, 'title').setAttribute('style', 'color: red');
      const reported = async () => (await (await fetch(reports)).json()) as string[];
      await until(async () => (await reported()).length);
      expect((await reported()).map(directive => directive.slice(0, 9))).to.deep.equal(['style-src']);
    });
  }
});
