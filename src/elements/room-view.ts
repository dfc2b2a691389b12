import type {ManagingWords} from '../locales/managing/managing.js';
import type {Room} from '../rooms/room.js';
import {readTime} from '../rooms/times.js';
import {GROUPS, isAsked, kindOf, type Form, type FormField, type Group} from './room-form.js';

/** What the form shows. */
export interface View {
  form: Form;
  /** The room that is changed, once it is loaded. */
  room?: Room;
  /** Whether an existing room is changed; some fields are then fixed. */
  editing: boolean;
  words: ManagingWords;
  /** The sentence about a field's fault; empty if there is none to show. */
  faultOf: (field: FormField) => string;
  /** Writes a time in the visitor's language. */
  timeOf: (time: Date | number) => string;
  /** Writes a number of minutes in the visitor's language. */
  minutesOf: (minutes: number) => string;
  /** Sets the duration to a number of minutes. */
  onLength: (minutes: number) => void;
}

/** The values of a closed group that say something: what is ticked, chosen or filled in. */
export function valuesOf(group: Group, view: View): string {
  const fields: readonly FormField[] = GROUPS[group];
  const values = fields.filter(field => isAsked(field, view.form)).map(field => valueOf(field, view));
  return [...values, ...givenIn(group, view).map(([label, value]) => `${label}: ${value}`)].filter(Boolean).join(' · ');
}

function valueOf(field: FormField, view: View): string {
  const {form, words, timeOf, minutesOf} = view;
  const value = form[field];
  if (/^(|0|false|none)$/.test(String(value))) return '';
  if (field === 'opening') return words.options.opening[value as 'always'];
  if (field === 'scheduled_time') return Number.isNaN(readTime(String(value))) ? '' : timeOf(readTime(String(value)));
  if (field === 'duration' && Number(value) > 0) return minutesOf(Number(value));
  const [label] = wordsOf(field, words);
  switch (kindOf(field)) {
    case 'tick':
      return label;
    case 'choice':
      return `${label}: ${choicesOf(field, view).find(([key]) => key === value)![1]}`;
    default:
      return `${label}: ${String(value)}`;
  }
}

/** The values of a group that the form only shows. */
export function givenIn(group: Group, {room, words, timeOf}: View): [label: string, value: string][] {
  const {given} = words;
  const {room_id, owner_ref, created, updated, sip} = room ?? {};
  const time = (iso?: string) => iso && timeOf(readTime(iso));
  const lists: Partial<Record<Group, [label: string, value: unknown][]>> = {
    telephone: [
      [given.meeting_id, sip?.meeting_id],
      [given.pin, sip?.pin],
    ],
    more: [
      [given.room_id, room_id],
      [given.owner_ref, owner_ref],
      [given.created, time(created)],
      [given.updated, time(updated)],
    ],
  };
  const shown = lists[group]?.filter(([, value]) => value !== undefined) ?? [];
  return shown.map(([label, value]) => [label, String(value)]);
}

/** The label and the help of a field. */
export const wordsOf = (field: FormField, words: ManagingWords) => words.fields[field as Exclude<FormField, 'opening'>];

/** The choices of a field. A value that only a newer platform knows is kept as a choice. */
export function choicesOf(field: FormField, {form, words}: View): [key: string, word: string][] {
  const value = form[field] as string;
  const known: Record<string, string> =
    words.options[field.startsWith('role') ? 'tracks' : (field as 'mode' | 'quality' | 'media_zone')];
  const unknown: [string, string][] = value && !Object.hasOwn(known, value) ? [[value, value]] : [];
  return [...Object.entries(known), ...unknown];
}
