// A person at Janus in a page, with Janus's protocol as it is: sends a camera, and shows everybody else's.
import type {TokenDetail} from '../../../src/rooms/token-detail.js';
import {hide, show} from './page.js';

interface Feed {
  id: string;
  display: string;
}
interface Plugin {
  videoroom: string;
  error_code?: number;
  private_id?: number;
  publishers?: Feed[];
  kicked?: string;
  reason?: string;
  leaving?: string;
  unpublished?: string;
}
interface Message {
  janus: string;
  transaction?: string;
  sender?: number;
  data?: {id: number};
  error?: {code: number};
  plugindata?: {data: Plugin};
  jsep?: RTCSessionDescriptionInit;
}

/** Janus's code for somebody who has gone meanwhile. */
const NO_SUCH_FEED = '428';

/** Leaves at once. Of a page that closes without it, Janus keeps the seat for a while. */
export let leave = () => {};

/** Joins as the token says, and sends video if `sends`. Resolves once Janus let us in, or rejects with its code. */
export async function enter(detail: TokenDetail, sends = true) {
  if (detail.provider !== 'janus') throw new Error(`This is a token for ${detail.provider}.`);
  const {token} = detail;
  const {room, id, pass} = detail.connection;
  const socket = new WebSocket(detail.serverUrl!, 'janus-protocol');
  const waiting = new Map<string, (message: Message) => void>();
  await new Promise((opened, failed) => {
    socket.onopen = opened;
    socket.onerror = failed;
  });
  const ask = async (request: object): Promise<Message> => {
    const transaction = crypto.randomUUID();
    const answer = new Promise<Message>(resolve => waiting.set(transaction, resolve));
    socket.send(JSON.stringify({...request, transaction, token: pass}));
    const message = await answer;
    const code = message.error?.code ?? message.plugindata?.data.error_code;
    if (code) throw new Error(String(code));
    return message;
  };
  socket.onmessage = ({data}) => {
    const message = JSON.parse(data as string) as Message;
    if (message.janus === 'ack') return;
    const plugin = message.plugindata?.data;
    if (plugin?.reason === 'kicked' || plugin?.kicked === id) document.body.dataset.end = 'kicked';
    if (plugin?.videoroom === 'destroyed') document.body.dataset.end = 'closed';
    for (const gone of [plugin?.leaving, plugin?.unpublished, plugin?.kicked]) hide(gone);
    waiting.get(message.transaction!)?.(message);
    if (plugin?.videoroom === 'event') for (const feed of plugin.publishers ?? []) void subscribe(feed);
  };
  const session_id = (await ask({janus: 'create'})).data!.id;
  setInterval(
    () => socket.send(JSON.stringify({janus: 'keepalive', session_id, transaction: 'k', token: pass})),
    10_000,
  );
  leave = () => socket.send(JSON.stringify({janus: 'destroy', session_id, transaction: 'd', token: pass}));
  /** The function that sends requests to a new handle. */
  const attach = async () => {
    const handle_id = (await ask({janus: 'attach', session_id, plugin: 'janus.plugin.videoroom'})).data!.id;
    return (body: object, jsep?: RTCSessionDescriptionInit | null) =>
      ask({janus: 'message', session_id, handle_id, body, ...(jsep && {jsep})});
  };
  let seat: number | undefined;

  async function subscribe({id: feed}: Feed) {
    const handle = await attach();
    const request = {request: 'join', ptype: 'subscriber', room, private_id: seat, streams: [{feed}]};
    const joined = await handle(request).catch((error: Error) => {
      if (error.message !== NO_SUCH_FEED) throw error;
    });
    if (!joined) return;
    const {jsep} = joined;
    const peer = new RTCPeerConnection();
    peer.ontrack = ({streams: [stream], track}) => show(feed, stream ?? new MediaStream([track]));
    await peer.setRemoteDescription(jsep!);
    await peer.setLocalDescription();
    await handle({request: 'start'}, await gathered(peer));
  }
  const handle = await attach();
  const display = detail.participant.name;
  const joined = await handle({request: 'join', ptype: 'publisher', room, id, display, token});
  const {private_id, publishers = []} = joined.plugindata!.data;
  seat = private_id;
  document.body.dataset.joined = id;
  for (const feed of publishers) void subscribe(feed);
  if (!sends) return;
  const peer = new RTCPeerConnection();
  const stream = await navigator.mediaDevices.getUserMedia({video: true, audio: true});
  for (const track of stream.getTracks()) peer.addTrack(track, stream);
  await peer.setLocalDescription();
  const {jsep} = await handle({request: 'publish'}, await gathered(peer));
  await peer.setRemoteDescription(jsep!);
}

/** The description with all addresses. */
async function gathered(peer: RTCPeerConnection): Promise<RTCSessionDescription | null> {
  while (peer.iceGatheringState !== 'complete') {
    await new Promise(changed => peer.addEventListener('icegatheringstatechange', changed, {once: true}));
  }
  return peer.localDescription;
}
