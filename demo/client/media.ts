// The tracks to send: camera and microphone, or replacements for them.

export function stop(stream?: MediaStream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/**
 * Opens camera and microphone, or whichever of them works. A name card replaces a missing camera. `notice` gets a sentence
 * about each one that cannot be used. If aborted, it still resolves, and the caller stops the tracks.
 */
export async function capture(
  name: string,
  notice: (sentence: string) => void,
  signal: AbortSignal,
): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({audio: true, video: true});
  } catch (error) {
    // After a refusal the visitor is not asked again.
    const denied = error instanceof DOMException && error.name === 'NotAllowedError';
    const alone = async (what: MediaStreamConstraints) => (await navigator.mediaDevices.getUserMedia(what)).getTracks();
    const microphone = denied ? [] : await alone({audio: true}).catch(() => []);
    const camera = denied ? [] : await alone({video: true}).catch(() => []);
    if (signal.aborted) return new MediaStream([...microphone, ...camera]);
    if (camera.length) {
      notice('Your microphone cannot be used, so the others see you but do not hear you.');
      return new MediaStream(camera);
    }
    const missing = microphone.length ? 'camera' : 'camera and microphone';
    notice(`Your ${missing} cannot be used, so the others see a card with your name.`);
    return new MediaStream([...microphone, ...nameCard(name, signal)]);
  }
}

function nameCard(name: string, signal: AbortSignal): MediaStreamTrack[] {
  const canvas = Object.assign(document.createElement('canvas'), {width: 640, height: 360});
  const pen = canvas.getContext('2d')!;
  const draw = () => {
    const turn = performance.now() / 100;
    const light = pen.createLinearGradient(0, 0, 640, 360);
    light.addColorStop(0, `hsl(${150 + 30 * Math.sin(turn / 40)} 35% 32%)`);
    light.addColorStop(1, `hsl(${200 + 30 * Math.cos(turn / 40)} 35% 22%)`);
    pen.fillStyle = light;
    pen.fillRect(0, 0, 640, 360);
    pen.fillStyle = 'white';
    pen.font = '500 48px system-ui, sans-serif';
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.fillText(name, 320, 180 + 6 * Math.sin(turn / 12), 560);
  };
  draw();
  // A timer, because animation frames stop while the page is hidden, and the others would see a frozen card.
  const timer = setInterval(draw, 100);
  signal.addEventListener('abort', () => clearInterval(timer));
  return canvas.captureStream(10).getTracks();
}
