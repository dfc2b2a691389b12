/** How many bars the meter has, and how far apart they are. */
const BARS = 12;
const PITCH = 9;
/** How often the level is measured, in ms. */
const PACE = 100;
/** The level of a voice, from 0 to 1; a quiet room is below. */
const VOICE = 0.15;

/**
 * Measures how loud a microphone is. Its context is connected to nothing that can be heard, and is closed by `stop`.
 */
export class Level {
  /** Whether a voice was heard since the start. */
  heard = false;
  #level = 0;
  #context?: AudioContext | undefined;
  #timer?: ReturnType<typeof setInterval>;
  #track?: MediaStreamTrack | undefined;
  #source?: MediaStreamAudioSourceNode | undefined;
  #told: (level: number) => void;

  /**
   * @param told - Called with the level from 0 to 1, ten times a second.
   */
  constructor(told: (level: number) => void) {
    this.#told = told;
  }

  /** Browsers let a context run if it was made, or woken, while a person presses something. */
  wake() {
    this.#context ??= new AudioContext();
    if (this.#context.state === 'suspended') void this.#context.resume();
  }

  /** Measures a track until `stop`; the same track goes on. Without a track it stops. */
  follow(track: MediaStreamTrack | undefined) {
    if (!track) return this.stop();
    if (track === this.#track) return;
    this.#track = track;
    this.heard = false;
    this.wake();
    this.#source?.disconnect();
    const analyser = this.#context!.createAnalyser();
    analyser.fftSize = 1024;
    this.#source = this.#context!.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, each) => sum + each * each, 0) / samples.length;
      // -60 dB is 0 and -10 dB is 1: a voice near a microphone has about -25 dB.
      const level = Math.min(Math.max((10 * Math.log10(power || 1e-9) + 60) / 50, 0), 1);
      this.heard ||= level > VOICE;
      this.#level = level;
      this.#told(level);
    }, PACE);
  }

  /** Shows the level on a meter of 12 bars, without a render. */
  show(root: ParentNode, isOn: boolean) {
    const bars = isOn ? Math.round(this.#level * BARS) : 0;
    const meter = root.querySelector('meter');
    if (meter) meter.value = bars;
    root.querySelector('line + line')?.setAttribute('x2', String(2 + Math.max(bars * PITCH - 4, 0)));
  }

  stop() {
    clearInterval(this.#timer);
    void this.#context?.close();
    this.#context = this.#track = this.#source = undefined;
  }
}
