import {expect, oneEvent} from '@open-wc/testing';
import '../../src/index.js';
import {RoomsError, type Room} from '../../src/index.js';
import {
  announcementsOf,
  isReady,
  ownRooms,
  press,
  sentence,
  showButton,
  showOwn,
  tokensOf,
} from '../helpers/elements/join-button.js';
import {
  buttonOf,
  faults,
  inside,
  labelOf,
  nextError,
  openStage,
  opensIn,
  permanent,
  textOf,
  until,
} from '../helpers/elements/stage.js';

const fetched = window.fetch;
afterEach(() => {
  window.fetch = fetched;
});

/** Answers the next POST; `answer` may send the request first, or not at all. */
function answering(answer: (request: Request) => Promise<Response>) {
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (request.method !== 'POST') return fetched(request);
    window.fetch = fetched;
    return answer(request);
  };
}

describe('<join-button> that fails', () => {
  it('shows each refusal in a sentence, and can be used again', async () => {
    const full = permanent('Full', {settings: {participants: 1}});
    const stage = await openStage(['Lobby', 'Gone', full, opensIn('Over', -60_000)]);
    const [lobby, gone, fullId, over] = stage.roomIds as [string, string, string, string];
    await stage.run('occupy', fullId);
    const join = await showButton(stage.endpoint, lobby);
    for (const [roomId, code, words, before] of [
      [gone, 'not_found', 'This room does not exist. Choose another one.', () => stage.run('remove', gone)],
      [fullId, 'room_full', 'This room is full. Try again in a moment.', () => undefined],
      [over, 'over', 'This room is over.', () => stage.run('advance', 3_600_000)],
    ] as const) {
      const gets = await stage.count('get');
      join.roomId = roomId;
      await until(async () => (await stage.count('get')) > gets);
      await before();
      setTimeout(() => buttonOf(join).click());
      expect((await nextError(join)).error.code).to.equal(code);
      await until(() => sentence(join) === words, words);
      expect(join.shadowRoot!.querySelectorAll('[role=status]')).to.have.length(1);
    }
    join.roomId = lobby;
    await join.updateComplete;
    expect(sentence(join)).to.equal('');
    setTimeout(() => buttonOf(join).click());
    await oneEvent(join, 'room-token');
  });

  it('refuses a role that is not allowed and a role that does not exist', async () => {
    const stage = await openStage(['Lobby']);
    for (const [role, code, words] of [
      ['moderator', 'denied', 'You are not allowed to do this.'],
      ['boss', 'role_invalid', 'This page is not set up correctly. Please tell its owner.'],
    ] as const) {
      const join = await showButton(stage.endpoint, stage.roomIds[0]!, {'user-role': role});
      setTimeout(() => buttonOf(join).click());
      const {error} = await nextError(join);
      expect(error.code).to.equal(code);
      await join.updateComplete;
      expect(sentence(join)).to.equal(words);
    }
    expect(await stage.count('token')).to.equal(0);
  });

  it('says that its endpoint is wrong, and throws nothing', async () => {
    const thrown: unknown[] = [];
    const listen = (event: Event) => thrown.push(event);
    addEventListener('error', listen);
    addEventListener('unhandledrejection', listen);
    for (const [endpoint, code] of [
      ['', 'misconfigured'],
      ['javascript:alert(1)', 'misconfigured'],
      [`${await faults()}/nowhere`, 'bad_reply'],
      ['http://127.0.0.1:9', 'offline'],
    ] as const) {
      const join = document.createElement('join-button');
      join.endpoint = endpoint;
      join.roomId = 'r1';
      setTimeout(() => document.body.append(join));
      const {error} = await nextError(join);
      expect([endpoint, error.code]).to.deep.equal([endpoint, code]);
      await join.updateComplete;
      expect(sentence(join)).to.match(/^[A-Z].*\.$/);
      setTimeout(() => buttonOf(join).click());
      expect((await nextError(join)).error.code).to.equal(code);
      join.remove();
    }
    removeEventListener('error', listen);
    removeEventListener('unhandledrejection', listen);
    expect(thrown).to.deep.equal([]);
  });

  it('shows nothing of a failure that the page took over', async () => {
    const stage = await openStage(['Lobby']);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!, {'user-role': 'moderator'});
    join.addEventListener('room-error', event => event.preventDefault());
    setTimeout(() => buttonOf(join).click());
    await nextError(join);
    await join.updateComplete;
    expect(sentence(join)).to.equal('');
    expect(labelOf(join)).to.equal('Join');
  });

  it('requests nothing for a role that does not exist, and joins with one that does', async () => {
    const page = ownRooms();
    const join = await showOwn(page);
    for (const role of ['boss', 'Moderator', 'moderator,viewer', 'toString']) {
      join.setAttribute('user-role', role);
      await join.updateComplete;
      let asked = false;
      join.addEventListener('room-join', () => (asked = true), {once: true});
      expect(await press(join)).to.equal('role_invalid');
      await join.updateComplete;
      expect(sentence(join)).to.equal('This page is not set up correctly. Please tell its owner.');
      expect([asked, page.asked.length]).to.deep.equal([false, 0]);
    }
    join.setAttribute('user-role', 'viewer');
    expect(await press(join)).to.equal('ok');
    expect(page.asked[0]!.request).to.have.property('role', 'viewer');
  });

  it('waits for Retry-After after too many tries, keeps the focus, and says when to try again', async () => {
    const stage = await openStage(['Lobby']);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    await until(() => labelOf(join));
    const refusal = {result: 10219, code: 'rate_limited', error: 'Too many'};
    const headers = {'retry-after': '2'};
    answering(async () => Response.json(refusal, {status: 429, headers}));
    join.focus();
    expect(await press(join)).to.equal('rate_limited');
    await join.updateComplete;
    const said = announcementsOf(join);
    expect(textOf(join, '[part=countdown]')).to.match(/^00:00:0[12]$/);
    expect(textOf(join, '#reason')).to.equal('Too many tries. Try again in a moment.');
    buttonOf(join).click();
    await until(() => isReady(join), 'it waited');
    expect(said).to.deep.equal(['Too many tries. Wait 2 seconds.', 'Try again']);
    expect(join.shadowRoot!.activeElement).to.equal(buttonOf(join));
    expect(await stage.count('token')).to.equal(0);
    expect(await press(join)).to.equal('ok');
  });

  it('can be pressed again at once when the answer has no Retry-After', async () => {
    const page = ownRooms();
    const join = await showOwn(page);
    for (const [code, words] of [
      ['rate_limited', 'Too many tries. Try again in a moment.'],
      ['platform_down', 'The rooms do not answer. Try again in a moment.'],
      ['denied', 'You are not allowed to do this.'],
      ['not_open_yet', 'This room is not open yet.'],
    ] as const) {
      page.answer = () => Promise.reject(new RoomsError(code, 'Refused.'));
      expect(await press(join)).to.equal(code);
      await join.updateComplete;
      expect([sentence(join), isReady(join)]).to.deep.equal([words, true]);
    }
  });

  it('asks to be pressed again when the network is back, and requests nothing by itself', async () => {
    const stage = await openStage(['Lobby']);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    answering(() => Promise.reject(new TypeError('Failed to fetch')));
    expect(await press(join)).to.equal('offline');
    await join.updateComplete;
    expect(sentence(join)).to.equal('The rooms cannot be reached. Check your connection.');
    dispatchEvent(new Event('online'));
    await join.updateComplete;
    expect(sentence(join)).to.equal('You are online again. Press the button once more.');
    expect(await stage.count('token')).to.equal(0);
    expect(await press(join)).to.equal('ok');
  });

  it('loads its room when the network is back', async () => {
    const stage = await openStage([opensIn('Later', 600_000)]);
    window.fetch = () => Promise.reject(new TypeError('Failed to fetch'));
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    await until(() => /connection/.test(sentence(join)));
    window.fetch = fetched;
    dispatchEvent(new Event('online'));
    await until(() => inside(join, '[part=countdown]'));
  });

  it('gets one token for a press and another press after a lost answer', async () => {
    const stage = await openStage(['Lobby']);
    const join = await showButton(stage.endpoint, stage.roomIds[0]!);
    const tokens = tokensOf(join);
    answering(async request => fetched(request).then(() => Promise.reject(new TypeError('Failed to fetch'))));
    expect(await press(join)).to.equal('offline');
    expect(await press(join)).to.equal('ok');
    expect([tokens.length, await stage.count('token')]).to.deep.equal([1, 1]);
    expect(await press(join)).to.equal('ok');
    expect(await stage.count('token')).to.equal(2);
    expect(tokens[0]!.detail.token).not.to.equal(tokens[1]!.detail.token);
  });

  it('keeps the idempotency key until an answer arrives or the request changes', async () => {
    const page = ownRooms();
    const join = await showOwn(page);
    for (const code of ['timeout', 'offline', 'platform_down', 'bad_reply', 'room_full', 'timeout'] as const) {
      page.answer = () => Promise.reject(new RoomsError(code, 'Refused.'));
      expect(await press(join)).to.equal(code);
    }
    join.userName = 'Bob';
    page.answer = async () => ({token: 'opaque'});
    expect(await press(join)).to.equal('ok');
    expect(await press(join)).to.equal('ok');
    const keys = page.asked.map(({key}) => key!);
    expect(new Set(keys.slice(0, 5)).size, 'no answer').to.equal(1);
    expect(new Set(keys.slice(4)).size, 'a refusal, another name, a token').to.equal(4);
  });

  it('keeps joining when a load fails meanwhile', async () => {
    const page = ownRooms();
    let fail = () => {};
    const gets = [new Promise<Room>((_, reject) => (fail = () => reject(new RoomsError('timeout', 'Late.'))))];
    page.rooms.get = async room_id => gets.shift() ?? {room_id, name: 'Own', settings: {}};
    const join = await showOwn(page);
    let arrive = (_issued: {token: string}) => {};
    page.answer = () => new Promise(resolve => (arrive = resolve));
    const tokens = tokensOf(join);
    buttonOf(join).click();
    await until(() => page.asked.length);
    setTimeout(fail);
    expect((await nextError(join)).operation).to.equal('get');
    await join.updateComplete;
    expect(labelOf(join)).to.equal('Joining…');
    arrive({token: 'opaque'});
    await until(() => tokens.length);
  });
});
