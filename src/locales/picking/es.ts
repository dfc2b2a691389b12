import type {PickingWords} from './en.js';

export const es: PickingWords = {
  full: 'Completa',
  until: time => `hasta ${time}`,
  insideOf: (n, capacity) => `${n} de ${capacity} dentro`,
  choose: 'Elegir una sala',
  calendar: 'Añadir al calendario',
  link: {
    label: 'Enlace a la sala',
    copy: 'Copiar enlace',
    copied: 'Enlace copiado.',
    selected: 'El enlace está seleccionado. Cópielo con el teclado o con una pulsación larga.',
  },
};
