import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {describe, it} from 'node:test';
import {WAYS} from '../../demo/embed/embed.js';
import {barriers, FRAMED, overhang, useTheatre} from '../helpers/e2e/demo.js';

/** HTML on one line, so that texts broken in different places compare equal. */
const plain = (text: string) => text.replace(/\s+/g, ' ').replaceAll(' >', '>').trim();

describe('the ways to embed', {timeout: 170_000}, () => {
  const theatre = useTheatre();

  for (const [path, {title, lines, policy}] of Object.entries(WAYS)) {
    it(`${path}: a link leads to its page, and a visitor gets a token by the lines of the README`, async () => {
      const page = await theatre.page('visitor');
      await page.goto(theatre.demo.url);
      await page.getByRole('link', {name: 'ways to embed'}).click();
      await page.getByRole('link', {name: title}).click();
      assert.deepEqual(await barriers(page), []);
      const place = path === 'iframe' ? page.frameLocator('iframe') : page;
      await place.getByRole('option', {name: 'Coffee corner'}).click();
      await place.getByRole('button', {name: 'Join'}).dblclick();
      await place.getByText('Ann has a token for Coffee corner.').waitFor();
      assert.deepEqual(theatre.problems, path === 'iframe' ? theatre.problems.filter(each => FRAMED.test(each)) : []);
      // A page of its own, since content that gets narrower in a frame counts as moved there.
      const phone = await theatre.page('phone', {width: 360});
      await phone.goto(page.url());
      await (path === 'iframe' ? phone.frameLocator('iframe') : phone)
        .getByRole('option', {name: 'Coffee corner'})
        .waitFor();
      assert.equal(await overhang(phone), 0);

      const readme = plain(await readFile('README.md', 'utf8'));
      assert.ok(readme.includes(plain(await readFile(`demo/embed/${lines}`, 'utf8'))), 'It is in the README');
      if (policy) assert.ok(readme.includes(`Content-Security-Policy: ${policy}`));
      // The frame is the only request of any page to another origin.
      if (path === 'iframe') theatre.forgive(FRAMED);
    });
  }

  it('they load the script that the build makes', async () => {
    for (const path of ['greenroom.min.js', 'greenroom.min.mjs', 'greenroom.integrity.json']) {
      const response = await fetch(new URL(`/dist/${path}`, theatre.demo.url));
      assert.equal(await response.text(), await readFile(`dist/${path}`, 'utf8'), path);
    }
  });
});
