// Starts just before the script's tag, and clicks in the first frame in which there is something to click.
{
  const start = performance.now();
  const seen = (globalThis.seen = {click: 0, token: 0, longest: 0, shift: 0});
  const press = (host, selector, type, key) => {
    addEventListener(type, () => (seen[key] ||= performance.now() - start));
    const again = () => {
      document.querySelector(host)?.shadowRoot?.querySelector(selector)?.click();
      if (!seen[key]) requestAnimationFrame(again);
    };
    again();
  };
  press('room-picker', '[role=option]', 'room-select', 'click');
  press('join-button', 'button:not(:disabled)', 'room-token', 'token');
  new PerformanceObserver(list => {
    for (const {duration} of list.getEntries()) seen.longest = Math.max(seen.longest, duration);
  }).observe({type: 'longtask', buffered: true});
  new PerformanceObserver(list => {
    for (const {value} of list.getEntries()) seen.shift += value;
  }).observe({type: 'layout-shift', buffered: true});
}
