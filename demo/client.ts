// A small video client: everyone in the room is connected to everyone else, and nothing but WebRTC is needed. The page
// gives it a token and where to take it; it gives back people and their streams.

/** Somebody in the room, as the session tells of them. */
export interface Person {
  id: string;
  name: string;
  role: string;
  permissions: {publish?: boolean};
}

export interface Handlers {
  /** You are in, with those who were there before. */
  joined: (you: Person, others: Person[]) => void;
  /** Somebody else came in. */
  arrived: (person: Person) => void;
  /** What somebody sends; your own stream too, unless your role may only watch. */
  stream: (person: Person, stream: MediaStream) => void;
  /** Somebody else left. */
  left: (person: Person) => void;
  /** Something worth saying in a sentence. */
  notice: (sentence: string) => void;
  /** It is over and everything is cleaned up. */
  ended: (reason: string) => void;
}

type Message =
  | {type: 'joined'; you: Person; users: Person[]}
  | {type: 'refused'; result: number; error: string}
  | {type: 'user-joined'; user: Person}
  | {type: 'user-left'; id: string}
  | {type: 'signal'; from: string; data: Signal};

type Signal = {description: RTCSessionDescriptionInit} | {candidate: RTCIceCandidateInit};

interface Peer {
  person: Person;
  connection: RTCPeerConnection;
}

/** One visit to one room, from its token until `leave()`. */
export class Visit {
  #on: Handlers;
  #socket: WebSocket;
  #peers = new Map<string, Peer>();
  #stream?: MediaStream;
  #done = new AbortController();
  // One message after the other: an answer must wait until the camera is there, and a candidate until the description.
  #work = Promise.resolve();

  constructor(serverUrl: string, token: string, on: Handlers) {
    this.#on = on;
    this.#socket = new WebSocket(serverUrl);
    const {signal} = this.#done;
    // The token travels in a message and not in the address, which servers write to their logs.
    this.#socket.addEventListener('open', () => this.#send({type: 'join', token}), {signal});
    this.#socket.addEventListener('close', () => this.#end('The connection to the room was lost.'), {signal});
    this.#socket.addEventListener(
      'message',
      ({data}) => {
        this.#work = this.#work
          .then(() => this.#receive(JSON.parse(data as string) as Message))
          .catch((error: unknown) => {
            // What was still under way when you left has nothing to work on any more.
            if (!signal.aborted) console.error(error);
          });
      },
      {signal},
    );
  }

  /** Sends or withholds your microphone (`audio`) or camera (`video`). */
  enable(kind: 'audio' | 'video', on: boolean) {
    for (const track of this.#stream?.getTracks() ?? []) if (track.kind === kind) track.enabled = on;
  }

  leave() {
    this.#end('You left the room.');
  }

  #end(reason: string) {
    if (this.#done.signal.aborted) return;
    this.#done.abort();
    this.#socket.close();
    for (const {connection} of this.#peers.values()) connection.close();
    this.#peers.clear();
    stop(this.#stream);
    this.#on.ended(reason);
  }

  #send(message: object) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  async #receive(message: Message) {
    if (this.#done.signal.aborted) return;
    switch (message.type) {
      case 'joined':
        return this.#join(message.you, message.users);
      case 'refused':
        return this.#end(message.error);
      case 'user-joined':
        this.#meet(message.user);
        return this.#on.arrived(message.user);
      case 'user-left':
        return this.#part(message.id);
      case 'signal':
        return this.#negotiate(message.from, message.data);
    }
  }

  async #join(you: Person, others: Person[]) {
    this.#on.joined(you, others);
    if (you.permissions.publish) {
      const stream = await capture(you.name, this.#on.notice, this.#done.signal);
      // Whoever left while the browser still asked for the camera must not have it running.
      if (this.#done.signal.aborted) return stop(stream);
      this.#stream = stream;
      this.#on.stream(you, stream);
    }
    // Who comes in calls those who are there; so two never call each other at the same time.
    await Promise.all(others.map(other => this.#call(this.#meet(other))));
  }

  #meet(person: Person): Peer {
    // Without ICE servers: enough on one computer and in one network. Name your own STUN and TURN servers here.
    const connection = new RTCPeerConnection({iceServers: []});
    const peer = {person, connection};
    this.#peers.set(person.id, peer);
    for (const track of this.#stream?.getTracks() ?? []) connection.addTrack(track, this.#stream!);
    connection.onicecandidate = ({candidate}) => candidate && this.#signal(person.id, {candidate: candidate.toJSON()});
    connection.ontrack = ({streams}) => streams[0] && this.#on.stream(person, streams[0]);
    connection.onconnectionstatechange = () => {
      if (connection.connectionState === 'failed') this.#on.notice(`No connection to ${person.name} could be made.`);
    };
    return peer;
  }

  async #call({person, connection}: Peer) {
    // What we do not send we still want to receive.
    for (const kind of ['audio', 'video'] as const) {
      const sent = this.#stream?.getTracks().some(track => track.kind === kind);
      if (!sent) connection.addTransceiver(kind, {direction: 'recvonly'});
    }
    await connection.setLocalDescription();
    this.#signal(person.id, {description: connection.localDescription!.toJSON()});
  }

  #signal(to: string, data: Signal) {
    this.#send({type: 'signal', to, data});
  }

  async #negotiate(from: string, data: Signal) {
    const connection = this.#peers.get(from)?.connection;
    if (!connection) return; // They left while their message was under way.
    if ('candidate' in data) return connection.addIceCandidate(data.candidate);
    await connection.setRemoteDescription(data.description);
    if (data.description.type !== 'offer') return;
    await connection.setLocalDescription();
    this.#signal(from, {description: connection.localDescription!.toJSON()});
  }

  #part(id: string) {
    const peer = this.#peers.get(id);
    if (!peer) return;
    this.#peers.delete(id);
    peer.connection.close();
    this.#on.left(peer.person);
  }
}

function stop(stream?: MediaStream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Camera and microphone, or as much as there is of them; a name card stands in for a camera. */
async function capture(name: string, notice: (sentence: string) => void, signal: AbortSignal): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({audio: true, video: true});
  } catch (error) {
    // Nobody is asked a second time who has said no.
    const denied = error instanceof DOMException && error.name === 'NotAllowedError';
    const alone = async (what: MediaStreamConstraints) => (await navigator.mediaDevices.getUserMedia(what)).getTracks();
    const microphone = denied ? [] : await alone({audio: true}).catch(() => []);
    const camera = denied ? [] : await alone({video: true}).catch(() => []);
    if (signal.aborted) return new MediaStream([...microphone, ...camera]);
    if (camera.length) {
      notice('Your microphone cannot be used, so the others see you and do not hear you.');
      return new MediaStream(camera);
    }
    const missing = microphone.length ? 'camera' : 'camera and microphone';
    notice(`Your ${missing} cannot be used, so the others see a card with your name.`);
    return new MediaStream([...microphone, ...nameCard(name, signal)]);
  }
}

function nameCard(name: string, signal: AbortSignal): MediaStreamTrack[] {
  const canvas = Object.assign(document.createElement('canvas'), {width: 640, height: 360});
  const pen = canvas.getContext('2d')!;
  const draw = () => {
    const turn = performance.now() / 100;
    const light = pen.createLinearGradient(0, 0, 640, 360);
    light.addColorStop(0, `hsl(${150 + 30 * Math.sin(turn / 40)} 35% 32%)`);
    light.addColorStop(1, `hsl(${200 + 30 * Math.cos(turn / 40)} 35% 22%)`);
    pen.fillStyle = light;
    pen.fillRect(0, 0, 640, 360);
    pen.fillStyle = 'white';
    pen.font = '500 48px system-ui, sans-serif';
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.fillText(name, 320, 180 + 6 * Math.sin(turn / 12), 560);
  };
  draw();
  // A timer, since animation frames stop when the page is out of sight and the others would see the card freeze.
  const timer = setInterval(draw, 100);
  signal.addEventListener('abort', () => clearInterval(timer));
  return canvas.captureStream(10).getTracks();
}
