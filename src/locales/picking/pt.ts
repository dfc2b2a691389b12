import type {PickingWords} from './en.js';

export const pt: PickingWords = {
  full: 'Lotada',
  until: time => `até ${time}`,
  insideOf: (n, capacity) => `${n} de ${capacity} na sala`,
  choose: 'Escolher uma sala',
  calendar: 'Adicionar ao calendário',
  link: {
    label: 'Link da sala',
    copy: 'Copiar link',
    copied: 'Link copiado.',
    selected: 'O link está selecionado. Copie-o com o teclado ou com um toque longo.',
  },
};
