/** The gap between a control and what is shown below it, and between that and the edge of the window, in px. */
const GAP = 6;

/** Puts a popover below a control, or above it if there is no room below. The window's edges hold it. */
export function placeBelow(control: Element, box: HTMLElement) {
  const {innerWidth, innerHeight} = control.ownerDocument.defaultView!;
  const {left, right, top, bottom} = control.getBoundingClientRect();
  const {offsetWidth: width, offsetHeight: height} = box;
  const isRtl = getComputedStyle(control).direction === 'rtl';
  const x = Math.max(GAP, Math.min(isRtl ? right - width : left, innerWidth - width - GAP));
  const fits = bottom + GAP + height <= innerHeight || top < GAP + height;
  box.style.left = `${x}px`;
  box.style.top = `${fits ? bottom + GAP : top - GAP - height}px`;
}
