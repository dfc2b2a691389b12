/**
 * Why a device is not used; see `Trouble` of src/controllers/permission.ts. Each is read after the name of the device, so it
 * does not repeat it. And what helps. Loaded when something goes wrong.
 */
export const en = {
  denied: 'Your browser blocks access. Allow it at the lock in the address bar, then try again.',
  dismissed: 'Your browser’s question was closed. Try again, and allow access.',
  refused: 'Access was not allowed. Allow it in the settings of your browser and your system, then try again.',
  refusedInFrame:
    'Access was not allowed. Allow it in your browser. If it never asks, the page around this one needs allow="camera; microphone".',
  inUse: 'Another app is using it. Close it there, or choose another device.',
  missing: 'None found. Plug one in and we notice.',
  failed: 'It does not start. Try again, or choose another device.',
  unplugged: 'It was unplugged. Plug it in again, or choose another device.',
  gone: 'The one you used is not there. We use another one.',
  silent: 'Something else holds it, such as a phone call. It comes back after that.',
  insecure: 'This page is not secure: browsers allow access only on https. Please tell the site’s owner.',
  unsupported: 'This browser gives no access. Open this page in another browser.',
  policy: 'The rules of this site forbid access. Please tell its owner.',
  frame: 'The page around this one gives no access. Its owner adds allow="camera; microphone" to the frame.',
  slow: 'Your browser does not answer. Answer its question, or open this page in another browser.',
  /** Buttons after that, and what the last one did. */
  retry: 'Try again',
  copyLink: 'Copy link',
  copied: 'Link copied.',
};

export type TroubleWords = typeof en;
