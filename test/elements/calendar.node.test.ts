import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import ICAL from 'ical.js';
import {calendarOf} from '../../src/elements/calendar.js';
import type {Room} from '../../src/rooms/room.js';

const NOW = Date.UTC(2030, 0, 15, 9);
const room = (settings: Room['settings'] = {}, name = 'Quarterly review'): Room => ({
  room_id: '64f1c8a2e4b0a1b2c3d4e5f6',
  name,
  settings: {scheduled: true, scheduled_time: '2030-03-31 00:30:00', duration: 90, ...settings},
});
const read = (text: string) =>
  new ICAL.Event(new ICAL.Component(ICAL.parse(text) as never[]).getFirstSubcomponent('vevent')!);
const make = (of: Room, link?: string, now = NOW) => calendarOf(of, {link, at: 'shop.example', now})!;

describe('the calendar file of a room', () => {
  it('has the start, the end and the name, in UTC, so every zone shows its own time', () => {
    const event = read(make(room({description: 'Figures, plans; and\nwishes \\o/'})));
    assert.equal(event.summary, 'Quarterly review');
    assert.equal(event.description, 'Figures, plans; and\nwishes \\o/');
    // In the night in which Europe's clocks go forward.
    assert.equal(+event.startDate.toJSDate(), Date.UTC(2030, 2, 31, 0, 30));
    assert.equal(+event.endDate.toJSDate(), Date.UTC(2030, 2, 31, 2));
    assert.equal(event.startDate.zone.tzid, 'UTC');
  });

  it('replaces what was added before: the same UID, and a SEQUENCE that grows', () => {
    const [first, second] = [read(make(room())), read(make(room({duration: 30}), undefined, NOW + 60_000))];
    assert.equal(first.uid, '64f1c8a2e4b0a1b2c3d4e5f6@shop.example');
    assert.equal(second.uid, first.uid);
    assert.equal(second.sequence - first.sequence, 1);
    // The largest number that a calendar has to store.
    assert.ok(second.sequence < 2 ** 31);
  });

  it('has the link to the room, as an address and in the description', () => {
    const link = 'https://shop.example/r/a?b=1,2;c';
    const text = make(room({description: 'Bring figures'}), link);
    assert.equal(read(text).description, `Bring figures\n${link}`);
    assert.equal(read(text).component.getFirstPropertyValue('url'), link);
  });

  for (const [what, name] of [
    ['line breaks that could begin a line of their own', 'A\r\nATTENDEE:mailto:x@y.example\u2028\u0085\u000bB'],
    ['letters of several bytes', '会議室'.repeat(40)],
    ['letters of two code units', '👩‍🚀'.repeat(40)],
    ['marks of the format', '\\;,:"\'{}'.repeat(20)],
    ['nothing', ''],
  ] as const) {
    it(`keeps a name with ${what}`, () => {
      const text = make(room({description: name}, name));
      const event = read(text);
      assert.equal(event.component.getAllProperties('attendee').length, 0);
      // Control characters become spaces, except for line breaks.
      assert.equal(event.summary ?? '', name.replace(/\r\n/g, '\n').replace(/(?!\n)\p{Cc}/gu, ' '));
      for (const line of text.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line);
      assert.ok(!/[^\r]\n/.test(text), 'every line ends with CRLF');
    });
  }

  it('is there only for a room that is scheduled', () => {
    assert.equal(calendarOf({room_id: 'a', name: 'A', settings: {}}, {at: 'shop.example', now: NOW}), undefined);
  });
});
