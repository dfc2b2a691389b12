import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {bigbluebutton} from '../../src/engines/bigbluebutton.js';
import {recorder} from '../helpers/engines/recorder.js';
import {needsSdks, sdk} from '../helpers/engines/sdk.js';

const SECRET = 'canary-secret';
const ROOM = {room_id: 'lobby', name: 'Große Lobby & more', settings: {moderators: 1, participants: 4}};
const ANN = {name: "Ann O'Neil (äöü)", role: 'participant' as const, user_ref: 'ann'};

const CREATED = `<response><returncode>SUCCESS</returncode><meetingID>lobby</meetingID><createTime>1531155809613</createTime>
  <messageKey>duplicateWarning</messageKey></response>`;
const MEETINGS = `<response><returncode>SUCCESS</returncode><meetings>
  <meeting><meetingName>Lobby</meetingName><meetingID>lobby</meetingID><participantCount>2</participantCount></meeting>
  </meetings></response>`;
const NONE = `<response><returncode>SUCCESS</returncode><meetings /><messageKey>noMeetings</messageKey></response>`;
const INFO = `<response><returncode>SUCCESS</returncode><meetingID>lobby</meetingID><attendees>
  <attendee><userID>ann</userID><fullName>Ann &lt;3 &amp; Co</fullName><role>MODERATOR</role></attendee>
  <attendee><userID>7</userID><fullName>007</fullName><role>VIEWER</role></attendee></attendees></response>`;
const failed = (key: string) =>
  `<response><returncode>FAILED</returncode><messageKey>${key}</messageKey><message>canary-text</message></response>`;

interface Sdk {
  api: (host: string, secret: string) => {monitoring: {getMeetings(): string; getMeetingInfo(id: string): string}};
  util: {
    constructUrl(host: string, secret: string, action: string, params: object): string;
    getChecksum?(action: string, params: object, secret: string): string;
  };
}

describe('the engine of BigBlueButton', () => {
  it('gives an address to open that is for this session, with the person’s name, id and role', async t => {
    const {url, requests, answer} = await recorder(t);
    answer(() => ({body: CREATED}));
    const {token, connection} = await bigbluebutton({url, secret: SECRET}).token(ROOM, {...ANN, role: 'moderator'});
    const {searchParams, origin, pathname} = new URL(token);
    const {checksum, ...values} = Object.fromEntries(searchParams);
    assert.equal(origin + pathname, `${url}/join`);
    assert.match(checksum!, /^[0-9a-f]{64}$/);
    assert.deepEqual(values, {
      fullName: ANN.name,
      meetingID: 'lobby',
      role: 'MODERATOR',
      userID: 'ann',
      createTime: '1531155809613',
    });
    assert.equal(connection, undefined);
    assert.match(
      requests[0]!.path,
      /^\/create\?name=Gro%C3%9Fe%20Lobby%20%26%20more&meetingID=lobby&maxParticipants=5&/,
    );
    assert.ok(!JSON.stringify([token, requests]).includes(SECRET));
  });

  it('lets people knock, but not moderators', async t => {
    const {url, requests, answer} = await recorder(t);
    answer(() => ({body: CREATED}));
    const engine = bigbluebutton({url, secret: SECRET});
    const room = {...ROOM, settings: {...ROOM.settings, knock: true}};
    const guest = async (role: 'participant' | 'moderator') =>
      new URL((await engine.token(room, {...ANN, role})).token).searchParams.get('guest');
    assert.deepEqual([await guest('participant'), await guest('moderator')], ['true', null]);
    assert.match(requests[0]!.path, /guestPolicy=ASK_MODERATOR/);
  });

  it('knows who is inside, and closes a room that is not open without an error', async t => {
    const {url, answer} = await recorder(t);
    const engine = bigbluebutton({url, secret: SECRET});
    answer(({path}) => ({body: path.startsWith('/getMeetings') ? MEETINGS : INFO}));
    assert.deepEqual([...(await engine.active([ROOM]))], [['lobby', 2]]);
    assert.deepEqual(await engine.users(ROOM), [
      {name: 'Ann <3 & Co', role: 'moderator', user_ref: 'ann'},
      {name: '007', role: 'participant', user_ref: '7'},
    ]);
    answer(({path}) => ({body: path.startsWith('/getMeetings') ? NONE : failed('notFound')}));
    assert.deepEqual([...(await engine.active([ROOM]))], []);
    assert.deepEqual(await engine.users(ROOM), []);
    await engine.close(ROOM);
  });

  const deep = `${'<a>'.repeat(5_000)}${'</a>'.repeat(5_000)}`;
  const laughs = `<!DOCTYPE r [<!ENTITY a "canary-text"><!ENTITY b "&a;&a;&a;&a;">]><response><returncode>&b;</returncode></response>`;
  for (const [what, body, code] of [
    ['a wrong secret', failed('checksumError'), 'unauthorized'],
    ['another refusal', failed('maxConcurrentMeetingsReached'), 'bad_reply'],
    ['a page', '<html><body>canary-text</body></html>', 'bad_reply'],
    ['entities that grow', laughs, 'bad_reply'],
    ['tags that nest too deep', `<response>${deep}</response>`, 'bad_reply'],
    ['half an answer', MEETINGS.slice(0, 90), 'bad_reply'],
    ['nothing', '', 'bad_reply'],
  ] as const) {
    it(`is refused in our own words: ${what}`, async t => {
      const {url, answer} = await recorder(t);
      answer(() => ({body}));
      await assert.rejects(bigbluebutton({url, secret: SECRET}).active([ROOM]), (error: Error & {code: string}) => {
        assert.equal(error.code, code);
        return !/canary/.test(error.message);
      });
    });
  }
});

describe('the engine of BigBlueButton, beside bigbluebutton-js', needsSdks, () => {
  it('asks by the same addresses', async t => {
    const {url, requests, answer} = await recorder(t);
    answer(({path}) => ({
      body: path.startsWith('/getMeetings') ? NONE : path.startsWith('/create') ? CREATED : failed('notFound'),
    }));
    // The package signs with SHA-1 only, and writes `/api` itself.
    const engine = bigbluebutton({url, secret: SECRET, hash: 'SHA-1'});
    const {api, util} = sdk<Sdk>('bigbluebutton-js');
    const {monitoring} = api(url, SECRET);
    await engine.active([ROOM]);
    await engine.users(ROOM);
    await engine.close(ROOM);
    const {token} = await engine.token(ROOM, ANN);
    const theirs = (action: string, params: object) => util.constructUrl(url, SECRET, action, params);
    const values = (address: string) => {
      const {checksum: _, ...others} = Object.fromEntries(new URL(address, url).searchParams);
      return others;
    };
    assert.deepEqual(
      [...requests.map(({path}) => url + path), token],
      [
        monitoring.getMeetings(),
        monitoring.getMeetingInfo('lobby'),
        theirs('end', {meetingID: 'lobby'}),
        theirs('create', values(requests[3]!.path)),
        theirs('join', values(token)),
      ].map(address => address.replace('/api/', '/')),
    );
  });
});
