import '../src/index.js';
import {Visit, type Person} from './client.js';

const find = <T extends HTMLElement>(selector: string) => document.querySelector<T>(selector)!;

const picker = find<HTMLElementTagNameMap['room-picker']>('room-picker');
const join = find<HTMLElementTagNameMap['join-button']>('join-button');
const name = find<HTMLInputElement>('#name');
const stage = find('#stage');
const title = find('#title');
const people = find('#people');
const status = find('#status');
const seat = find('.seat');
const SEATS = people.childElementCount;
const template = find<HTMLTemplateElement>('#person');
const mute = find<HTMLButtonElement>('#mute');
const hide = find<HTMLButtonElement>('#hide');
const leave = find<HTMLButtonElement>('#leave');

const NAMES = ['Ada', 'Bruno', 'Chidi', 'Dilnoza', 'Emre', 'Frida', 'Grace', 'Hana', 'Ines', 'Jonas', 'Keiko', 'Luís'];

let visit: Visit | undefined;

// Two windows should not hold the same person, and nobody should have to type to look around.
name.value ||= NAMES[Math.floor(Math.random() * NAMES.length)]!;
join.userName = name.value;
name.addEventListener('input', () => (join.userName = name.value));

// The whole of it: a token comes out of the button and goes into a video client.
join.addEventListener('room-token', ({detail: {token, serverUrl, room}}) => {
  visit?.leave();
  if (serverUrl) visit = enter(serverUrl, token, room.name);
});

mute.addEventListener('click', () => visit?.enable('audio', !toggle(mute)));
hide.addEventListener('click', () => visit?.enable('video', !toggle(hide)));
leave.addEventListener('click', () => visit?.leave());
addEventListener('pagehide', () => visit?.leave());

function enter(serverUrl: string, token: string, room: string): Visit {
  const tiles = new Map<string, HTMLElement>();
  say(`Going into ${room}…`);

  const add = (person: Person, label = person.name) => tiles.set(person.id, tile(person, label));
  let me = '';

  return new Visit(serverUrl, token, {
    joined(you, others) {
      me = you.id;
      add(you, `${you.name} (you)`);
      for (const other of others) add(other);
      title.textContent = room;
      stage.toggleAttribute('data-inside', true);
      mute.disabled = hide.disabled = true;
      title.focus();
      say(others.length ? `Here: ${others.map(other => other.name).join(', ')}.` : 'Nobody else is here yet.');
      void picker.reload({quiet: true});
    },
    arrived(person) {
      add(person);
      say(`${person.name} came in.`);
    },
    stream(person, stream) {
      const own = person.id === me;
      const video = tiles.get(person.id)!.querySelector('video')!;
      // Told once for each track; the same stream again would begin to play from nothing.
      if (video.srcObject === stream) return;
      video.muted = own;
      video.srcObject = stream;
      if (!own) return;
      const [camera] = stream.getVideoTracks();
      // One knows oneself from the mirror; a name card would be unreadable in it.
      video.classList.toggle('mirrored', !(camera instanceof CanvasCaptureMediaStreamTrack));
      mute.disabled = !stream.getAudioTracks().length;
      hide.disabled = false;
    },
    left(person) {
      vacate(tiles.get(person.id)!);
      tiles.delete(person.id);
      say(`${person.name} left.`);
    },
    notice: say,
    ended(reason) {
      const hadFocus = stage.contains(document.activeElement);
      tiles.forEach(vacate);
      for (const button of [mute, hide]) button.ariaPressed = 'false';
      title.textContent = 'Stage';
      stage.toggleAttribute('data-inside', false);
      say(reason);
      if (hadFocus) join.focus();
      visit = undefined;
      void picker.reload({quiet: true});
    },
  });
}

/** Puts a person on the stage, in an empty seat where there is one, so that nothing else moves. */
function tile(person: Person, label: string): HTMLElement {
  const made = (template.content.cloneNode(true) as DocumentFragment).querySelector<HTMLElement>('.person')!;
  made.dataset.initial = Array.from(person.name)[0]?.toUpperCase();
  made.querySelector('span')!.textContent = label;
  made.querySelector('video')!.ariaLabel = `Video of ${person.name}`;
  const free = people.querySelector('.seat');
  if (free) free.replaceWith(made);
  else people.append(made);
  return made;
}

/** Takes a person off the stage; it never has fewer places than it began with. */
function vacate(tile: HTMLElement) {
  if (people.childElementCount > SEATS) tile.remove();
  else tile.replaceWith(seat.cloneNode());
}

function say(sentence: string) {
  status.textContent = sentence;
}

/** Presses or releases a button; answers whether it is pressed now. */
function toggle(button: HTMLElement): boolean {
  const pressed = button.ariaPressed !== 'true';
  button.ariaPressed = String(pressed);
  return pressed;
}
