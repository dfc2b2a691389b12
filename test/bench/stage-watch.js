// Runs in each page of the benchmark of the stage: notes when a person pressed Join, and when the first frame of somebody
// else's video was shown, in ms of the page's own clock.
const seen = (globalThis.seen = {});
addEventListener('click', ({timeStamp}) => (seen.click ??= timeStamp), true);

/** Looks at every video that comes into this part of the page. The stage's picture of oneself cannot be popped out. */
globalThis.watch = root => {
  const known = new WeakSet();
  const look = () => {
    for (const video of root.querySelectorAll('video:not([disablepictureinpicture])')) {
      if (known.has(video)) continue;
      known.add(video);
      video.requestVideoFrameCallback(now => (seen.frame ??= now));
    }
  };
  new MutationObserver(look).observe(root, {childList: true, subtree: true});
  look();
};
