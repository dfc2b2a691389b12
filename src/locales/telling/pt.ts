import type {TellingWords} from './en.js';
import {counter} from '../plural.js';

const count = counter('pt');

export const pt: TellingWords = {
  opensIn: wait => `Abre ${wait}.`,
  opened: 'A sala já está aberta.',
  joined: 'Você já vai entrar na sala.',
  inCall: 'Você está na sala.',
  left: 'Você saiu da sala.',
  name: 'Seu nome',
  nameFaults: {missing: 'Digite seu nome.', invalid: 'Use no máximo 200 caracteres, em uma linha.'},
  waitSeconds: n =>
    count(n, {one: 'Muitas tentativas. Aguarde # segundo.', other: 'Muitas tentativas. Aguarde # segundos.'}),
  backOnline: 'Você está on-line de novo. Pressione o botão mais uma vez.',
  failures: {
    invalid: 'Algum dado enviado não é válido. Verifique o seu nome.',
    role_invalid: 'Esta página não está configurada corretamente. Avise o responsável pelo site.',
    unauthorized: 'Faça login e tente novamente.',
    signed_out: 'Sua sessão pode ter terminado. Faça login e tente novamente.',
    denied: 'Você não tem permissão para fazer isso.',
    consent_missing: 'Primeiro é preciso concordar. Marque o que é obrigatório e tente novamente.',
    not_found: 'Esta sala não existe. Escolha outra.',
    room_active: 'Há alguém nesta sala. Tente novamente em instantes.',
    not_editable: 'Isto não pode ser alterado.',
    too_late: 'Isto não pode mais ser alterado.',
    room_full: 'Esta sala está cheia. Tente novamente em instantes.',
    not_open_yet: 'Esta sala ainda não está aberta.',
    over: 'Esta sala já foi encerrada.',
    rate_limited: 'Muitas tentativas. Tente novamente em instantes.',
    aborted: 'A operação demorou demais. Tente novamente.',
    internal: 'Algo deu errado. Tente novamente.',
    misconfigured: 'Esta página não está configurada corretamente. Avise o responsável pelo site.',
    bad_reply: 'Algo deu errado. Tente novamente.',
    platform_down: 'As salas não respondem. Tente novamente em instantes.',
    offline: 'Não é possível acessar as salas. Verifique a sua conexão.',
    timeout: 'A operação demorou demais. Tente novamente.',
  },
};
