import type {LitElement} from 'lit';
import {Language} from '../controllers/language.js';
import {telling, type TellingWords} from '../locales/telling/telling.js';

/** The words of failures for an element that is there before them. This file is loaded after the element. */
export async function failureWords(host: LitElement): Promise<Language<TellingWords>> {
  const words = new Language(host, telling);
  await words.ready;
  return words;
}
