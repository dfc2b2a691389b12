import type {SharingWords} from './en.js';

export const es: SharingWords = {
  calendar: 'Añadir al calendario',
  label: 'Enlace a la sala',
  copy: 'Copiar enlace',
  copied: 'Enlace copiado.',
  selected: 'El enlace está seleccionado. Cópielo con el teclado o con una pulsación larga.',
};
