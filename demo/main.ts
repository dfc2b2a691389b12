import '../src/index.js';

/** Finds an element that must be on the page. */
const find = <T extends HTMLElement>(selector: string) => document.querySelector<T>(selector)!;
const grantOf = (name: string) => find<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';

const greenRoom = find<HTMLElementTagNameMap['green-room']>('green-room');
const role = find<HTMLSelectElement>('#role');
const hint = find('#hint');

const HINTS: Record<string, string> = {
  participant: 'You see and hear the others, and they see and hear you.',
  viewer: 'You see and hear the others, and send nothing.',
  audience: 'You watch the broadcast, if the room has one.',
  moderator: 'You decide who may come in and who speaks. In this demo anybody may; a real site gives out grants.',
};

// What was chosen survives a reload: the role in this tab, the room in the address, the name in the browser.
role.value = sessionStorage.getItem('role') ?? role.value;
if (!role.value) role.selectedIndex = 0;
role.addEventListener('change', comeAs);
comeAs();

function comeAs() {
  sessionStorage.setItem('role', role.value);
  greenRoom.userRole = role.value;
  // Moderating needs a grant, which the server puts into the page. The role that a page asks for is not enough.
  greenRoom.grant = grantOf(role.value === 'moderator' ? 'moderator-grant' : 'visitor-grant');
  hint.textContent = role.title = HINTS[role.value]!;
}

const tabs = [...document.querySelectorAll<HTMLElement>('[role=tab]')];
const panelOf = (tab: HTMLElement) => find(`#${tab.getAttribute('aria-controls')!}`);

function open(tab: HTMLElement) {
  for (const each of tabs) {
    each.ariaSelected = String(each === tab);
    each.tabIndex = each === tab ? 0 : -1;
    panelOf(each).hidden = each !== tab;
  }
  sessionStorage.setItem('tab', tab.id);
}

for (const tab of tabs) {
  tab.addEventListener('click', () => open(tab));
  tab.addEventListener('keydown', ({key}) => {
    if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
    const next = tabs[(tabs.indexOf(tab) + 1) % tabs.length]!;
    open(next);
    next.focus();
  });
}
open(find(`#${sessionStorage.getItem('tab') ?? 'tab-join'}`));

// Managing: the editor changes the room chosen in the picker, and the picker shows the result.
const picker = find<HTMLElementTagNameMap['room-picker']>('#rooms');
const editor = find<HTMLElementTagNameMap['room-editor']>('room-editor');
const users = find<HTMLElementTagNameMap['room-users']>('room-users');
for (const element of [picker, editor, users]) element.setAttribute('grant', grantOf('manager-grant'));

const mayLeave = () => !editor.dirty || confirm('Your changes are not saved. Leave them?');
function edit(id: string) {
  picker.value = editor.roomId = id;
  find('#editor-title').textContent = id ? 'Change room' : 'New room';
}
picker.addEventListener('room-select', event => {
  if (mayLeave()) edit(event.detail.room.room_id);
  else event.preventDefault();
});
find('#new').addEventListener('click', () => {
  if (mayLeave()) edit('');
  editor.focus();
});
const refresh = () => void picker.reload({quiet: true});
editor.addEventListener('room-saved', refresh);
editor.addEventListener('room-deleted', () => {
  edit('');
  refresh();
});

for (const button of document.querySelectorAll<HTMLButtonElement>('.copy')) {
  button.addEventListener('click', async () => {
    const code = button.parentElement!.querySelector('code')!;
    try {
      await navigator.clipboard.writeText(code.textContent!);
      find('#copied').textContent = button.textContent = 'Copied';
    } catch {
      // The browser does not let a page write the clipboard: the person copies what is selected.
      getSelection()!.selectAllChildren(code);
    }
  });
}
