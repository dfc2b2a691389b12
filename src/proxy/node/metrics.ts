import {collectDefaultMetrics, Counter, Histogram, Registry} from 'prom-client';
import {isCode} from '../../rooms/codes.js';
import {OPERATIONS} from '../../http/routes.js';
import type {Answered} from '../options.js';
import type {LogEntry} from '../../upstream/upstream.js';

/** Counts what the proxy does, for Prometheus. */
export interface Metrics {
  answered(answer: Answered): void;
  logged(entry: LogEntry): void;
  /** The page that Prometheus reads. */
  page(): Promise<Response>;
}

// A label has only a few values, and all of them are listed in this project. A room, a visitor or an address as a label
// would be a leak, and would make a row for each.
const TASKS: readonly string[] = [...OPERATIONS, 'authorize', 'grant', 'limits', 'store'];
const task = (operation = 'none') => (TASKS.includes(operation) ? operation : 'none');
const known = (code?: string) => (isCode(code) ? code : 'none');

/** The counters of one proxy and of its process, in a separate registry. */
export function metrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({register: registry});
  const answers = new Counter({
    name: 'greenroom_answers_total',
    help: 'Answers by operation, class of status and error code.',
    labelNames: ['operation', 'status', 'code'] as const,
    registers,
  });
  const seconds = new Histogram({
    name: 'greenroom_answer_seconds',
    help: 'How long answers took, by operation.',
    labelNames: ['operation'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const troubles = new Counter({
    name: 'greenroom_troubles_total',
    help: 'Warnings and errors by level, operation and error code; the log has the messages.',
    labelNames: ['level', 'operation', 'code'] as const,
    registers,
  });

  return {
    answered({operation, status, code, ms}) {
      const labels = {operation: task(operation)};
      answers.inc({...labels, status: `${Math.floor(status / 100)}xx`, code: known(code)});
      seconds.observe(labels, ms / 1000);
    },
    logged({level, operation, code}) {
      troubles.inc({level, operation: task(operation), code: known(code)});
    },
    async page() {
      return new Response(await registry.metrics(), {headers: {'content-type': registry.contentType}});
    },
  };
}
