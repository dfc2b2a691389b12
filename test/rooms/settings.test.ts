import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {FIELDS} from '../../src/elements/room-form.js';
import {LISTED_SETTINGS, SETTINGS, withDefaults, type Setting} from '../../src/rooms/rooms.js';

const named = (has: (setting: Setting) => unknown) =>
  Object.entries<Setting>(SETTINGS)
    .filter(([, setting]) => has(setting))
    .map(([name]) => name);

describe('the table of settings', () => {
  it('shows visitors who do not manage rooms what they need to choose and to join one', () => {
    assert.deepEqual(named(({shown}) => shown).sort(), [
      'adhoc',
      'audiences',
      'auto_recording',
      'canvas',
      'description',
      'duration',
      'knock',
      'max_active_talkers',
      'mode',
      'moderators',
      'participants',
      'quality',
      'scheduled',
      'scheduled_time',
      'screen_share',
      'wait_for_moderator',
    ]);
  });

  it('lists no setting that a token proxy would not show', () => {
    for (const [name, {shown}] of Object.entries(LISTED_SETTINGS)) assert.ok(shown, name);
  });

  it('never lets mode, scheduled and adhoc change', () => {
    assert.deepEqual(
      named(({fixed}) => fixed),
      ['mode', 'scheduled', 'adhoc'],
    );
  });

  it('has the defaults that a room without settings gets', () => {
    const defaults = named(setting => setting.default !== undefined).map(name => [
      name,
      SETTINGS[name as 'mode'].default as unknown,
    ]);
    assert.deepEqual({...withDefaults({})}, {...Object.fromEntries(defaults), max_active_talkers: 2});
  });

  it('has a field in the editor for each setting', () => {
    const fields = new Set(FIELDS.map(field => field.replace(/\..*/, '')));
    const missing = Object.keys(SETTINGS).filter(name => !fields.has(name));
    // The field `opening` stands for both.
    assert.deepEqual(missing, ['scheduled', 'adhoc']);
  });
});
