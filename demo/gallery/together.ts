// Several elements together, with the demo's own rooms, through its token proxy and with a grant to manage them.
import {found, type State} from './state.js';

const ENDPOINT = '/api';

export const TOGETHER: State[] = [
  {
    id: 'together/joining',
    label: 'Choose and join',
    note: 'The demo’s own rooms, through its token proxy. The chosen room is joined, and its people are shown.',
    failure: false,
    show: place => show(place, 'joining'),
  },
  {
    id: 'together/managing',
    label: 'Choose and manage',
    note: 'The demo’s own rooms. The chosen room can be changed and deleted; without a choice, a room is created.',
    failure: false,
    show: async place => {
      await show(place, 'managing');
      connect(place);
    },
  },
];

async function show(place: HTMLElement, template: string) {
  const {content} = document.querySelector<HTMLTemplateElement>(`#${template}`)!;
  const parts = document.importNode(content, true);
  for (const each of parts.querySelectorAll('room-picker, room-editor')) {
    each.setAttribute('endpoint', ENDPOINT);
    each.setAttribute('grant', document.querySelector<HTMLMetaElement>('meta[name="manager-grant"]')?.content ?? '');
  }
  place.append(parts);
  await found(place.querySelector('room-picker')!, '[role=option]');
}

/** The editor changes the room chosen in the picker, and the picker shows the result. */
function connect(place: HTMLElement) {
  const picker = place.querySelector('room-picker')!;
  const editor = place.querySelector('room-editor')!;
  const edit = (id: string) => {
    picker.value = id;
    editor.roomId = id;
  };
  const refresh = () => picker.reload({quiet: true});
  const mayLeave = () => !editor.dirty || confirm('Your changes are not saved. Leave them?');
  picker.addEventListener('room-select', event => {
    if (mayLeave()) editor.roomId = event.detail.room.room_id;
    else event.preventDefault();
  });
  place.querySelector('button')!.addEventListener('click', () => {
    if (mayLeave()) edit('');
    editor.focus();
  });
  editor.addEventListener('room-saved', refresh);
  editor.addEventListener('room-deleted', () => {
    picker.value = '';
    void refresh();
  });
}
