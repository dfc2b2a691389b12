// A page with livekit-client alone, used as its README does: it makes a room as soon as the page is there, as the stage does,
// shows who sends, then sends camera and microphone. Its options are the defaults, which are those of the stage: adaptive
// streams would begin later.
// https://github.com/livekit/client-sdk-js#usage
import {Room, RoomEvent} from '/livekit-client.js';
import {onJoin} from '/stage-theirs.js';

const room = new Room();

onJoin('livekit', async ({server_url, token}) => {
  globalThis.leave = () => room.disconnect();
  room.on(RoomEvent.TrackSubscribed, track => document.body.append(track.attach()));
  await room.connect(server_url, token);
  await room.localParticipant.enableCameraAndMicrophone();
  globalThis.sends = true;
});
