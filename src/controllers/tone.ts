/** How long the tone is, in seconds. */
const LENGTH = 2;

/**
 * Plays two soft notes for two seconds. They come out of an `<audio>` element, since what a context plays by itself ignores
 * the chosen speaker.
 *
 * @param speaker - The id of an output; empty: the system's.
 */
export async function playTone(speaker: string, signal: AbortSignal): Promise<void> {
  const context = new AudioContext();
  const audio = new Audio();
  try {
    const output = context.createMediaStreamDestination();
    const volume = context.createGain();
    volume.connect(output);
    const now = context.currentTime;
    for (const [at, hertz] of [523, 659].entries()) {
      const note = context.createOscillator();
      note.frequency.value = hertz;
      note.connect(volume);
      note.start(now + (at * LENGTH) / 2);
      note.stop(now + ((at + 1) * LENGTH) / 2);
    }
    volume.gain.setValueAtTime(0, now);
    volume.gain.linearRampToValueAtTime(0.3, now + 0.1);
    volume.gain.setValueAtTime(0.3, now + LENGTH - 0.3);
    volume.gain.linearRampToValueAtTime(0, now + LENGTH);
    audio.srcObject = output.stream;
    if (speaker) await audio.setSinkId(speaker);
    await audio.play();
    await new Promise<void>(resolve => {
      setTimeout(resolve, LENGTH * 1000);
      signal.addEventListener('abort', () => resolve());
    });
  } finally {
    audio.srcObject = null;
    await context.close();
  }
}
