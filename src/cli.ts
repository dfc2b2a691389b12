#!/usr/bin/env node
import {readFile} from 'node:fs/promises';
import {RoomsError} from './rooms/errors.js';
import type {Databases} from './engines/node/directories.js';
import type {Engines} from './proxy/node/engines.js';

/** Runs a command with its arguments. It rejects with a `RoomsError` that says what to do. */
type Main = (args: string[]) => Promise<void>;

/** Each command is loaded only when it is run. */
const COMMANDS: Record<string, [what: string, load: () => Promise<{main: Main}>]> = {
  platform: ['Run the Rooms API on your own computer.', () => import('./platform/command.js')],
  proxy: [
    'Run the token proxy between your pages and the video platform.',
    () => withEngines(import('./proxy/node/command.js')),
  ],
  site: ['Serve a page for each room, with everything from the list to the call.', () => import('./site/command.js')],
  grant: ['Make keys, and sign permissions for pages without a sign-in.', () => import('./proxy/node/grant.js')],
  doctor: [
    'Find errors in the configuration of the proxy.',
    () => withEngines(import('./proxy/node/doctor/doctor.js')),
  ],
};

/** A command that gets the video engines, which it does not import itself. */
async function withEngines(
  command: Promise<{main: (args: string[], engines: Engines) => Promise<void>}>,
): Promise<{main: Main}> {
  const [{main}, engines] = await Promise.all([command, import('./engines/node/environment.js')]);
  const readEngines: Engines['readEngines'] = read => engines.readEngines(read, databases);
  return {main: args => main(args, {...engines, readEngines})};
}

/** The rooms of ENGINE in a database. The platform is loaded only for them. */
const databases: Databases = {
  open: async (place, options) => (await import('./platform/local-directory.js')).openDirectory(place, options),
  examine: async place => (await import('./platform/database/database.js')).examineDatabase(place),
};

const HELP = `Usage: greenroom <command>

${Object.entries(COMMANDS)
  .map(([name, [what]]) => `  ${name.padEnd(10)} ${what}`)
  .join('\n')}

greenroom <command> --help explains a command. greenroom --version prints the version.
`;

async function run([name = '--help', ...args]: string[]): Promise<void> {
  if (name === '--help' || name === '-h') return void process.stdout.write(HELP);
  if (name === '--version' || name === '-v') return void process.stdout.write(`${await version()}\n`);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) return fail(2, `There is no command “${name.slice(0, 40)}”.\n\n${HELP}`);
  const [, load] = command;
  await (await load()).main(args);
}

async function version(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as {version: string}).version;
}

/** Sets the exit code, without `process.exit`: earlier output may not be written yet. */
function fail(code: number, text: string) {
  process.stderr.write(`${text.trimEnd()}\n`);
  process.exitCode = code;
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  const {code = '', message} = error as NodeJS.ErrnoException;
  if (error instanceof RoomsError) fail(1, [message, error.desc].filter(Boolean).join('\n'));
  else if (code.startsWith('ERR_PARSE_ARGS_')) fail(2, message);
  else throw error;
}
