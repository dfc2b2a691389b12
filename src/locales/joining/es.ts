import type {Words} from './en.js';
import {counter} from '../plural.js';

const count = counter('es');

export const es: Words = {
  rooms: 'Salas',
  search: 'Buscar salas',
  loading: 'Cargando salas…',
  empty: 'Todavía no hay salas.',
  noMatch: query => `Ninguna sala coincide con «${query}».`,
  found: n => count(n, {one: '# sala', other: '# salas'}),
  groups: {live: 'En curso', open: 'Abiertas', soon: 'Abren pronto', over: 'Terminadas', new: 'Nuevas'},
  inside: n => (n === undefined ? 'En curso' : count(n, {one: '# persona dentro', other: '# personas dentro'})),
  lecture: 'Conferencia',
  over: 'Terminada',
  gone: 'Eliminada',
  opens: time => `Apertura: ${time}`,
  opensByItself: 'Podrá unirse en cuanto se abra la sala.',
  retry: 'Reintentar',
  join: 'Unirse',
  joining: 'Uniéndose…',
  ask: 'Pedir entrar',
  joinAgain: 'Volver a entrar',
  leave: 'Salir',
  chooseFirst: 'Elija primero una sala.',
  failed: 'Algo ha fallado. Inténtelo de nuevo.',
};
