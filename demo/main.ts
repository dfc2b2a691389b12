import '../src/index.js';
import type {Visit} from './client/client.js';
import {enter, find, prepare} from './client/stage.js';

const picker = find<HTMLElementTagNameMap['room-picker']>('room-picker');
const join = find<HTMLElementTagNameMap['join-button']>('join-button');
const name = find<HTMLInputElement>('#name');
const role = find<HTMLSelectElement>('#role');
const hint = find('#hint');
// Moderating needs a grant, which the server puts into the page. The role that a page asks for is not enough.
const grant = find<HTMLMetaElement>('meta[name="moderator-grant"]')?.content ?? '';

const NAMES = ['Ada', 'Bruno', 'Chidi', 'Dilnoza', 'Emre', 'Frida', 'Grace', 'Hana', 'Ines', 'Jonas', 'Keiko', 'Luís'];

const HINTS: Record<string, string> = {
  participant: 'You see and hear the others, and they see and hear you.',
  viewer: 'You see and hear the others, and send nothing.',
  audience: 'You watch the broadcast, if the room has one.',
  moderator: 'You decide who may come in and who speaks. In this demo anybody may; a real site gives out grants.',
};

let visit: Visit | undefined;

// A random name, so that two windows differ and nobody has to type to look around.
name.value ||= NAMES[Math.floor(Math.random() * NAMES.length)]!;
join.userName = name.value;
name.addEventListener('input', () => (join.userName = name.value));

role.addEventListener('change', choose);
choose();

function choose() {
  join.userRole = role.value;
  join.grant = role.value === 'moderator' ? grant : '';
  hint.textContent = HINTS[role.value]!;
  if (!visit) prepare(role.value);
}

// All that a page has to do: take the token from the button and give it to a video client.
join.addEventListener('room-token', ({detail: {token, serverUrl, room}}) => {
  visit?.leave();
  if (serverUrl) visit = enter(serverUrl, token, room.name, {changed, ended});
});

addEventListener('pagehide', () => visit?.leave());

function changed() {
  void picker.reload({quiet: true});
}

function ended(hadFocus: boolean) {
  visit = undefined;
  choose();
  if (hadFocus) join.focus();
  changed();
}
