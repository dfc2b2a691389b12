import type {Words} from './en.js';
import {counter} from '../plural.js';

const count = counter('pt');

export const pt: Words = {
  rooms: 'Salas',
  search: 'Buscar salas',
  loading: 'Carregando as salas…',
  empty: 'Ainda não há salas.',
  noMatch: query => `Nenhuma sala corresponde a “${query}”.`,
  found: n => count(n, {one: '# sala', other: '# salas'}),
  groups: {live: 'Ao vivo', open: 'Abertas', soon: 'Abrem em breve', over: 'Encerradas', new: 'Novas'},
  inside: n => (n === undefined ? 'Ao vivo' : count(n, {one: '# pessoa na sala', other: '# pessoas na sala'})),
  lecture: 'Palestra',
  over: 'Encerrada',
  gone: 'Removida',
  opens: time => `Abertura: ${time}`,
  opensByItself: 'Você poderá entrar assim que a sala abrir.',
  retry: 'Tentar novamente',
  join: 'Entrar',
  joining: 'Entrando…',
  ask: 'Pedir para entrar',
  joinAgain: 'Entrar de novo',
  leave: 'Sair',
  chooseFirst: 'Escolha primeiro uma sala.',
  failed: 'Algo deu errado. Tente novamente.',
};
