import {pino, type DestinationStream} from 'pino';
import type {Answered} from '../options.js';
import type {LogEntry} from '../../upstream/upstream.js';

/** What a line of the log may say; a time, in ISO 8601, comes with it. */
export interface Line {
  level: 'info' | LogEntry['level'];
  message?: string;
  request_id?: string;
  operation?: string;
  status?: number;
  code?: string;
  ms?: number;
}

/**
 * Writes JSON lines to `stream`, standard output unless told. A line holds the fields above and no other, whatever it
 * is given, and no character that could begin a second one, colour it, or turn its direction.
 */
export function jsonLines(stream: DestinationStream = pino.destination({fd: 1, sync: true})): (line: Line) => void {
  const logger = pino(
    {
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {level: label => ({level: label})},
    },
    stream,
  );
  return ({level, message, request_id, operation, status, code, ms}) => {
    const fields = {
      request_id: spoken(request_id),
      operation: spoken(operation),
      status,
      code: spoken(code),
      ms: ms === undefined ? undefined : Math.round(ms * 10) / 10,
    };
    logger[level](fields, spoken(message));
  };
}

/** One line for one answer; an error of ours is an error, a refusal is not. */
export function lineOf({request_id, operation, status, code, ms}: Answered): Line {
  return {level: status >= 500 ? 'warn' : 'info', request_id, operation, status, code, ms};
}

const MAX_LENGTH = 500;

// Control characters, line and paragraph separators, marks that turn the direction, invisible ones, lone surrogates.
const UNSPEAKABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function spoken<Text extends string | undefined>(text: Text): string | Text {
  return text
    ?.slice(0, MAX_LENGTH)
    .replace(UNSPEAKABLE, each => `\\u${each.codePointAt(0)!.toString(16).padStart(4, '0')}`) as string | Text;
}
