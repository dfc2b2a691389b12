import {css, html, nothing, type LitElement, type TemplateResult} from 'lit';
import {Language} from '../controllers/language.js';
import {telling} from '../locales/telling/telling.js';
import {sayTime} from '../locales/time.js';
import {sayWait} from '../locales/wait.js';
import {isoTime, roomPhase} from '../rooms/times.js';
import {addStyles} from '../styles/root.js';
import type {Scene} from './join-words.js';

/** The looks of a wait. */
const styles = css`
  #reason {
    white-space: pre-line;
  }
  [part='countdown'] {
    float: inline-end;
    margin-inline-start: 1em;
    font-variant-numeric: tabular-nums;
  }
`;

/** What a `<join-button>` says below itself about its state. It is loaded beside the room, and the script is smaller by it. */
export class JoinStatus {
  #common: Language;
  #told: Language<typeof telling.en>;

  /** @param common - The words of the button. */
  constructor(host: LitElement, common: Language) {
    this.#common = common;
    addStyles(host, styles);
    this.#told = new Language(host, telling);
  }

  /** Resolves when its words are there, or will not come. */
  get ready(): Promise<void> | undefined {
    return this.#told.ready;
  }

  /** The announced sentence. It does not contain the countdown, so it is read only when something changes. */
  sentence({state, room, now}: Scene): string {
    const {words, tag} = this.#told;
    const common = this.#common.words;
    switch (state.status) {
      case 'waiting':
        return words.opensIn(sayWait(tag, state.said));
      case 'asking':
        return state.fault ? words.nameFaults[state.fault] : '';
      case 'requesting':
        return common.joining;
      case 'done':
        return state.taken ? words.joined : common.joining;
      case 'joined':
        return words.inCall;
      case 'failed': {
        const {code, retryAfter} = state.error;
        return code === 'rate_limited' && retryAfter ? words.waitSeconds(retryAfter) : words.failures[code];
      }
      default:
        if (room && roomPhase(room, now) === 'over') return words.failures.over;
        return state.remark ? {...common, ...words}[state.remark] : '';
    }
  }

  /** The countdown, and why the visitor has to wait. Only visible, not announced: the wait itself is announced. */
  renderWait(left: number, {state, now}: Scene): TemplateResult {
    const {words} = this.#common;
    const {tag, words: told} = this.#told;
    const reason =
      state.status === 'failed'
        ? told.failures[state.error.code]
        : `${words.opens(sayTime(tag, state.until!, now))}\n${words.opensByItself}`;
    const time = countdown(left);
    return html`${time ? html`<span part="countdown" role="timer" .textContent=${time}></span>` : nothing}<span
        id="reason"
        .textContent=${reason}
      ></span>`;
  }
}

/** The time left as a clock, `00:04:05`; empty for a day or more. */
const countdown = (ms: number) => (ms < 86_400_000 ? isoTime(ms + 999).slice(11) : '');
