// The event of `<pre-join>`, apart from those of every page: pages that only join rooms do not load it.

/** The chosen devices, by id, and the open tracks; null for what is off. `speaker` is empty for the system's. */
export interface ChosenDevices {
  camera: string | null;
  microphone: string | null;
  speaker: string;
  stream: MediaStream | null;
}

/** A person chose other devices, or turned one on or off, or one came or went. */
export class DevicesChangeEvent extends CustomEvent<ChosenDevices> {
  constructor(detail: ChosenDevices) {
    super('devices-change', {bubbles: true, composed: true, detail});
  }
}
