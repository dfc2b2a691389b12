/** The words of rows, menus and cards of `<room-picker>`; the other languages are typed by these. */
export const en = {
  /** For a room that takes nobody else. */
  full: 'Full',
  /** `time`: a time of day, or a date with a time of day. */
  until: (time: string) => `until ${time}`,
  /** How many people are in a room, and how many fit. Both are written in the visitor's language. */
  insideOf: (n: string, capacity: string) => `${n} of ${capacity} inside`,
  /** On the button of a menu while no room is chosen. */
  choose: 'Choose a room',
};

export type PickingWords = typeof en;
