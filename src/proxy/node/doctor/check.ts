import type {Environment, Problem} from '../environment.js';
import type {Settings} from '../settings.js';

/** The result of one check. */
export interface Finding {
  /** What was checked: a variable, an option, or a word such as `clock`. */
  subject: string;
  ok: boolean;
  sentence: string;
  /** What to write instead, or which command to run; only for a problem. */
  line?: string;
}

/** What a check may look at. */
export interface Checked {
  settings: Settings;
  env: Environment;
  /** The clock of this machine, in epoch ms. */
  now: () => number;
  /** Whether a running proxy is checked, which may have taken the ports. */
  running: boolean;
}

/** Checks one concern. It takes at most a few times `PATIENCE`, and no finding contains a secret. */
export type Check = (checked: Checked) => Finding[] | Promise<Finding[]>;

/** Longest wait for each answer, in ms. */
export const PATIENCE = 5_000;

export const good = (subject: string, sentence: string): Finding => ({subject, ok: true, sentence});
export const bad = (subject: string, sentence: string, line: string): Finding => ({subject, ok: false, sentence, line});
export const fromProblem = ({variable, ...rest}: Problem): Finding => ({subject: variable, ok: false, ...rest});

/** The code of a network error, such as ECONNREFUSED. Its message may quote what was sent. */
export function networkCode(cause: unknown): string {
  const {code, cause: deeper} = cause as {code?: unknown; cause?: unknown};
  if (typeof code === 'string' && /^[A-Z0-9_]+$/.test(code)) return code;
  return deeper ? networkCode(deeper) : 'no answer';
}
