// What the stage does with the elements it has rendered: their places, their sound, and one of them in a window.
import {placesOf} from '../stage/layout.js';

/**
 * Puts each picture into its place. Only transforms move, and sizes change, so the browser counts no shift of the layout
 * when somebody comes or goes.
 */
export function arrange(root: ParentNode) {
  const list = root.querySelector<HTMLElement>('.tiles');
  const tiles = [...root.querySelectorAll<HTMLElement>('.tile')];
  if (!list || !tiles.length) return;
  const {clientWidth, clientHeight} = list;
  const places = placesOf(tiles.length, clientWidth / (clientHeight || 1), tiles[0]!.classList.contains('screen'));
  const isRtl = getComputedStyle(list).direction === 'rtl';
  for (const [at, {style}] of tiles.entries()) {
    const {x, y, width, height} = places[at]!;
    const left = isRtl ? 1 - x - width : x;
    style.width = percent(width);
    style.height = percent(height);
    // In parts of the tile's own size.
    style.transform = `translate(${percent(left / width)}, ${percent(y / height)})`;
  }
  // Not all browsers let the keyboard reach what scrolls.
  if (list.scrollHeight > clientHeight) list.tabIndex = 0;
  else list.removeAttribute('tabindex');
}

/** Puts those who knock below each other. */
export function queue(root: ParentNode) {
  for (const [at, {style}] of [...root.querySelectorAll<HTMLElement>('[part=knocking] li')].entries()) {
    style.transform = `translateY(${percent(at)})`;
  }
}

const percent = (part: number) => `${Math.round(part * 1e5) / 1e3}%`;

/** Plays what is not played yet. `refused` is called if the browser waits for a press. */
export async function hear(root: ParentNode, output: string, refused: () => void) {
  const play = async (audio: HTMLAudioElement) => {
    // A speaker that is gone leaves the sound on the system's.
    if (output && audio.sinkId !== output) await audio.setSinkId(output).catch(() => {});
    if (!audio.paused) return;
    try {
      await audio.play();
    } catch (error) {
      // Any other error means that the track went away.
      if ((error as DOMException).name === 'NotAllowedError') refused();
    }
  };
  await Promise.all([...root.querySelectorAll('audio')].map(play));
}

/** Shows the person who speaks, or the first one with a picture, in a window above all others; or ends that. */
export async function popOut(root: ShadowRoot) {
  if (root.pictureInPictureElement) return root.ownerDocument.exitPictureInPicture();
  const videos = [...root.querySelectorAll<HTMLVideoElement>('.screen video, .talk video, video')];
  const shown = videos.find(video => video.srcObject && !video.disablePictureInPicture);
  await shown?.requestPictureInPicture();
}

/** What had the focus is gone: now the next person who knocks has it, or the heading. */
export function moveFocus(root: ParentNode, gone: Element) {
  const isKnocking = gone.matches('[part=admit], [part=deny], [part=admit-all]');
  const next = isKnocking ? root.querySelector<HTMLElement>('[part=admit]') : null;
  (next ?? root.querySelector<HTMLElement>('h2'))?.focus();
}
