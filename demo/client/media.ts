// What somebody sends: camera and microphone, or what stands in for them.

export function stop(stream?: MediaStream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/**
 * Camera and microphone, or as much as there is of them; a name card stands in for a camera. What cannot be used is told
 * in a sentence. Aborted, it still resolves: then whatever came meanwhile is the caller's to stop.
 */
export async function capture(
  name: string,
  notice: (sentence: string) => void,
  signal: AbortSignal,
): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({audio: true, video: true});
  } catch (error) {
    // Nobody is asked a second time who has said no.
    const denied = error instanceof DOMException && error.name === 'NotAllowedError';
    const alone = async (what: MediaStreamConstraints) => (await navigator.mediaDevices.getUserMedia(what)).getTracks();
    const microphone = denied ? [] : await alone({audio: true}).catch(() => []);
    const camera = denied ? [] : await alone({video: true}).catch(() => []);
    if (signal.aborted) return new MediaStream([...microphone, ...camera]);
    if (camera.length) {
      notice('Your microphone cannot be used, so the others see you and do not hear you.');
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
  // A timer, since animation frames stop when the page is out of sight and the others would see the card freeze.
  const timer = setInterval(draw, 100);
  signal.addEventListener('abort', () => clearInterval(timer));
  return canvas.captureStream(10).getTracks();
}
