// A hand-written picker and button, with no library and no checks: the same look and data, and only what a visitor needs
// first.
const LOOK = `
  :host { display: grid; gap: 8px; align-content: start; color: CanvasText; font: 1rem/1.4 system-ui, sans-serif }
  * { box-sizing: border-box; margin: 0; border-radius: 10px }
  input { min-block-size: 44px; border: 1px solid #888; padding: 8px 14px; background: Canvas; color: inherit; font: inherit }
  button { min-block-size: 44px; border: 0; padding: 8px 14px; background: #1a56c4; color: Canvas; font: inherit; font-weight: 600 }
  button:disabled { background: #eee; color: #555 }
  ul { block-size: 20rem; border: 1px solid #eee; padding: 4px; overflow: auto; list-style: none }
  li { display: grid; grid-template-columns: 1fr 12rem; align-content: center; min-block-size: 60px; border: 1px solid transparent; padding: 8px 12px; cursor: pointer }
  li:hover { background: #eee }
  li[aria-selected='true'] { border-color: #1a56c4; background: #e4ebf8 }
  b { font-weight: 600 }
  span, small { color: #555; font-size: 0.875em }
  span { grid-area: 1 / 2 / span 2 }
  p { min-block-size: 2.8em; color: #555; font-size: 0.875em }
`;

const tell = (element, type, detail) =>
  element.dispatchEvent(new CustomEvent(type, {detail, bubbles: true, composed: true}));
const ask = async (url, more) => {
  const response = await fetch(url, {
    ...more,
    headers: {'x-rooms-client': 'vanilla', 'content-type': 'application/json'},
  });
  if (!response.ok) throw new Error(`Answered ${response.status}.`);
  return response.json();
};

class RoomPicker extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({mode: 'open'});
    root.innerHTML = `<style>${LOOK}</style><input type="search" placeholder="Search rooms" aria-label="Search rooms">
      <ul role="listbox" tabindex="0" aria-label="Rooms"></ul>`;
    const [search, list] = [root.querySelector('input'), root.querySelector('ul')];
    list.onclick = ({target}) => this.choose(target.closest('li'));
    list.onkeydown = event => {
      const current = list.querySelector('[aria-selected=true]');
      const next = {ArrowDown: current ? current.nextSibling : list.firstChild, ArrowUp: current?.previousSibling}[
        event.key
      ];
      if (next) this.choose(next);
    };
    search.oninput = () => {
      for (const item of list.children)
        item.hidden = !item.textContent.toLowerCase().includes(search.value.toLowerCase());
    };
    this.load(list);
  }
  async load(list) {
    const {rooms} = await ask(`${this.getAttribute('endpoint')}/rooms`);
    list.append(
      ...rooms.map(room => {
        const item = document.createElement('li');
        item.role = 'option';
        item.room = room;
        for (const [tag, text] of [
          ['b', room.name],
          ['span', ''],
          ['small', room.settings.description ?? ''],
        ]) {
          item.append(Object.assign(document.createElement(tag), {textContent: text}));
        }
        return item;
      }),
    );
  }
  choose(item) {
    if (!item) return;
    for (const each of item.parentNode.children) each.ariaSelected = each === item;
    this.room = item.room;
    tell(this, 'room-select', {room: item.room});
  }
}

class JoinButton extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({mode: 'open'});
    root.innerHTML = `<style>${LOOK}</style><button disabled>Join</button><p role="status"></p>`;
    const [, button, said] = root.children;
    const picker = document.getElementById(this.getAttribute('for'));
    picker.addEventListener('room-select', () => (button.disabled = false));
    button.onclick = async () => {
      button.disabled = true;
      try {
        const {room_id: id} = picker.room;
        const body = JSON.stringify({name: this.getAttribute('user-name'), role: 'participant'});
        tell(
          this,
          'room-token',
          await ask(`${picker.getAttribute('endpoint')}/rooms/${id}/tokens`, {method: 'POST', body}),
        );
        said.textContent = 'You are on your way in.';
      } catch {
        said.textContent = 'That did not work. Try again.';
      }
      button.disabled = false;
    };
  }
}

customElements.define('room-picker', RoomPicker);
customElements.define('join-button', JoinButton);
