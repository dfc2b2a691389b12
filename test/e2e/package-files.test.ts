import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {describe, it} from 'node:test';
import {useSite} from './embed.js';

/** What the build makes: modules with their types and maps, scripts for pages, and what describes them. */
const FILES = [
  /^dist\/((controllers|define|elements|frameworks|http|locales|platform|proxy|rooms|styles)\/)?[\w-]+\.(c?js(\.map)?|d\.c?ts)$/,
  /^dist\/greenroom\.(min\.m?js(\.map)?|integrity\.json)$/,
  /^dist\/greenroom-[\d.]+\/[\w/-]+\.js(\.map)?$/,
  /^dist\/(custom-elements|web-types|vscode\.html-custom-data)\.json$/,
  /^dist\/platform\/openapi\.json$/,
  /^dist\/third-party-notices\.txt$/,
  /^(LICENSE|README\.md|package\.json)$/,
];

describe('the packed package', () => {
  it('holds what a user needs, and nothing else', () => {
    const said = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {encoding: 'utf8'});
    const [{files}] = JSON.parse(said) as [{files: {path: string}[]}];
    const paths = files.map(({path}) => path);
    assert.deepEqual(
      paths.filter(path => !FILES.some(file => file.test(path))),
      [],
    );
    for (const file of FILES) {
      assert.ok(
        paths.some(path => file.test(path)),
        `It has ${file}`,
      );
    }
  });
});

describe('tags that a server rendered', () => {
  const site = useSite();

  it('take the properties and listeners that they were given before the script came', async () => {
    const {page, complaints} = await site.open(
      '<room-picker id="rooms" endpoint="/nowhere"></room-picker><join-button for="rooms"></join-button><p></p>',
    );
    await page.evaluate(() => {
      const [picker, button] = [document.querySelector('room-picker')!, document.querySelector('join-button')!];
      Object.assign(picker, {endpoint: '/api', noSearch: true});
      Object.assign(button, {userName: 'Ann'});
      button.addEventListener('room-token', ({detail}) => {
        document.querySelector('p')!.textContent = `${detail.participant.name} has a token`;
      });
    });
    await page.addScriptTag({url: `${site.origin}/dist/greenroom.min.js`});
    await page.getByRole('option', {name: 'Lobby'}).click();
    await page.getByRole('button', {name: 'Join'}).click();
    await page.getByText('Ann has a token').waitFor();
    assert.equal(await page.getByRole('searchbox').count(), 0);
    assert.deepEqual(complaints, []);
  });
});
