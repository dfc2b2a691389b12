// A page with janus-gateway alone, used as its documentation and its own demo of the VideoRoom do: it sends camera and
// microphone, and shows who else sends. https://janus.conf.meetecho.com/docs/JS
import Janus from '/janus.es.js';
import {onJoin} from '/stage-theirs.js';

const plugin = 'janus.plugin.videoroom';

Janus.init({debug: false, callback: () => onJoin('janus', join)});

function join({server_url: server, token, connection: {room, id, pass}}) {
  // No iceServers: else it asks Google's.
  const janus = new Janus({server, token: pass, iceServers: [], success: attach});
  globalThis.leave = () => janus.destroy();
  let handle;

  function attach() {
    const enter = {request: 'join', ptype: 'publisher', room, id, token, display: 'Ann'};
    const success = attached => (handle = attached).send({message: enter});
    janus.attach({plugin, success, onmessage, webrtcState: isUp => (globalThis.sends = isUp)});
  }
  function onmessage({videoroom, private_id, publishers = []}, jsep) {
    if (videoroom === 'joined') publish();
    for (const publisher of publishers) subscribe(publisher, private_id);
    if (jsep) handle.handleRemoteJsep({jsep});
  }
  function publish() {
    const tracks = ['audio', 'video'].map(type => ({type, capture: true, recv: false}));
    handle.createOffer({tracks, success: jsep => handle.send({message: {request: 'publish'}, jsep})});
  }
  function subscribe({id: feed, streams}, private_id) {
    let remote;
    const wanted = streams.map(({mid}) => ({feed, mid}));
    const message = {request: 'join', ptype: 'subscriber', room, private_id, streams: wanted};
    janus.attach({
      plugin,
      success: attached => (remote = attached).send({message}),
      onmessage: (_, jsep) => jsep && answer(remote, jsep),
      onremotetrack: (track, _, isOn) => isOn && track.kind === 'video' && show(track),
    });
  }
}

const answer = (remote, jsep) =>
  remote.createAnswer({jsep, success: jsep => remote.send({message: {request: 'start'}, jsep})});

/** The videos that are shown. Janus tells of a track again when it goes on after a pause. */
const shown = new Map();

function show(track) {
  if (shown.has(track)) return;
  const video = document.createElement('video');
  shown.set(track, video);
  Object.assign(video, {autoplay: true, playsInline: true, muted: true});
  document.body.append(video);
  Janus.attachMediaStream(video, new MediaStream([track]));
}
