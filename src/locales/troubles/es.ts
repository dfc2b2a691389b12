import type {TroubleWords} from './en.js';

export const es: TroubleWords = {
  denied: 'Su navegador bloquea el acceso. Permítalo en el candado de la barra de direcciones e inténtelo de nuevo.',
  dismissed: 'Se cerró la pregunta de su navegador. Inténtelo de nuevo y permita el acceso.',
  refused: 'No se permitió el acceso. Permítalo en los ajustes del navegador y del sistema e inténtelo de nuevo.',
  refusedInFrame:
    'No se permitió el acceso. Permítalo en el navegador. Si nunca pregunta, la página de alrededor necesita allow="camera; microphone".',
  inUse: 'Otra aplicación lo usa. Ciérrela o elija otro dispositivo.',
  missing: 'No se encontró ninguno. Conecte uno y lo notaremos.',
  failed: 'No arranca. Inténtelo de nuevo o elija otro dispositivo.',
  unplugged: 'Se desconectó. Conéctelo de nuevo o elija otro dispositivo.',
  gone: 'El dispositivo que usaba no está. Usamos otro.',
  silent: 'Algo lo ocupa, como una llamada. Volverá después.',
  insecure:
    'Esta página no es segura: los navegadores solo permiten el acceso con https. Avise al responsable del sitio.',
  unsupported: 'Este navegador no da acceso. Abra la página en otro.',
  policy: 'Las reglas de este sitio prohíben el acceso. Avise a su responsable.',
  frame: 'La página de alrededor no da acceso. Su responsable añade allow="camera; microphone" al marco.',
  slow: 'Su navegador no responde. Responda a su pregunta o abra la página en otro.',
  retry: 'Intentar de nuevo',
  copyLink: 'Copiar enlace',
  copied: 'Enlace copiado.',
};
