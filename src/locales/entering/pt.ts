import type {EnteringWords} from './en.js';

export const pt: EnteringWords = {
  choose: 'Escolha uma sala',
  getReady: 'Preparar-se',
  steps: {
    pick: 'Etapa 1: escolha uma sala',
    prepare: 'Etapa 2: prepare-se',
    call: 'Você está na chamada.',
    left: 'Depois da chamada',
  },
  call: room => (room ? `Chamada em ${room}` : 'Chamada'),
  needsScript: 'Ative o JavaScript para entrar aqui ou abra esta página em outro navegador.',
};
