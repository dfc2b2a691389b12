import type {LitElement} from 'lit';

/** Keys that mean something outside a field, too. */
const PASSING = /^(Tab|Escape|F\d+)$/;

/**
 * Keeps keys from the page that the element used itself: what is typed into its fields, keys whose default it prevented, and
 * Escape in its dialog. The page gets the element as the target of an event, so it cannot know that a person is typing.
 */
export function keepKeys(host: LitElement) {
  const used = new Set<string>();
  const look = (event: KeyboardEvent) => {
    if (event.type === 'keydown') used[isUsed(event) ? 'add' : 'delete'](event.code);
    if (used.has(event.code)) event.stopPropagation();
  };
  host.addController({
    hostConnected() {
      // A listener that is already there is not added again.
      for (const type of ['keydown', 'keypress', 'keyup'])
        host.renderRoot.addEventListener(type, look as EventListener);
    },
  });
}

function isUsed(event: KeyboardEvent): boolean {
  const {key, ctrlKey, altKey, metaKey} = event;
  const within = (selector: string) => (event.target as Element).closest(selector);
  if (key === 'Escape' && within('dialog')) return true;
  // With AltGr people type letters.
  const isCommand = metaKey || ((ctrlKey || altKey) && !event.getModifierState('AltGraph'));
  const isTyped = event.isComposing || (!isCommand && !PASSING.test(key));
  return event.defaultPrevented || (isTyped && !!within('input, select, textarea'));
}
