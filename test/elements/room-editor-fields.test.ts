import {expect, oneEvent} from '@open-wc/testing';
import type {Room} from '../../src/index.js';
import type {RoomEditor} from '../../src/elements/room-editor.js';
import {faultAt, field, fill, openManaged, pressButton, showEditor, through} from '../helpers/elements/editing.js';
import {inside, nextError, textOf, until} from '../helpers/elements/stage.js';

/** The first minute that the local clocks skip within three years; undefined if there is none. */
function skipped(): string | undefined {
  const hour = 3_600_000;
  const offset = (time: number) => new Date(time).getTimezoneOffset();
  for (let time = Math.ceil(Date.now() / hour) * hour, end = time + 3 * 366 * 24 * hour; time < end; time += hour) {
    if (offset(time) >= offset(time - 60_000)) continue;
    const before = new Date(time - offset(time - 60_000) * 60_000);
    return before.toISOString().slice(0, 16);
  }
}

describe('times in <room-editor>', () => {
  it('reads the start in the visitor’s time zone, and sends it in UTC', async () => {
    const stage = await openManaged();
    const {rooms, sent} = through(stage.endpoint);
    const editor = await showEditor(rooms);
    await fill(editor, 'name', 'Talk');
    inside(editor, '[name=opening][value=scheduled]').click();
    await editor.updateComplete;
    const {timeZone} = Intl.DateTimeFormat().resolvedOptions();
    expect(editor.shadowRoot!.textContent).to.contain(`Times are in your time zone, ${timeZone}.`);
    await fill(editor, 'scheduled_time', '2031-03-01T10:30');
    await fill(editor, 'duration', '45');
    setTimeout(() => pressButton(editor, 'save'));
    await oneEvent(editor, 'room-saved');
    const utc = new Date(2031, 2, 1, 10, 30).toISOString().slice(0, 19).replace('T', ' ');
    expect(sent).to.deep.equal([
      {
        name: 'Talk',
        settings: {mode: 'group', participants: 2, scheduled: true, scheduled_time: utc, duration: 45},
      },
    ]);
  });

  it('asks for a start in the future, and for a duration', async () => {
    const editor = await showEditor((await openManaged()).endpoint);
    await fill(editor, 'name', 'Talk');
    inside(editor, '[name=opening][value=scheduled]').click();
    await editor.updateComplete;
    await fill(editor, 'scheduled_time', '');
    await fill(editor, 'duration', '');
    pressButton(editor, 'save');
    await until(() => editor.shadowRoot!.activeElement === field(editor, 'scheduled_time'));
    expect(faultAt(editor, 'scheduled_time')).to.equal('Please enter a date and a time.');
    expect(faultAt(editor, 'duration')).to.equal('Please fill this in.');
    await fill(editor, 'scheduled_time', '2020-01-01T10:00');
    expect(faultAt(editor, 'scheduled_time')).to.equal('Please choose a time that is still to come.');
    inside(editor, '[name=opening][value=adhoc]').click();
    await editor.updateComplete;
    expect(field(editor, 'scheduled_time')).to.equal(null);
    expect(faultAt(editor, 'duration')).to.equal('');
  });

  it('says that a local time does not exist if the clocks skip it', async () => {
    const editor = await showEditor((await openManaged()).endpoint);
    inside(editor, '[name=opening][value=scheduled]').click();
    await editor.updateComplete;
    const gap = skipped();
    await fill(editor, 'scheduled_time', gap ?? '2031-03-30T02:30');
    expect(faultAt(editor, 'scheduled_time')).to.equal(
      gap ? 'The clocks are put forward then, so this time does not exist. Please choose another.' : '',
    );
  });

  it('asks for another start when the year has five digits', async () => {
    const editor = await showEditor((await openManaged()).endpoint);
    inside(editor, '[name=opening][value=scheduled]').click();
    await editor.updateComplete;
    await fill(editor, 'scheduled_time', '12031-03-01T10:30');
    expect(faultAt(editor, 'scheduled_time')).to.equal('Please enter a date and a time.');
    await fill(editor, 'scheduled_time', '2031-03-01T10:30');
    expect(faultAt(editor, 'scheduled_time')).to.equal('');
  });

  it('does not send a start that was not changed, to the second', async () => {
    const settings = {scheduled: true, scheduled_time: '2031-10-26 01:30:07', duration: 30};
    const stage = await openManaged([{name: 'Talk', settings}]);
    const {rooms, sent} = through(stage.endpoint);
    const editor = await showEditor(rooms, stage.roomIds[0]);
    // If clocks were put back, this hour occurs twice.
    expect(field(editor, 'scheduled_time').value).to.match(/^2031-10-2[56]T\d\d:\d\d:07$/);
    await fill(editor, 'duration', '60');
    setTimeout(() => pressButton(editor, 'save'));
    await oneEvent(editor, 'room-saved');
    expect(sent).to.deep.equal([{settings: {duration: 60}}]);
  });

  it('shows the platform’s answer that a start has passed, by the right clock', async () => {
    const stage = await openManaged([], {clockOffset: 3 * 3_600_000});
    const editor = await showEditor(stage.endpoint);
    const soon = new Date(Date.now() + 3_600_000 - new Date().getTimezoneOffset() * 60_000);
    await fill(editor, 'name', 'Talk');
    inside(editor, '[name=opening][value=scheduled]').click();
    await editor.updateComplete;
    await fill(editor, 'scheduled_time', soon.toISOString().slice(0, 16));
    await fill(editor, 'duration', '30');
    setTimeout(() => pressButton(editor, 'save'));
    const {error} = await nextError(editor);
    expect([error.result, error.key]).to.deep.equal([10006, 'settings.scheduled_time']);
    await until(() => editor.shadowRoot!.activeElement === field(editor, 'scheduled_time'));
    expect(faultAt(editor, 'scheduled_time')).to.equal('Please choose a time that is still to come.');
  });
});

describe('all keys in <room-editor>', () => {
  it('creates a room with every setting that can be chosen', async () => {
    const stage = await openManaged();
    const {rooms, sent} = through(stage.endpoint);
    const editor = await showEditor(rooms);
    const settings = {
      description: 'Come in',
      moderators: 2,
      participants: 30,
      max_active_talkers: 4,
      audiences: 100,
      send_audiences_stats: true,
      hls_view_url: 'DEFAULT',
      auto_recording: true,
      screen_share: false,
      canvas: true,
      knock: true,
      wait_for_moderator: true,
      single_file_recording: true,
      watermark: true,
      abwd: false,
      facex: true,
      quality: 'HD',
      billing_code: 'B-7',
      media_zone: 'SG',
    };
    for (const [key, value] of Object.entries({
      name: 'Hall',
      mode: 'lecture',
      sip: true,
      data: '{"a": 1}',
      ...settings,
    })) {
      await fill(editor, key, typeof value === 'number' ? String(value) : value);
    }
    await fill(editor, 'role_based_recording.moderator', 'audiovideo');
    await fill(editor, 'live_recording.auto_recording', true);
    await fill(editor, 'live_recording.url', 'https://live.example/x');
    inside(editor, '[name=opening][value=adhoc]').click();
    await editor.updateComplete;
    await fill(editor, 'duration', '20');
    setTimeout(() => pressButton(editor, 'save'));
    const {detail} = await oneEvent(editor, 'room-saved');
    const more = {
      mode: 'lecture',
      adhoc: true,
      duration: 20,
      role_based_recording: {moderator: 'audiovideo'},
      live_recording: {auto_recording: true, url: 'https://live.example/x'},
    };
    expect(sent).to.deep.equal([{name: 'Hall', settings: {...settings, ...more}, sip: {enabled: true}, data: {a: 1}}]);
    const stored = (await stage.run('get', detail.room.room_id)) as Room;
    expect(stored.settings).to.deep.include({...settings, ...more});
    const again = await showEditor(stage.endpoint, detail.room.room_id);
    for (const [key, value] of Object.entries(settings)) {
      const control = field(again, key);
      expect(typeof value === 'boolean' ? control.checked : control.value, key).to.equal(
        typeof value === 'boolean' ? value : String(value),
      );
    }
    expect(again.dirty).to.equal(false);
  });

  it('refuses “1.000” as a number', async () => {
    const editor = await showEditor((await openManaged()).endpoint);
    inside(editor, '[name=opening][value=adhoc]').click();
    await editor.updateComplete;
    for (const name of ['participants', 'audiences', 'duration']) {
      await fill(editor, name, '1.000');
      expect(faultAt(editor, name), name).to.equal('Please enter a whole number.');
      await fill(editor, name, '100');
      expect(faultAt(editor, name), name).to.equal('');
    }
    await fill(editor, 'duration', '7.5');
    expect(faultAt(editor, 'duration')).to.equal('');
  });

  it('says at the field that a value is no address or no whole number, or needs an audience', async () => {
    const editor = await showEditor((await openManaged()).endpoint);
    await fill(editor, 'hls_view_url', 'http://live.example');
    expect(faultAt(editor, 'hls_view_url')).to.equal('Please enter a full address that begins with https://.');
    expect(faultAt(editor, 'audiences')).to.equal('A broadcast needs an audience of at least 1.');
    await fill(editor, 'audiences', '1');
    expect(faultAt(editor, 'audiences')).to.equal('');
    await fill(editor, 'participants', '300');
    expect(faultAt(editor, 'participants')).to.equal('Please enter a number from 1 to 266.');
    await fill(editor, 'max_active_talkers', '4');
    expect(faultAt(editor, 'participants')).to.equal('');
  });
});

describe('a room that is scheduled in <room-editor>', () => {
  const schedule = async () => {
    const editor = await showEditor((await openManaged()).endpoint);
    await fill(editor, 'name', 'Talk');
    inside(editor, '[name=opening][value=scheduled]').click();
    await editor.updateComplete;
    return editor;
  };
  const lengths = (editor: RoomEditor) => [...editor.shadowRoot!.querySelectorAll<HTMLElement>('[part=length]')];
  const group = (editor: RoomEditor) => field(editor, 'duration').closest('details')!;

  it('begins at the next half hour for 30 minutes, and says when people can come in', async () => {
    const before = Date.now();
    const editor = await schedule();
    const start = +new Date(field(editor, 'scheduled_time').value);
    expect(start).to.be.greaterThan(before);
    expect(start - before).to.be.at.most(30 * 60_000);
    expect(new Date(start).getMinutes() % 30).to.equal(0);
    expect(field(editor, 'duration').value).to.equal('30');
    await fill(editor, 'scheduled_time', '2031-03-01T10:30');
    expect(textOf(editor, '[part=window]')).to.match(/^People can come in from .*10:15.AM until .*11:00.AM\.$/);
    await fill(editor, 'duration', 'soon');
    expect(textOf(editor, '[part=window]')).to.equal('');
  });

  it('takes a usual length from a button, and keeps what was typed', async () => {
    const editor = await schedule();
    expect(lengths(editor).map(button => [button.textContent, button.ariaPressed])).to.deep.equal([
      ['15 min', 'false'],
      ['30 min', 'true'],
      ['45 min', 'false'],
      ['60 min', 'false'],
      ['90 min', 'false'],
    ]);
    lengths(editor)[3]!.click();
    await editor.updateComplete;
    expect([field(editor, 'duration').value, lengths(editor)[3]!.ariaPressed]).to.deep.equal(['60', 'true']);
    const start = field(editor, 'scheduled_time').value;
    inside(editor, '[name=opening][value=always]').click();
    await editor.updateComplete;
    inside(editor, '[name=opening][value=scheduled]').click();
    await editor.updateComplete;
    expect([field(editor, 'scheduled_time').value, field(editor, 'duration').value]).to.deep.equal([start, '60']);
  });

  it('shows the values of a closed group', async () => {
    const editor = await schedule();
    await fill(editor, 'scheduled_time', '2031-03-01T10:30');
    const values = group(editor).querySelector<HTMLElement>('summary > .help')!;
    expect(values.textContent).to.match(/^At a set time · Mar 1, 2031, 10:30.AM · 30 min$/);
    expect(values.checkVisibility()).to.equal(true);
    group(editor).open = true;
    expect(values.checkVisibility()).to.equal(false);
  });
});
