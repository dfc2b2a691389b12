import type {LitElement} from 'lit';
import type {Language} from '../controllers/language.js';
import {inTime, missing} from '../controllers/missing.js';
import type {CallingWords} from '../locales/calling/calling.js';
import type {TellingWords} from '../locales/telling/telling.js';
import type {RoomsError} from '../rooms/errors.js';

/** The words of failures, which come with the first one. */
export class Failures {
  #host: LitElement;
  #told?: Language<TellingWords>;

  constructor(host: LitElement) {
    this.#host = host;
  }

  /** Undefined if they have not come. */
  get words(): TellingWords['failures'] | undefined {
    return this.#told?.words.failures;
  }

  /** Resolves when they are there, or do not come in time. */
  async load() {
    const come = async () => {
      const {failureWords} = await import('./failure-words.js');
      this.#told ??= await failureWords(this.#host);
    };
    await inTime(come().catch(missing));
  }
}

/** Why a call could not begin, for the visitor. */
export function failureOf({code, key}: RoomsError, knocked: boolean, words: CallingWords, failures: Failures): string {
  if (knocked && code === 'denied') return words.notAdmitted;
  if (key === 'WebRTC') return words.noWebRtc;
  return failures.words?.[code] ?? words.failed;
}
