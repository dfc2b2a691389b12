let warned = false;

/** Warns once that a file could not be loaded on demand. The page works without it, in English. */
export function missing(cause: unknown) {
  if (warned) return;
  warned = true;
  console.warn(
    'Greenroom cannot load one of its files. If they are not beside the script, name their folder by data-base.',
    cause,
  );
}
