import type {SharingWords} from './en.js';

export const pt: SharingWords = {
  calendar: 'Adicionar ao calendário',
  label: 'Link da sala',
  copy: 'Copiar link',
  copied: 'Link copiado.',
  selected: 'O link está selecionado. Copie-o com o teclado ou com um toque longo.',
};
