// Every state of <pre-join>, with pretended devices.
import {pretend, pretended, works} from './devices.js';
import {fails as refuses, room, roomsOf} from './rooms.js';
import {found, press, states} from './state.js';

const NO_DEVICES = new DOMException('The gallery has none.', 'NotFoundError');

const fails = (name: string, state?: PermissionState) => () =>
  pretend(() => Promise.reject(new DOMException('The gallery was asked to fail.', name)), state);

const started = async (element: HTMLElement) => press(element, '[part=start]');

/** What a page gives; `before` sets up the devices. */
const given = (before: () => void, more: Partial<HTMLElementTagNameMap['pre-join']> = {}) => ({
  settings: () => {
    before();
    return {userName: 'Keiko Tanaka', ...more};
  },
});

const ON = '[part=camera]:not(.off)';
const TROUBLE = '[part~=trouble] span:not(:empty)';

const troubled = (label: string, note: string, before: () => void) => ({
  label,
  note,
  ...given(before),
  act: started,
  reached: TROUBLE,
  failure: true as const,
});

const terms = '<label slot="consent"><input type="checkbox" name="terms" required> I agree to be recorded</label>';

export const PREPARE = states('pre-join', {
  off: {
    label: 'Before',
    note: 'Nothing is asked of the browser before somebody presses a button.',
    ...given(works),
    reached: '[part=start]',
  },
  on: {
    label: 'Camera and microphone on',
    note: 'One request for both. The picture is mirrored only here.',
    ...given(works),
    act: started,
    reached: ON,
  },
  muted: {
    label: 'Microphone off',
    note: 'The microphone stays open and sends silence; a camera that is off is closed.',
    ...given(works),
    act: async element => {
      await started(element);
      await found(element, ON);
      await press(element, '[part=microphone]');
    },
    reached: '[part=microphone].off',
  },
  asking: {
    label: 'The browser asks',
    note: 'Until the visitor answers. They can join meanwhile.',
    ...given(() => pretend(() => new Promise(() => {}))),
    act: started,
    reached: '[aria-busy=true]',
  },
  nameless: {
    label: 'Name missing',
    note: 'The fault takes the place of the help, so nothing moves.',
    ...given(works, {userName: ''}),
    act: async element => element.reportValidity(),
    reached: '[aria-invalid=true]',
  },
  consent: {
    label: 'Consent and what will happen',
    note: 'The room says what will happen; the page says what to agree to.',
    ...given(works, {
      room: room('Consulting hour', {knock: true, wait_for_moderator: true, auto_recording: true, mode: 'lecture'}),
      innerHTML: `<h3 slot="heading">Consulting hour</h3>${terms}<button type="button">The page’s own button</button>`,
    }),
    act: async element => element.reportValidity(),
    reached: '.consent [part=fault]:not(:empty)',
  },
  watching: {
    label: 'Only watching',
    note: 'user-role="viewer": no devices are offered.',
    ...given(works, {userRole: 'viewer'}),
    reached: '[part=facts]',
  },
  'no-camera': {
    label: 'Microphone only',
    note: 'no-camera: for rooms in which people only speak.',
    ...given(works, {noCamera: true}),
    act: started,
    reached: '[part=microphone]:not(.off)',
  },
  phone: {
    label: 'On a phone',
    note: 'One tap changes between the front and the back camera.',
    ...given(() => pretend(async wish => pretended(wish), 'prompt', true)),
    act: started,
    reached: '[part=flip]',
  },
  'no-room': {
    label: 'room unknown',
    note: 'The room could not be loaded, so the element does not say what will happen. The button says why.',
    ...given(works, {rooms: roomsOf([], {get: refuses('not_found')}), roomId: 'gone'}),
    reached: '[part=start]',
    failure: true,
  },
  denied: troubled('denied', 'The browser remembers a refusal.', fails('NotAllowedError', 'denied')),
  dismissed: troubled('dismissed', 'The browser’s question was closed.', fails('NotAllowedError')),
  refused: {
    ...troubled('refused', 'The browser or the system forbids it.', fails('NotAllowedError', 'granted')),
    // It is allowed already, so the element opens it by itself.
    act: async () => {},
  },
  'in-use': troubled('in use', 'Another program uses the device.', fails('NotReadableError')),
  missing: troubled('missing', 'There is no camera and no microphone.', () =>
    pretend(() => Promise.reject(NO_DEVICES)),
  ),
  mixed: troubled('microphone in use', 'The camera works, the microphone does not.', () =>
    pretend(async wish => {
      if (wish.audio) throw new DOMException('In use.', 'NotReadableError');
      return pretended(wish);
    }),
  ),
  failed: troubled('failed', 'The device does not start.', fails('TypeError')),
  unplugged: {
    ...troubled('unplugged', 'The camera was pulled out.', works),
    act: async element => {
      await started(element);
      await found(element, ON);
      const [track] = element.stream!.getVideoTracks();
      track!.stop();
      track!.dispatchEvent(new Event('ended'));
    },
  },
});
