/** Ignores the second click of a double click: it was meant for whatever was there at the first. */
export const onlyOnce = (act: (event: Event) => void) => (event: MouseEvent) =>
  event.detail > 1 ? event.preventDefault() : act(event);
