import 'greenroom';
import type {TokenDetail} from 'greenroom';
import '../style.css';

const tokens: TokenDetail[] = [];

const title = document.createElement('h1');
title.textContent = 'Greenroom with no framework';

const lounge = document.createElement('section');
const picker = document.createElement('room-picker');
Object.assign(picker, {id: 'rooms', endpoint: '/api'});
const button = document.createElement('join-button');
Object.assign(button, {for: 'rooms', userName: 'Ann'});
button.addEventListener('room-token', ({detail}) => {
  tokens.push(detail);
  tell();
});
lounge.append(picker, button);

const toggle = document.createElement('button');
toggle.addEventListener('click', () => {
  if (lounge.isConnected) lounge.remove();
  else toggle.after(lounge);
  tell();
});

const status = document.createElement('p');
status.role = 'status';

document.querySelector('#app')!.append(title, toggle, lounge, status);
tell();

function tell() {
  toggle.textContent = lounge.isConnected ? 'Leave the lounge' : 'Enter the lounge';
  status.textContent = `Tokens: ${tokens.map(({room}) => room.name).join(', ') || 'none'}`;
}
