/**
 * Keeps the screen on until `signal` aborts. A browser takes the lock back when the page is hidden, and may refuse it, as
 * with a low battery; then the screen goes off as usual.
 */
export function keepAwake(page: Document, signal: AbortSignal) {
  const {wakeLock} = page.defaultView!.navigator as Partial<Navigator>;
  let lock: WakeLockSentinel | undefined;
  const ask = async () => {
    if (page.visibilityState !== 'visible') return;
    try {
      lock = await wakeLock?.request('screen');
      if (signal.aborted) await lock?.release();
    } catch {
      lock = undefined; // Refused. The call goes on.
    }
  };
  void ask();
  page.addEventListener('visibilitychange', () => void ask(), {signal});
  signal.addEventListener('abort', () => void lock?.release().catch(() => {}));
}
