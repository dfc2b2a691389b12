import {pino} from 'pino';
import {logStream} from '../http/log-stream.js';
import {RoomsError, type RoomsErrorCode} from '../rooms/errors.js';

const ABOUT_DATABASE: RoomsErrorCode[] = ['offline', 'platform_down', 'timeout'];

/** The code of what began it: an SQLSTATE, or a code of Node. */
const causeOf = ({code, cause}: NodeJS.ErrnoException & {cause?: unknown}): string | undefined =>
  cause instanceof Error ? causeOf(cause) : code;

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
      const known = error instanceof RoomsError && ABOUT_DATABASE.includes(error.code);
      const message = known ? error.message : 'Something went wrong on our side.';
      lines.error({error: name, code, cause: known ? causeOf(error) : undefined, at}, message);
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
