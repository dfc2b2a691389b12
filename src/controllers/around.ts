/** The element around another in the page as it is shown: through slots and shadow roots. */
export const around = (element: Element): Element | null | undefined =>
  element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host;
