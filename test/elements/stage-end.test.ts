import {expect, fixture, html} from '@open-wc/testing';
import {render} from 'lit';
import {askToEnd, renderQuestion} from '../../src/elements/stage-end.js';
import {en} from '../../src/locales/calling/en.js';
import {until} from '../helpers/elements/stage.js';

describe('the question before a call is ended for all', () => {
  it('is answered in a frame that may submit no forms, too', async () => {
    const frame = await fixture<HTMLIFrameElement>(html`<iframe sandbox="allow-scripts allow-same-origin"></iframe>`);
    const {body} = frame.contentDocument!;
    let ended = 0;
    render(
      renderQuestion(en, () => ended++),
      body,
    );
    const dialog = body.querySelector('dialog')!;
    const [stay, end] = dialog.querySelectorAll('button');
    askToEnd(body);
    stay!.click();
    await until(() => !dialog.open, 'it is closed');
    expect(ended).to.equal(0);
    askToEnd(body);
    end!.click();
    await until(() => ended, 'the call is ended');
    expect(ended).to.equal(1);
    expect(dialog.open).to.equal(false);
  });
});
