import {parseArgs} from 'node:util';
import type {Engines} from '../engines.js';
import {misspelt, type Environment} from '../environment.js';
import {readSettings} from '../settings.js';
import {fromProblem, good, type Check, type Finding} from './check.js';
import {checkIssuer} from './issuer.js';
import {checkNetwork} from './network.js';
import {checkPages, inProcess, overHttp} from './pages.js';
import {checkPlatform} from './platform.js';
import {checkPorts} from './ports.js';
import {checkRedis} from './redis.js';
import {checkSecrets} from './secrets.js';

/** The checks of a configuration that can be read, in the order of their findings. */
const CHECKS: Check[] = [checkSecrets, checkNetwork, checkPorts, checkPlatform, checkIssuer, checkRedis];

export interface Examined {
  env: Environment;
  /** The video engines that ENGINE can name. @default none */
  engines?: Engines;
  /** Checks whether pages of this origin may use the proxy. @default the first of ORIGINS */
  origin?: string;
  /** Address of a running proxy, with its mount. @default the proxy as configured here, without a network */
  proxy?: string;
  /** The clock of this machine, in epoch ms. @default Date.now */
  now?: () => number;
}

/** Checks the configuration, and everything that it refers to. No finding contains a secret. */
export async function examine({env, engines, origin, proxy, now = Date.now}: Examined): Promise<Finding[]> {
  const read = await readSettings(env, engines);
  const found = misspelt(env).map(fromProblem);
  if ('problems' in read) {
    // A running proxy can be checked from a machine that has no configuration.
    if (proxy && !env.PLATFORM_URL) return checkPages(origin, overHttp(proxy));
    const pages = proxy ? await checkPages(origin, overHttp(proxy)) : [];
    return [...found, ...read.problems.map(fromProblem), ...pages];
  }
  const checked = {settings: read.settings, env, now, running: proxy !== undefined};
  const target = proxy ? overHttp(proxy, read.settings.proxy.mount) : inProcess(read.settings);
  const results = (await Promise.all(CHECKS.map(async check => check(checked)))).flat();
  return [
    ...found,
    good('configuration', 'All variables are right.'),
    ...results,
    ...(await checkPages(origin ?? read.settings.proxy.origins[0], target, env.AUTHORIZE)),
  ];
}

const HELP = `Usage: greenroom doctor [--origin https://shop.example] [--proxy https://shop.example/api]

Checks the configuration of \`greenroom proxy\`: the variables (see greenroom proxy --help), the lengths of secrets, the
ports, the platform or the engines and their database, the clock, Redis, and whether pages of an origin may use the proxy.
It prints what to change for each problem, and never a secret. The exit code is 1 if there is a problem.

  --origin   origin of a page; default: the first of ORIGINS
  --proxy    address of a running proxy to check; default: the proxy as it is configured here
`;

/** `greenroom doctor`: prints the findings of `examine`. The exit code is 1 if there is a problem. */
export async function main(args: string[], engines?: Engines): Promise<void> {
  const {values} = parseArgs({
    args,
    options: {help: {type: 'boolean', short: 'h'}, origin: {type: 'string'}, proxy: {type: 'string'}},
  });
  if (values.help) return void process.stdout.write(HELP);
  const findings = await examine({
    env: process.env,
    ...(engines && {engines}),
    origin: values.origin,
    proxy: values.proxy,
  });
  process.stdout.write(findings.map(shown).join(''));
  process.exitCode = findings.every(({ok}) => ok) ? 0 : 1;
}

const shown = ({ok, subject, sentence, line}: Finding) =>
  ok ? `ok       ${subject}: ${sentence}\n` : `problem  ${subject}: ${sentence}\n         ${line}\n`;
