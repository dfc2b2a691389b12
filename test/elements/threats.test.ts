import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import {sendKeys} from '@web/test-runner-commands';
import '../../src/index.js';
import type {JoinButton, Room, RoomPicker, Rooms} from '../../src/index.js';
import type {RoomTokenEvent} from '../../src/elements/events.js';
import {sentence, showButton, tokensOf} from '../helpers/elements/join-button.js';
import {
  buttonOf,
  faults,
  inside,
  namesOf,
  nextError,
  openStage,
  opensIn,
  option,
  showPicker,
  textOf,
  until,
} from '../helpers/elements/stage.js';

/** Presses the button, and returns the outcome: `ok`, or the code of the error. */
async function press(join: JoinButton): Promise<string> {
  // Reading the token is what tells the button that somebody took it.
  const token = oneEvent(join, 'room-token').then(({detail}) => (detail.token ? 'ok' : 'no token'));
  const failure = nextError(join).then(({error}) => error.code);
  await until(() => buttonOf(join).getAttribute('aria-disabled') === 'false', 'it can be pressed');
  buttonOf(join).click();
  return Promise.race([token, failure]);
}

const fetched = window.fetch;
const now = Date.now;
const complaints: unknown[] = [];
const complain = (event: Event) => complaints.push(event);

before(() => {
  addEventListener('error', complain);
  addEventListener('unhandledrejection', complain);
});
after(() => {
  removeEventListener('error', complain);
  removeEventListener('unhandledrejection', complain);
});
afterEach(() => {
  window.fetch = fetched;
  Date.now = now;
  expect(complaints.splice(0)).to.deep.equal([]);
});

/** Collects every body that is sent from now on. */
function bodies(): unknown[] {
  const sent: unknown[] = [];
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    const text = await request.clone().text();
    if (text) sent.push(JSON.parse(text));
    return fetched(request);
  };
  return sent;
}

/** Counts all requests from now on. */
function counted(): {asked: number} {
  const count = {asked: 0};
  window.fetch = (...args) => (count.asked++, fetched(...args));
  return count;
}

/** A room as a platform might send it. */
const named = (name: string, at = 0, description = 'x'): Room => ({room_id: `r${at}`, name, settings: {description}});
const listing = (rooms: Room[]) => ({list: async () => rooms, get: async () => rooms[0]!}) as unknown as Rooms;

async function pickerOf(rooms: Room[]) {
  const picker = await fixture<RoomPicker>(html`<room-picker .rooms=${listing(rooms)}></room-picker>`);
  await until(() => namesOf(picker).length === rooms.length, 'all are shown');
  return picker;
}

describe('a page with polluted Object.prototype', () => {
  const POISON = {
    role: 'moderator',
    user_ref: 'root',
    data: {x: 1},
    can: ['manage'],
    owner_ref: 'root',
    endpoint: '//x',
  };
  before(() => {
    for (const [key, value] of Object.entries(POISON)) {
      Object.defineProperty(Object.prototype, key, {value, configurable: true, enumerable: true, writable: true});
    }
  });
  after(() => {
    for (const key of Object.keys(POISON)) delete (Object.prototype as Record<string, unknown>)[key];
  });

  it('lists and joins, and sends nothing it was not given', async () => {
    const stage = await openStage(['Lobby']);
    const picker = await showPicker(stage.endpoint);
    expect(namesOf(picker)).to.deep.equal(['Lobby']);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    const sent = bodies();
    expect(await press(join)).to.equal('ok');
    expect(sent.map(body => JSON.stringify(body))).to.deep.equal(['{"name":"Ann","role":"participant"}']);
  });
});

describe('a page with a patched fetch', () => {
  it('uses it, reports when it breaks, and works again afterwards', async () => {
    const stage = await openStage(['Lobby']);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    await until(() => buttonOf(join));
    const BROKEN: [patched: unknown, codes: string[]][] = [
      [() => Promise.reject(new TypeError('Failed to fetch')), ['offline']],
      [() => Promise.reject(undefined as unknown as Error), ['offline']],
      [async () => new Response('<!doctype html>'), ['signed_out']],
      [async () => new Response('{"result":0}'), ['bad_reply']],
      [async () => new Response('{"result":0,"token":7}'), ['bad_reply']],
      [async () => new Response(null, {status: 204}), ['bad_reply']],
      [async () => undefined, ['offline', 'bad_reply']],
      [
        () => {
          throw new Error('CANARY');
        },
        ['offline'],
      ],
    ];
    for (const [patched, codes] of BROKEN) {
      window.fetch = patched as typeof fetch;
      expect(await press(join)).to.be.oneOf(codes);
      await join.updateComplete;
      expect(sentence(join)).to.match(/^[A-Z].*\.$/);
      expect(sentence(join)).not.to.contain('CANARY');
    }
    const sent = bodies();
    expect(await press(join)).to.equal('ok');
    expect(sent.length).to.equal(1);
  });
});

describe('an endpoint', () => {
  const WRONG = [
    'javascript:alert(1)',
    ' JavaScript:alert(1)//http://x/',
    '//evil.example',
    '\\\\evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '\\\n/evil.example',
    'data:text/html,<script>alert(1)</script>',
    'blob:https://evil.example/1',
    'file:///etc/passwd',
    'ftp://evil.example',
    'https://ann:secret@evil.example',
    'https://',
    'http://[::1',
  ];
  for (const endpoint of WRONG) {
    it(`“${endpoint}” is refused with a sentence, and nothing is requested`, async () => {
      const count = counted();
      for (const name of ['join-button', 'room-picker'] as const) {
        const element = document.createElement(name);
        element.setAttribute('endpoint', endpoint);
        element.setAttribute('room-id', 'r1');
        const failed = nextError(element);
        document.body.append(element);
        expect((await failed).error.code).to.equal('misconfigured');
        await element.updateComplete;
        expect(textOf(element, '[role=status]')).to.match(/^[A-Z].*\.$/);
        element.remove();
      }
      expect(count.asked).to.equal(0);
    });
  }
});

describe('an id of 1 MB', () => {
  const long = 'x'.repeat(2 ** 20);

  it('is no room: nothing is requested, and another id works', async () => {
    const stage = await openStage(['Lobby']);
    const count = counted();
    const join = await showButton(stage.endpoint, long);
    expect(await press(join)).to.equal('not_found');
    for (const id of ['..', '../..', 'a/b', '%2e%2e', 'a?b', 'a#b', 'é', '']) {
      join.roomId = id;
      await join.updateComplete;
      expect(await press(join), id).to.equal('not_found');
    }
    expect(count.asked).to.equal(0);
    join.roomId = stage.roomIds[0]!;
    await join.updateComplete;
    expect(await press(join)).to.equal('ok');
  });

  it('is no choice in the picker, which shows its rooms', async () => {
    const stage = await openStage(['Lobby']);
    const picker = await showPicker(stage.endpoint, {value: long});
    expect([picker.room, namesOf(picker)]).to.deep.equal([undefined, ['Lobby']]);
  });
});

describe('names with RTL override, zalgo, lone surrogates, 10 000 characters, NUL', () => {
  const ZALGO = `Z${'\u0300\u0316\u0489'.repeat(200)}algo`;
  const NAMES = [
    '\u202Egnp.exe',
    ZALGO,
    'a\ud800b',
    'x'.repeat(10_000),
    'a\0b',
    '\u2066\u2067\u200f',
    'א 1 (ב',
    '𒐫'.repeat(300),
  ];

  it('are shown unchanged, and stay inside the list', async () => {
    const picker = await pickerOf(NAMES.map((name, at) => named(name, at, name)));
    expect(namesOf(picker)).to.deep.equal(NAMES.map(name => name.trim()));
    const list = inside(picker, '[part=list]');
    expect(list.scrollWidth).to.be.at.most(list.clientWidth);
    for (const row of picker.shadowRoot!.querySelectorAll('[role=option]')) {
      expect(row.querySelectorAll('bdi').length, 'each by itself').to.equal(2);
    }
    const chosen = oneEvent(picker, 'room-select');
    option(picker, NAMES[3]!).click();
    await chosen;
    expect(picker.value).to.equal('r3');
  });

  it('are accepted or refused in a sentence, and a plain one is accepted afterwards', async () => {
    const stage = await openStage(['Lobby']);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    for (const name of NAMES) {
      join.userName = name;
      await join.updateComplete;
      const outcome = await press(join);
      expect(outcome, JSON.stringify(name.slice(0, 9))).to.equal(name === NAMES[6] ? 'ok' : 'invalid');
      await join.updateComplete;
      if (outcome === 'invalid') expect(sentence(join)).to.match(/^[A-Z].*\.$/);
    }
    join.userName = 'Ann';
    await join.updateComplete;
    expect(await press(join)).to.equal('ok');
  });
});

describe('what happens between load and click', () => {
  it('removed meanwhile: joining a deleted room says so, and the room leaves the list', async () => {
    const stage = await openStage(['Lobby', 'Gone']);
    const picker = await showPicker(stage.endpoint);
    picker.id = 'rooms';
    picker.value = stage.roomIds[1]!;
    const join = await fixture<JoinButton>(html`<join-button for="rooms" user-name="Ann"></join-button>`);
    document.body.append(picker, join);
    await stage.run('remove', stage.roomIds[1]);
    expect(await press(join)).to.equal('not_found');
    await picker.reload();
    await picker.updateComplete;
    expect(namesOf(picker)).to.deep.equal(['Lobby']);
    picker.value = stage.roomIds[0]!;
    await picker.updateComplete;
    expect(await press(join)).to.equal('ok');
    picker.remove();
    join.remove();
  });

  it('double click, triple click and Enter: one token', async () => {
    const stage = await openStage(['Lobby']);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    await stage.run('hold');
    const tokens = tokensOf(join);
    for (const detail of [1, 2, 3]) buttonOf(join).dispatchEvent(new MouseEvent('click', {detail, bubbles: true}));
    buttonOf(join).focus();
    await sendKeys({press: 'Enter'});
    await stage.run('release');
    await until(() => tokens.length);
    await until(() => buttonOf(join).getAttribute('aria-disabled') === 'false', 'it rests');
    expect([tokens.length, await stage.count('token')]).to.deep.equal([1, 1]);
  });

  it('offline at click: says so, and joins when back online', async () => {
    const stage = await openStage(['Lobby']);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    window.fetch = () => Promise.reject(new TypeError('Failed to fetch'));
    expect(await press(join)).to.equal('offline');
    window.fetch = fetched;
    expect(await press(join)).to.equal('ok');
    expect(await stage.count('token')).to.equal(1);
  });

  it('CORS blocked: says that the rooms cannot be reached', async () => {
    const stage = await openStage(['Lobby']);
    const platform = `${new URL(await faults()).origin}/platform/${stage.id}/video/v2`;
    const join = await showButton(platform, stage.roomIds[0]!);
    expect(await press(join)).to.equal('offline');
    expect(await stage.count('token')).to.equal(0);
  });

  for (const clockOffset of [3_600_000, -3_600_000]) {
    it(`clock skew: opens by the server’s clock, which differs by ${clockOffset / 3_600_000} h`, async () => {
      const stage = await openStage([opensIn('Soon', 3_000, clockOffset)], {clockOffset});
      const join = await showButton(stage.endpoint, stage.roomIds[0]!);
      await until(() => inside(join, '[part=countdown]'));
      expect(textOf(join, '[part=countdown]')).to.match(/^00:00:0[1-4]$/);
      const token = oneEvent(join, 'room-token') as unknown as Promise<RoomTokenEvent>;
      expect(await press(join)).to.equal('ok');
      const {expiresAt} = (await token).detail;
      expect(expiresAt.getTime() - clockOffset - Date.now()).to.be.within(0, 16 * 60_000);
    });
  }

  it('laptop asleep for 20 minutes: a room that opened meanwhile can be joined at once', async () => {
    const stage = await openStage([opensIn('Later', 600_000)]);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    await until(() => inside(join, '[part=countdown]'));
    await stage.run('advance', 1_200_000);
    Date.now = () => now() + 1_200_000;
    expect(await press(join)).to.equal('ok');
  });
});
