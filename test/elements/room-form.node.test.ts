import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {bodyOf, faultsIn, formOf, sentenceOf, type Form} from '../../src/elements/room-form.js';
import {en} from '../../src/locales/managing/en.js';

// These run in Node, because a browser uses the time zone of its machine, which may have no summer time.
process.env.TZ = 'Europe/Berlin';

const now = Date.UTC(2030, 0, 7, 12);
const starting = (scheduled_time: string): Form => ({
  ...formOf(),
  name: 'Talk',
  opening: 'scheduled',
  scheduled_time,
  duration: '30',
});
const scheduled = (scheduled_time: string) => ({
  room_id: 'talk',
  name: 'Talk',
  settings: {scheduled: true, scheduled_time, duration: 30},
});

describe('the start of a room in a time zone with summer time', () => {
  it('is sent in UTC, in winter and in summer', () => {
    const sent = (time: string) => bodyOf(starting(time)).settings?.scheduled_time;
    assert.equal(sent('2031-01-15T10:30'), '2031-01-15 09:30:00');
    assert.equal(sent('2031-07-15T10:30'), '2031-07-15 08:30:00');
    assert.equal(sent('2031-07-01T00:30'), '2031-06-30 22:30:00');
  });

  it('is refused if the clocks skip it, and accepted a minute before and after', () => {
    const faults = (time: string) => {
      const form = starting(time);
      const found = [...faultsIn(form, {now})];
      return found.map(([field, fault]) => [field, sentenceOf(fault, field, en, form)]);
    };
    assert.deepEqual(faults('2031-03-30T01:59'), []);
    assert.deepEqual(faults('2031-03-30T02:00'), [['scheduled_time', en.faults.gap]]);
    assert.deepEqual(faults('2031-03-30T02:59'), [['scheduled_time', en.faults.gap]]);
    assert.deepEqual(faults('2031-03-30T03:00'), []);
  });

  it('stays the same in either of the hours that occur twice, if it is not touched', () => {
    for (const time of ['2031-10-26 00:30:00', '2031-10-26 01:30:00', '2031-10-26 01:30:07']) {
      const was = formOf(scheduled(time));
      assert.match(was.scheduled_time as string, /^2031-10-26T02:30/);
      assert.deepEqual(bodyOf({...was, duration: '60'}, was), {settings: {duration: 60}});
    }
  });

  it('is changed within the first of the two hours', () => {
    const was = formOf(scheduled('2031-10-26 01:30:00'));
    const {settings} = bodyOf({...was, scheduled_time: '2031-10-26T02:45'}, was);
    assert.deepEqual(settings, {scheduled_time: '2031-10-26 00:45:00'});
  });
});
