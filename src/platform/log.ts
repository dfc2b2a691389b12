import {pino} from 'pino';
import {logStream} from '../http/log-stream.js';
import {RoomsError} from '../rooms/errors.js';

/** Writes the command's log: JSON lines on standard error, without anything that identifies a caller or a room. */
export function logger() {
  const lines = pino(
    {
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {level: level => ({level})},
    },
    logStream(process.stderr),
  );
  return {
    /** One line for a request: route, status, and the ms it took. */
    answered: ({method, url}: Request, status: number, ms: number) => {
      const route = routePattern(new URL(url).pathname);
      if (route !== '/healthz' && route !== '/livez')
        lines.info({method, route, status, ms: Math.round(ms * 10) / 10}, 'Answered.');
    },
    /** An unexpected error, without its message: that may quote a request or the values of a statement. */
    fault: (error: unknown) => {
      const {name, code, stack = ''} = error as NodeJS.ErrnoException;
      const at = stack.split('\n').flatMap(line => /^\s+at (.+)/.exec(line)?.[1] ?? []);
      // These are our own words, about the database.
      const known = error instanceof RoomsError && error.code === 'offline';
      lines.error({error: name, code, at}, known ? error.message : 'Something went wrong on our side.');
    },
  };
}

/** A path without ids. An unknown path is `none`, because it could hold anything. */
function routePattern(path: string): string {
  if (/^\/(healthz|livez|openapi\.json|test\/clock)$/.test(path)) return path;
  const [, prefix, id = '', below = ''] =
    /^((?:\/video)?\/v[12]\/rooms)(\/[^/]+)?(\/users|\/tokens)?\/?$/.exec(path) ?? [];
  return prefix ? `${prefix}${id && '/:id'}${below}` : 'none';
}
