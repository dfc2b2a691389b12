// Shows a visit: the people on the stage, the people who knock, and the controls of a moderator.
import {Visit, type Inside, type Person} from './client.js';

/** Finds an element that must be on the page. */
export const find = <T extends HTMLElement>(selector: string, within: ParentNode = document) =>
  within.querySelector<T>(selector)!;

const stage = find('#stage');
const title = find('#title');
const status = find('#status');
const people = find('#people');
const calm = find('#calm');
const knocking = find('#knocking');
const seat = find('.seat');
const SEATS = people.childElementCount;
const mute = find<HTMLButtonElement>('#mute');
const hide = find<HTMLButtonElement>('#hide');
const leave = find<HTMLButtonElement>('#leave');
const end = find<HTMLButtonElement>('#end');
const ending = find<HTMLDialogElement>('#ending');

/** Reserves space for the controls of a role in advance, so nothing moves later. */
export function prepare(role: string) {
  stage.dataset.role = role;
}

/** Callbacks of a visit. */
interface Watching {
  /** The room changed for others, too: lists of rooms should be loaded again. */
  changed: () => void;
  /** The visit is over; `hadFocus`: whether the focus was on the stage. */
  ended: (hadFocus: boolean) => void;
}

/** Joins a room and shows it on the stage until the visit ends. */
export function enter(serverUrl: string, token: string, name: string, watching: Watching): Visit {
  const over = new AbortController();
  const tiles = new Map<string, HTMLElement>();
  let inside: Inside | undefined;
  let away = false;

  const isMe = ({id}: Person) => id === inside?.you.id;

  function show(person: Person) {
    if (!tiles.has(person.id)) tiles.set(person.id, place());
    describe(tiles.get(person.id)!, person, inside!);
  }

  function remove(id: string) {
    const tile = tiles.get(id)!;
    tiles.delete(id);
    // After pressing "Remove" the focus moves to the top of the stage.
    if (tile.contains(document.activeElement)) title.focus();
    vacate(tile);
  }

  const visit = new Visit(serverUrl, token, {
    waiting() {
      rest(`You are knocking at ${name}.`, 'A moderator will let you in. Nobody sees or hears you until then.');
      open(name, 'waiting');
    },

    joined(now) {
      const back = away;
      [inside, away] = [now, false];
      const {you, others, room} = now;
      prepare(you.role);
      if (you.role === 'audience') {
        rest(
          'You are in the audience.',
          'The audience watches the broadcast of this room, which the demo does not have.',
        );
      } else {
        calm.hidden = true;
      }
      open(room.name, 'inside');
      stage.toggleAttribute('data-away', false);
      showKnocking(now.knocking);
      watching.changed();
      if (you.role === 'audience') return;
      const there = [you, ...others];
      for (const id of tiles.keys()) if (!there.some(person => person.id === id)) remove(id);
      there.forEach(show);
      const here = others.length ? `Here: ${others.map(other => other.name).join(', ')}.` : 'Nobody else is here yet.';
      say(`${back ? 'You are back.' : ''} ${placeOf(you, now)} ${here}`.trim());
    },

    arrived(person) {
      const opens = inside!.room.settings.wait_for_moderator && person.role === 'moderator';
      show(person);
      say(`${person.name} came in${opens ? ', and with a moderator everybody may be seen and heard' : ''}.`);
    },

    changed(person) {
      const {you, room} = inside!;
      const before = isMe(person) ? you : undefined;
      if (before) inside = {...inside!, you: person};
      const tile = tiles.get(person.id)!;
      const was = tile.dataset.publishes === 'true';
      const wasAway = 'away' in tile.dataset;
      show(person);
      if (!person.permissions.publish) play(tile, undefined);
      const who = isMe(person) ? 'You' : person.name;
      const is = isMe(person) ? 'are' : 'is';
      if (person.away) say(`${who} lost the connection and may be back.`);
      else if (wasAway) say(`${who} ${is} back.`);
      else if (was && !person.permissions.publish) say(`${who} no longer ${isMe(person) ? 'have' : 'has'} the floor.`);
      else if (!was && room.settings.mode === 'lecture') {
        say(isMe(person) ? 'You have the floor: you are seen and heard.' : `${who} has the floor.`);
      } else if (isMe(person)) say('You are seen and heard now.');
    },

    stream(person, stream) {
      const own = isMe(person);
      const video = play(tiles.get(person.id)!, stream);
      if (!own) return;
      video.muted = true;
      const [camera] = stream?.getVideoTracks() ?? [];
      // Your own camera is mirrored; a name card is not, or it would be unreadable.
      video.classList.toggle('mirrored', !(camera instanceof CanvasCaptureMediaStreamTrack));
      mute.disabled = !stream?.getAudioTracks().length;
      hide.disabled = !stream;
    },

    left(person) {
      remove(person.id);
      say(`${person.name} left.`);
    },

    knocking(who, came) {
      showKnocking(who);
      if (came) say(`${came.name} is knocking.`);
    },

    muted(person, by, kind) {
      if (isMe(person)) {
        if (kind !== 'video') press(mute, true);
        if (kind !== 'audio') press(hide, true);
      }
      const who = isMe(person) ? 'you' : person.name;
      say(`${by && isMe(by) ? 'You' : (by?.name ?? 'A moderator')} muted ${who}.`);
    },

    reconnecting() {
      away = true;
      stage.toggleAttribute('data-away', true);
      say('The connection broke. Connecting again…');
    },

    notice: say,

    ended(reason) {
      over.abort();
      const hadFocus = [stage, knocking, ending].some(each => each.contains(document.activeElement));
      ending.close();
      tiles.forEach(vacate);
      [mute, hide].forEach(button => press(button, false));
      title.textContent = title.title = 'Stage';
      stage.removeAttribute('data-state');
      stage.toggleAttribute('data-away', false);
      calm.hidden = true;
      showKnocking([]);
      say(reason);
      watching.ended(hadFocus);
    },
  });

  const {signal} = over;
  mute.addEventListener('click', () => visit.enable('audio', !press(mute)), {signal});
  hide.addEventListener('click', () => visit.enable('video', !press(hide)), {signal});
  leave.addEventListener('click', () => visit.leave(), {signal});
  const ask = () => {
    ending.returnValue = ''; // Escape does not change it.
    ending.showModal();
  };
  end.addEventListener('click', ask, {signal});
  const decided = () => ending.returnValue === 'end' && visit.command({type: 'end'});
  ending.addEventListener('close', decided, {signal});

  people.addEventListener(
    'click',
    ({target}) => {
      const {act, on} = (target as HTMLElement).dataset;
      const id = [...tiles].find(([, tile]) => tile.contains(target as Node))?.[0];
      if (!act || !id) return;
      if (act === 'mute') visit.command({type: 'mute', id, kind: 'audio'});
      if (act === 'floor') visit.command({type: 'floor', id, on: on === 'true'});
      if (act === 'drop') visit.command({type: 'drop', id});
    },
    {signal},
  );
  knocking.addEventListener(
    'click',
    ({target}) => {
      const {act, id} = (target as HTMLElement).dataset;
      if (id && (act === 'admit' || act === 'deny')) visit.command({type: act, id});
    },
    {signal},
  );

  say(`Going into ${name}…`);
  return visit;
}

function open(name: string, state: 'waiting' | 'inside') {
  if (stage.dataset.state === state) return;
  const first = !stage.dataset.state;
  title.textContent = title.title = name;
  stage.dataset.state = state;
  mute.disabled = hide.disabled = true;
  if (first) title.focus();
}

/** Shows a lasting message in place of the people. */
function rest(what: string, why: string) {
  find('strong', calm).textContent = what;
  find('span', calm).textContent = why;
  calm.hidden = false;
  say(what);
}

/** Why a person is not seen or heard; empty for everybody else. */
function placeOf({role, permissions}: Person, {room}: Inside): string {
  if (permissions.publish) return '';
  if (role === 'viewer') return 'You only watch: nobody sees or hears you.';
  if (room.settings.mode === 'lecture') return 'You listen until a moderator gives you the floor.';
  return 'You are not seen or heard until a moderator comes.';
}

/** A place on the stage: an empty seat if there is one, so nothing else moves. */
function place(): HTMLElement {
  const tile = find('.person', find<HTMLTemplateElement>('#person').content.cloneNode(true) as DocumentFragment);
  const free = people.querySelector('.seat');
  if (free) free.replaceWith(tile);
  else people.append(tile);
  return tile;
}

/** Removes a person from the stage. The others keep their places, and at least the first places stay. */
function vacate(tile: HTMLElement) {
  tile.replaceWith(seat.cloneNode());
  while (people.childElementCount > SEATS && people.lastElementChild!.matches('.seat'))
    people.lastElementChild!.remove();
}

const SUFFIXES: Record<string, string> = {moderator: ' · Moderator', viewer: ' · Viewer'};

/** Updates the tile of a person. */
function describe(tile: HTMLElement, person: Person, inside: Inside) {
  const {name, role, permissions, away} = person;
  const own = person.id === inside.you.id;
  tile.dataset.initial = Array.from(name)[0]?.toUpperCase();
  tile.dataset.publishes = String(Boolean(permissions.publish));
  tile.toggleAttribute('data-away', Boolean(away));
  find('.name', tile).textContent = `${name}${own ? ' (you)' : ''}${SUFFIXES[role] ?? ''}`;
  find('.note', tile).textContent = away ? 'Connecting again…' : own ? placeOf(person, inside) : '';
  find('video', tile).ariaLabel = `Video of ${name}`;
  find('.actions', tile).hidden = own || inside.you.role !== 'moderator';
  const button = (act: string) => find<HTMLButtonElement>(`[data-act='${act}']`, tile);
  button('mute').hidden = !permissions.publish;
  button('mute').ariaLabel = `Mute ${name}`;
  button('drop').ariaLabel = `Remove ${name}`;
  const floor = button('floor');
  floor.hidden = role !== 'participant' || inside.room.settings.mode !== 'lecture';
  floor.dataset.on = String(!permissions.publish);
  floor.textContent = permissions.publish ? 'Take the floor' : 'Give the floor';
  floor.ariaLabel = permissions.publish ? `Take the floor from ${name}` : `Give the floor to ${name}`;
}

/** Plays a person's stream, or stops playing. */
function play(tile: HTMLElement, stream?: MediaStream): HTMLVideoElement {
  const video = find<HTMLVideoElement>('video', tile);
  // Called once per track; setting the same stream again would restart it.
  if (video.srcObject !== (stream ?? null)) video.srcObject = stream ?? null;
  return video;
}

/** Shows who knocks, oldest first. Lines stay in place, and the focus moves on if its line is removed. */
function showKnocking(who: Person[]) {
  const list = find('ul', knocking);
  const lines = [...list.children] as HTMLElement[];
  const gone = lines.filter(line => !who.some(({id}) => id === line.dataset.id));
  const focused = gone.some(line => line.contains(document.activeElement));
  gone.forEach(line => line.remove());
  for (const {id, name} of who) {
    if (lines.some(line => line.dataset.id === id)) continue;
    const line = find('li', find<HTMLTemplateElement>('#knocker').content.cloneNode(true) as DocumentFragment);
    line.dataset.id = id;
    find('span', line).textContent = name;
    for (const button of line.querySelectorAll('button')) {
      button.dataset.id = id;
      button.ariaLabel = `${button.textContent} ${name}`;
    }
    list.append(line);
  }
  find('h3', knocking).textContent = who.length > 1 ? `Knocking (${who.length})` : 'Knocking';
  knocking.hidden = !who.length;
  if (focused) (list.querySelector('button') ?? title).focus();
}

function say(sentence: string) {
  status.textContent = sentence;
}

/** Sets or toggles a pressed button, and returns whether it is pressed now. */
function press(button: HTMLElement, pressed = button.ariaPressed !== 'true'): boolean {
  button.ariaPressed = String(pressed);
  return pressed;
}
