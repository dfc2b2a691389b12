// Express and Fastify are not installed with this repository. With `node --import` of this file, the servers that import
// them find them at the paths in the variables EXPRESS and FASTIFY.
import {register} from 'node:module';
import {env} from 'node:process';
import {pathToFileURL} from 'node:url';
import {isMainThread} from 'node:worker_threads';

// Node loads this file a second time, in the thread that resolves imports.
if (isMainThread) register(import.meta.url);

export function resolve(specifier, context, next) {
  const path = {express: env.EXPRESS, fastify: env.FASTIFY}[specifier];
  return path ? {url: pathToFileURL(path).href, shortCircuit: true} : next(specifier, context);
}
