import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import '../../src/define/join-button.js';
import '../../src/define/pre-join.js';
import '../../src/define/room-stage.js';
import type {RoomErrorEvent} from '../../src/elements/events.js';
import {itWithCalls, itWithDevices, settled, start, watchMedia} from '../helpers/elements/preparing.js';
import {buttonOf, inside, labelOf, openStage, until} from '../helpers/elements/stage.js';

describe('two stages of one button', () => {
  itWithCalls('share no token: one has the call, and the button stays in it', async () => {
    const {endpoint, roomIds} = await openStage(['Lobby']);
    const page = await fixture<HTMLElement>(html`
      <div>
        <join-button id="two" user-name="Ann" endpoint=${endpoint} room-id=${roomIds[0]!}></join-button>
        <room-stage for="two"></room-stage>
        <room-stage for="two"></room-stage>
      </div>
    `);
    const join = page.querySelector('join-button')!;
    const [first, second] = page.querySelectorAll('room-stage');
    const failures: unknown[] = [];
    page.addEventListener('room-error', ({detail}) => failures.push(detail.error.code));
    await until(() => join.room);
    const joined = oneEvent(page, 'stage-joined');
    buttonOf(join).click();
    expect((await joined).target).to.equal(first);
    await join.updateComplete;
    expect([labelOf(join), failures, inside(second!, '.bar')]).to.deep.equal(['Leave', [], null]);
  });

  itWithCalls('say what is wrong with an address that the browser refuses, and the button can be pressed', async () => {
    const {endpoint, roomIds} = await openStage(['Lobby']);
    const page = await fixture<HTMLElement>(html`
      <div>
        <join-button id="odd" user-name="Ann" endpoint=${endpoint} room-id=${roomIds[0]!}></join-button>
        <room-stage for="odd"></room-stage>
      </div>
    `);
    const [join, stage] = [page.querySelector('join-button')!, page.querySelector('room-stage')!];
    await until(() => join.room);
    join.addEventListener('room-token', ({detail}) => (detail.serverUrl = 'ws://127.0.0.1:9/#part'), {capture: true});
    for (let turn = 0; turn < 2; turn++) {
      const failed = oneEvent(page, 'room-error');
      await until(() => buttonOf(join).getAttribute('aria-disabled') === 'false', 'it can be pressed');
      if (turn) inside(stage, '[part=rejoin]').click();
      else buttonOf(join).click();
      expect(((await failed) as RoomErrorEvent).detail.error.code).to.equal('misconfigured');
      await until(() => inside(stage, '[part=rejoin]'));
    }
  });
});

/** A page with a preview, a button and a stage, in one room. */
async function show() {
  const {endpoint, roomIds} = await openStage(['Lobby']);
  const page = await fixture<HTMLElement>(html`
    <div>
      <pre-join id="p" user-name="Ann"></pre-join>
      <join-button id="j" for="p" endpoint=${endpoint} room-id=${roomIds[0]!}></join-button>
      <room-stage for="j"></room-stage>
    </div>
  `);
  const [preview, join, stage] = [
    page.querySelector('pre-join')!,
    page.querySelector('join-button')!,
    page.querySelector('room-stage')!,
  ];
  const tool = (part: string) => inside<HTMLButtonElement>(stage, `.bar [part=${part}]`);
  /** What is on, by the buttons of the stage. */
  const on = () => ['camera', 'microphone'].filter(part => !tool(part).classList.contains('off')).join();
  return {
    preview,
    tool,
    on,
    enter: async (press: () => void) => {
      await until(() => !tool('leave'), 'the stage is ready');
      const joined = oneEvent(stage, 'stage-joined');
      press();
      await joined;
      await stage.updateComplete;
    },
    byButton: () => buttonOf(join).click(),
    again: () => inside(stage, '[part=rejoin]').click(),
    isIdle: () => until(() => tool('camera').getAttribute('aria-disabled') === 'false', 'nothing is awaited'),
  };
}

describe('a person who joins again', () => {
  itWithDevices('has camera and microphone as they were, by the same camera', async () => {
    const {preview, tool, on, enter, byButton, again} = await show();
    await start(preview);
    const camera = preview.camera!;
    await enter(byButton);
    await until(() => on() === 'camera,microphone', 'both are on');
    tool('microphone').click();
    await until(() => on() === 'camera', 'the microphone is off');
    tool('leave').click();
    const {asked, tracks} = watchMedia();
    await enter(again);
    await until(() => on() === 'camera', 'the camera is on again');
    expect(asked.map(wish => Object.keys(wish).join())).to.deep.equal(['video']);
    expect((asked[0]!.video as MediaTrackConstraints).deviceId).to.deep.equal({exact: camera});

    tool('camera').click();
    await until(() => on() === '', 'both are off');
    tool('leave').click();
    await enter(again);
    expect([on(), asked.length]).to.deep.equal(['', 1]);
    expect(tracks.every(({readyState}) => readyState === 'ended')).to.equal(true);
  });

  itWithDevices('is taken at the word of a preview that is in sight', async () => {
    const {preview, tool, on, enter, byButton, again, isIdle} = await show();
    await start(preview);
    await enter(byButton);
    await until(() => on() === 'camera,microphone', 'both are on');
    tool('leave').click();
    // The preview shows that nothing is on, and the person presses the button beside it.
    const {asked} = watchMedia();
    await enter(byButton);
    await isIdle();
    expect([on(), asked.length]).to.deep.equal(['', 0]);

    tool('leave').click();
    inside(preview, '[part=microphone]').click();
    await settled(preview);
    expect([preview.camera, typeof preview.microphone]).to.deep.equal([null, 'string']);
    await enter(again);
    await until(() => on() === 'microphone', 'the microphone of the preview is on');
  });
});
