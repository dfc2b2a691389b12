import type {TellingWords} from './en.js';
import {counter} from '../plural.js';

const count = counter('es');

export const es: TellingWords = {
  opensIn: wait => `Abre ${wait}.`,
  opened: 'La sala ya está abierta.',
  joined: 'Está entrando en la sala.',
  inCall: 'Está en la sala.',
  left: 'Ha salido de la sala.',
  name: 'Su nombre',
  nameFaults: {missing: 'Escriba su nombre.', invalid: 'Use 200 caracteres como máximo, en una línea.'},
  waitSeconds: n =>
    count(n, {one: 'Demasiados intentos. Espere # segundo.', other: 'Demasiados intentos. Espere # segundos.'}),
  backOnline: 'Vuelve a tener conexión. Pulse el botón otra vez.',
  failures: {
    invalid: 'Algún dato enviado no es válido. Revise su nombre.',
    role_invalid: 'Esta página no está bien configurada. Avise al responsable del sitio.',
    unauthorized: 'Inicie sesión y vuelva a intentarlo.',
    signed_out: 'Es posible que se haya cerrado su sesión. Inicie sesión y vuelva a intentarlo.',
    denied: 'No tiene permiso para hacer esto.',
    consent_missing: 'Primero tiene que dar su consentimiento. Marque lo obligatorio e inténtelo de nuevo.',
    not_found: 'Esta sala no existe. Elija otra.',
    room_active: 'Hay alguien en esta sala. Inténtelo de nuevo en un momento.',
    not_editable: 'Esto no se puede cambiar.',
    too_late: 'Esto ya no se puede cambiar.',
    room_full: 'Esta sala está llena. Inténtelo de nuevo en un momento.',
    not_open_yet: 'Esta sala aún no está abierta.',
    over: 'Esta sala ya ha terminado.',
    rate_limited: 'Demasiados intentos. Inténtelo de nuevo en un momento.',
    aborted: 'La operación ha tardado demasiado. Inténtelo de nuevo.',
    internal: 'Algo ha fallado. Inténtelo de nuevo.',
    misconfigured: 'Esta página no está bien configurada. Avise al responsable del sitio.',
    bad_reply: 'Algo ha fallado. Inténtelo de nuevo.',
    platform_down: 'Las salas no responden. Inténtelo de nuevo en un momento.',
    offline: 'No se puede acceder a las salas. Compruebe su conexión.',
    timeout: 'La operación ha tardado demasiado. Inténtelo de nuevo.',
  },
};
