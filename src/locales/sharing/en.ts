/** The words of what a person does with a room beside joining it; the other languages are typed by these. */
export const en = {
  calendar: 'Add to calendar',
  label: 'Link to the room',
  copy: 'Copy link',
  copied: 'Link copied.',
  selected: 'The link is selected. Copy it with the keyboard, or by a long press.',
};

export type SharingWords = typeof en;
