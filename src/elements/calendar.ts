import type {Room} from '../rooms/room.js';
import {EARLY, isoTime, joinWindow} from '../rooms/times.js';

/** How many bytes a line may have: RFC 5545, section 3.1. */
const LINE = 75;

/**
 * A scheduled room as an iCalendar file (RFC 5545); undefined for a room that is not scheduled. Its times are in UTC, so
 * each calendar shows them in its own zone. Whoever adds the same room again gets its present times, not a second entry.
 *
 * @param link - Where people join.
 * @param at - The name of the site, which makes the room's id unique in the world.
 * @param now - Epoch ms.
 */
export function calendarOf(
  {room_id, name, settings}: Room,
  {link, at, now}: {link?: string | undefined; at: string; now: number},
): string | undefined {
  const {opensAt, endsAt} = joinWindow({settings}) ?? {};
  if (!opensAt || !endsAt) return undefined;
  const {description = ''} = settings;
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Greenroom//Room//EN',
    'METHOD:PUBLISH',
    'BEGIN:VEVENT',
    `UID:${text(`${room_id}@${at}`)}`,
    // Nobody knows how often a room was changed. The minute in which the file was made grows all the same.
    `SEQUENCE:${Math.floor(now / 60_000)}`,
    `DTSTAMP:${stamp(now)}`,
    `DTSTART:${stamp(+opensAt + EARLY)}`,
    `DTEND:${stamp(endsAt)}`,
    `SUMMARY:${text(name)}`,
    ...(description || link ? [`DESCRIPTION:${text([description, link].filter(Boolean).join('\n'))}`] : []),
    // An address is no text, so nothing is escaped in it.
    ...(link ? [`URL:${link}`] : []),
    'END:VEVENT',
    'END:VCALENDAR',
  ];
  return lines.map(line => `${folded(line)}\r\n`).join('');
}

const stamp = (time: Date | number) => `${isoTime(time).replace(/[-:]/g, '')}Z`;

/** Control characters could begin a line of their own. */
const text = (value: string) =>
  value
    .replace(/[\\;,]/g, '\\$&')
    .replace(/\r\n?|\n/g, '\\n')
    .replace(/\p{Cc}/gu, ' ');

/** Breaks a long line, never inside a character. The next line begins with a space. */
function folded(line: string): string {
  let out = '';
  let bytes = 0;
  for (const letter of line) {
    const size = new TextEncoder().encode(letter).length;
    if (bytes + size > LINE) {
      out += '\r\n ';
      bytes = 1;
    }
    out += letter;
    bytes += size;
  }
  return out;
}
