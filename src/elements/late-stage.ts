import type {TokenDetail} from '../rooms/token-detail.js';

// A `<room-stage>` is loaded on demand, so a button may have its token before the stage is there. The button then keeps it
// in memory until somebody reads it, and the stage asks for it.

/** Fired at the document by a `<room-stage>` that is there now. Its detail takes a token that nobody has read. */
const STAGE = 'greenroom-stage';

/** Takes a token that nobody has read, if the stage listens to this button. */
export type Take = (button: Element, detail: TokenDetail) => void;

/** Asks all buttons of a page for a token that nobody has read. */
export const askForToken = (page: Document, take: Take) => page.dispatchEvent(new CustomEvent(STAGE, {detail: take}));

/** Calls `offer` whenever a stage asks. */
export const onStage = (page: Document, offer: (take: Take) => void, signal: AbortSignal) =>
  page.addEventListener(STAGE, event => offer((event as CustomEvent<Take>).detail), {signal});
