import {pino, type DestinationStream} from 'pino';
import {logStream} from '../../http/log-stream.js';
import type {Answered} from '../options.js';
import type {LogEntry} from '../../upstream/upstream.js';

/** A line of the log. The time is added, in ISO 8601. */
export interface Line {
  level: 'info' | LogEntry['level'];
  message?: string;
  request_id?: string;
  operation?: string;
  status?: number;
  code?: string;
  ms?: number;
  /** What the visitor agreed to. */
  consent?: readonly string[] | undefined;
}

/**
 * Writes JSON lines. A line has only the fields above. Characters that could start another line, colour the text or turn
 * its direction are escaped.
 *
 * @param stream default: standard output, which may be read slowly or not at all
 */
export function jsonLines(stream: DestinationStream = logStream(process.stdout)): (line: Line) => void {
  const logger = pino(
    {
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {level: label => ({level: label})},
    },
    stream,
  );
  return ({level, message, request_id, operation, status, code, ms, consent}) => {
    const fields = {
      request_id: escaped(request_id),
      operation: escaped(operation),
      status,
      code: escaped(code),
      ms: ms === undefined ? undefined : Math.round(ms * 10) / 10,
      consent: consent?.map(each => escaped(each)),
    };
    logger[level](fields, escaped(message));
  };
}

/** The line for an answer. One with a status of 500 or more is a warning. */
export function lineOf({request_id, operation, status, code, ms, consent}: Answered): Line {
  return {level: status >= 500 ? 'warn' : 'info', request_id, operation, status, code, ms, consent};
}

const MAX_LENGTH = 500;

// Control characters, line and paragraph separators, marks that turn the direction, invisible ones, lone surrogates.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function escaped<Text extends string | undefined>(text: Text): string | Text {
  return text
    ?.slice(0, MAX_LENGTH)
    .replace(UNSAFE, each => `\\u${each.codePointAt(0)!.toString(16).padStart(4, '0')}`) as string | Text;
}
