#!/usr/bin/env node
// The command `greenroom`. This file is not built: npx links a command at its first use and never again. In a clone, that
// link must work before the first build and after every other.
import {existsSync} from 'node:fs';

const command = new URL('../../dist/cli.js', import.meta.url);
if (existsSync(command)) await import(command.href);
else {
  process.stderr.write('Greenroom is not built yet: run `npm run build` first.\n');
  process.exitCode = 1;
}
