import '../src/index.js';
// From the start, so that it is there when somebody joins at once.
import '../src/define/room-stage.js';

/** Finds an element that must be on the page. */
const find = <T extends HTMLElement>(selector: string) => document.querySelector<T>(selector)!;

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
}

// The stage takes the token of the button by itself. Others are in a room now, so the list is loaded again.
for (const type of ['stage-joined', 'stage-left'] as const) {
  addEventListener(type, () => void picker.reload({quiet: true}));
}
