import {expect, fixture, html} from '@open-wc/testing';
import '../../src/define/room-editor.js';
import '../../src/define/room-users.js';
import '../../src/index.js';
import {RoomsError, type JoinButton, type Rooms} from '../../src/index.js';
import {buttonOf, faults, nextError, textOf, until} from '../helpers/elements/stage.js';

const NOT_SET_UP = 'This page is not set up correctly. Please tell its owner.';
const WENT_WRONG = 'Something went wrong. Try again.';
/** What a visitor can neither understand nor change. */
const TECHNICAL = /endpoint|attribute|role|proxy|token|http|room-id|meta/i;

const warn = console.warn;
let warnings: string[] = [];
beforeEach(() => {
  warnings = [];
  console.warn = (warning: string) => warnings.push(warning);
});
afterEach(() => {
  console.warn = warn;
});

type Name = 'join-button' | 'room-picker' | 'room-users' | 'room-editor';

/** Shows an element until it has failed, and returns its error and its sentence. */
async function fail(name: Name, attributes: Record<string, string>, rooms?: Partial<Rooms>) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (rooms) element.rooms = rooms as Rooms;
  const failed = nextError(element);
  const page = await fixture<HTMLElement>(html`<main>${element}</main>`);
  if (element.localName === 'join-button') buttonOf(element as JoinButton).click();
  const {error} = await failed;
  await until(() => textOf(element, '[role=status]').endsWith('.'), 'it says a sentence');
  const sentence = textOf(element, '[role=status]');
  page.remove();
  return {error, sentence};
}

describe('a page that is not set up correctly', () => {
  const elements: [Name, Record<string, string>][] = [
    ['join-button', {'room-id': 'r1'}],
    ['room-picker', {}],
    ['room-users', {'room-id': 'r1'}],
    ['room-editor', {'room-id': 'r1'}],
  ];
  for (const [name, attributes] of elements) {
    it(`has a neutral sentence of <${name}> for the visitor, and the cause for its author`, async () => {
      for (const [endpoint, code, words, cause] of [
        ['', 'misconfigured', NOT_SET_UP, 'There is no endpoint.'],
        ['javascript:1', 'misconfigured', NOT_SET_UP, '“javascript:1” is not an http(s) address.'],
        [`${await faults()}/nowhere`, 'bad_reply', WENT_WRONG, 'Not an answer of the Rooms API'],
      ] as const) {
        warnings = [];
        const {error, sentence} = await fail(name, {...attributes, endpoint});
        expect([error.code, sentence]).to.deep.equal([code, words]);
        expect(error.message).to.contain(cause);
        expect(sentence).not.to.match(TECHNICAL);
        expect(warnings).to.have.length(1);
        expect(warnings[0]).to.contain(`<${name}>: ${error.message} Check its endpoint.`);
      }
    });
  }

  it('has no app-key repeated, neither to the visitor nor in the console', async () => {
    const {error, sentence} = await fail('room-picker', {'app-key': 'secret', endpoint: '/api'});
    expect([error.code, sentence]).to.deep.equal(['misconfigured', NOT_SET_UP]);
    expect(warnings.join()).to.contain('app-key').and.not.to.contain('secret');
  });

  it('asks for a role that does not exist', async () => {
    const {error, sentence} = await fail(
      'join-button',
      {'room-id': 'r1', 'user-role': 'boss'},
      {get: async () => room},
    );
    expect([error.code, error.key, sentence]).to.deep.equal(['role_invalid', 'user-role', NOT_SET_UP]);
    expect(warnings).to.deep.equal([
      '<join-button>: A role is moderator, participant, viewer or audience. Check its user-role. ',
    ]);
  });

  it('gives a button no room', async () => {
    const {error, sentence} = await fail('join-button', {endpoint: '/api'});
    expect([error.code, error.key]).to.deep.equal(['not_found', 'room-id']);
    expect(sentence).to.equal('This room does not exist. Choose another one.');
    expect(warnings).to.deep.equal(['<join-button>: The room-id is empty. Check its room-id. ']);
  });

  it('is warned about once, however often it fails', async () => {
    const rooms = {list: () => Promise.reject(new RoomsError('bad_reply', 'Not once more.'))};
    for (let times = 0; times < 3; times++) await fail('room-picker', {}, rooms);
    expect(warnings).to.deep.equal(['<room-picker>: Not once more. Check its endpoint. ']);
  });

  it('is not warned about where the page shows the failure itself, nor for what a visitor can understand', async () => {
    const take = (event: Event) => event.preventDefault();
    addEventListener('room-error', take);
    const rooms = {list: () => Promise.reject(new RoomsError('misconfigured', 'Taken over.'))};
    const failed = nextError(document.body);
    const picker = await fixture<HTMLElement>(html`<room-picker .rooms=${rooms}></room-picker>`);
    expect((await failed).error.message).to.equal('Taken over.');
    expect(textOf(picker, '[role=status]')).to.equal('');
    removeEventListener('room-error', take);
    await fail('room-picker', {}, {list: () => Promise.reject(new RoomsError('offline', 'No network.'))});
    expect(warnings).to.deep.equal([]);
  });
});

const room = {room_id: 'r1', name: 'Own', settings: {}};
