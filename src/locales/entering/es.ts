import type {EnteringWords} from './en.js';

export const es: EnteringWords = {
  choose: 'Elige una sala',
  getReady: 'Prepararse',
  steps: {
    pick: 'Paso 1: elige una sala',
    prepare: 'Paso 2: prepárate',
    call: 'Estás en la llamada.',
    left: 'Después de la llamada',
  },
  call: room => (room ? `Llamada en ${room}` : 'Llamada'),
  needsScript: 'Activa JavaScript para entrar aquí o abre esta página en otro navegador.',
};
