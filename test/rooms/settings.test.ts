import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {FIELDS} from '../../src/elements/room-form.js';
import {LISTED_SETTINGS, OTHER_SETTINGS, SETTINGS, withDefaults, type Setting} from '../../src/rooms/rooms.js';

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
    const defaults = Object.entries<Setting>({...SETTINGS, ...OTHER_SETTINGS})
      .filter(([, setting]) => setting.default !== undefined && !setting.quiet)
      .map(([name, setting]) => [name, setting.default]);
    assert.deepEqual({...withDefaults({})}, {...Object.fromEntries(defaults), max_active_talkers: 2});
  });

  it('has five settings that a room has only if they were sent, as the documented platform logs them', () => {
    assert.deepEqual(
      named(({quiet}) => quiet),
      ['audiences', 'send_audiences_stats', 'knock', 'wait_for_moderator', 'abwd'],
    );
    const sent = {audiences: 1, send_audiences_stats: false, knock: false, wait_for_moderator: true, abwd: true};
    const {audiences, send_audiences_stats, knock, wait_for_moderator, abwd} = withDefaults(sent);
    assert.deepEqual({audiences, send_audiences_stats, knock, wait_for_moderator, abwd}, sent);
  });

  it('has a field in the editor for each setting', () => {
    const fields = new Set(FIELDS.map(field => field.replace(/\..*/, '')));
    const missing = Object.keys(SETTINGS).filter(name => !fields.has(name));
    // The field `opening` stands for both.
    assert.deepEqual(missing, ['scheduled', 'adhoc']);
  });
});
