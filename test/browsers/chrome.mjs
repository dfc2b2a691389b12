// Finds a Chrome for the tests: an installed one, else the headless Chromium inside the npm package @sparticuz/chromium
// (Linux x64), unpacked once under node_modules/.cache. TEST_BUNDLED_CHROME=1 takes the packaged one in any case.
import {spawnSync} from 'node:child_process';
import {createReadStream, createWriteStream, existsSync} from 'node:fs';
import {mkdir, mkdtemp, rename, rm, writeFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {fileURLToPath} from 'node:url';
import {createBrotliDecompress} from 'node:zlib';
import {Launcher} from 'chrome-launcher';
import tar from 'tar-fs';

/** Options for pages that see and hear each other, with no camera and nobody to press "allow". */
export const FAKE_MEDIA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/** Launch options of puppeteer for a Chrome that exists. */
export async function chromeLaunchOptions() {
  const {bundled, ...options} = await findChrome();
  // The headless shell does not know the kind of headless that puppeteer asks of full Chrome.
  return bundled ? {...options, headless: 'shell'} : options;
}

/** Launch options of playwright-core's `chromium` for the same Chrome, with `args` added. */
export async function playwrightLaunchOptions({args = []} = {}) {
  const {bundled: _, ...options} = await findChrome();
  return {...options, headless: true, args: [...options.args, ...args]};
}

async function findChrome() {
  const installed = process.env.TEST_BUNDLED_CHROME ? undefined : installedChrome();
  // Chrome's sandbox does not work for root.
  if (installed) return {executablePath: installed, args: process.getuid?.() === 0 ? ['--no-sandbox'] : []};
  const bundled = await bundledChromium();
  if (bundled) return {...bundled, args: ['--no-sandbox'], bundled: true};
  throw new Error('No Chrome or Chromium found. Install one, or set CHROME_PATH.');
}

function installedChrome() {
  if (process.env.CHROME_PATH) return process.env.CHROME_PATH;
  let found = [];
  try {
    found = Launcher.getInstallations();
  } catch {
    // It throws if there is none.
  }
  return found.find(path => {
    if (process.platform !== 'linux') return true;
    // Ubuntu's chromium-browser can be a stub that only says which snap to install.
    const {status, stdout} = spawnSync(path, ['--version'], {encoding: 'utf8', timeout: 10_000});
    return status === 0 && /Chrom\w* \d/.test(stdout);
  });
}

// The package's own executablePath() is not used: it unpacks to the system's temp folder, takes any file there of that
// name, and leaves out libraries that a bare Debian lacks. Its args turn web security off, so wrong CORS headers would
// pass.
async function bundledChromium() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const bin = fileURLToPath(new URL('../../node_modules/@sparticuz/chromium/bin/', import.meta.url));
  if (!existsSync(bin)) return undefined;
  const {version} = createRequire(import.meta.url)('../../node_modules/@sparticuz/chromium/package.json');
  const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));
  const folder = join(cache, `chromium-${version}`);
  if (!existsSync(folder)) await unpack(bin, cache, folder);
  const libraries = [join(folder, 'libraries/lib'), process.env.LD_LIBRARY_PATH].filter(Boolean);
  return {
    executablePath: join(folder, 'chromium'),
    env: {...process.env, LD_LIBRARY_PATH: libraries.join(':'), FONTCONFIG_FILE: join(folder, 'fonts.conf')},
  };
}

async function unpack(bin, cache, folder) {
  await mkdir(cache, {recursive: true});
  // Renamed into its place when it is whole, so that no test starts half a browser.
  const draft = await mkdtemp(join(cache, 'chromium-'));
  const extract = (name, to) => pipeline(createReadStream(join(bin, name)), createBrotliDecompress(), to);
  await Promise.all([
    extract('chromium.br', createWriteStream(join(draft, 'chromium'), {mode: 0o755})),
    extract('swiftshader.tar.br', tar.extract(draft)),
    extract('al2023.tar.br', tar.extract(join(draft, 'libraries'))),
    extract('fonts.tar.br', tar.extract(join(draft, 'fonts'))),
  ]);
  await writeFile(
    join(draft, 'fonts.conf'),
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
</fontconfig>
`,
  );
  try {
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, {recursive: true});
    if (!existsSync(folder)) throw error; // Else another test run was first, and its copy will do.
  }
}
