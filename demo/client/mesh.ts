// Everyone in a room connected to everyone else: one RTCPeerConnection for each of the others.

/** What two connections say to each other, by way of the session. */
type Signal = {call: string; description: RTCSessionDescriptionInit} | {call: string; candidate: RTCIceCandidateInit};

export interface MeshHandlers {
  /** Takes a signal to the other's mesh, in the order in which they are given. */
  signal: (to: string, data: object) => void;
  /** What somebody sends. */
  stream: (from: string, stream: MediaStream) => void;
  /** No way to somebody was found, or it was lost. */
  failed: (id: string) => void;
}

interface Peer {
  connection: RTCPeerConnection;
  /** Which connection it is that signals are about; unknown to who is called until the call comes. */
  call?: string;
  /** Who calls gives way when both make an offer at the same time. */
  polite: boolean;
  /** An offer is being made. */
  offering: boolean;
  /** An offer of theirs was passed over, and so are the candidates that belong to it. */
  ignoring: boolean;
}

/**
 * One microphone and one camera each way, which come and go while the connection stays: "perfect negotiation", as
 * https://w3c.github.io/webrtc-pc/#perfect-negotiation-example has it, so that both sides may change what they send.
 */
export class Mesh {
  #on: MeshHandlers;
  #peers = new Map<string, Peer>();
  #stream?: MediaStream;
  /** What each line was last asked to send; `sender.track` follows later. */
  #sending = new WeakMap<RTCRtpSender, MediaStreamTrack | undefined>();

  constructor(on: MeshHandlers) {
    this.#on = on;
  }

  /** Connects to somebody who was there before; so two never call each other at the same time. */
  call(id: string) {
    const {connection} = this.#meet(id, {call: crypto.randomUUID(), polite: true});
    // What is not sent yet is still received, and may be sent later.
    for (const kind of ['audio', 'video']) connection.addTransceiver(kind, {direction: 'recvonly'});
    this.#send(connection);
  }

  /** Awaits the call of somebody who has come, or come back: whatever there was with them before is over. */
  expect(id: string) {
    this.#meet(id, {polite: false});
  }

  /** From now on sends this to everybody, or nothing. */
  publish(stream?: MediaStream) {
    this.#stream = stream;
    for (const {connection} of this.#peers.values()) this.#send(connection);
  }

  /** Takes a signal of another's mesh. */
  async receive(from: string, data: unknown) {
    const peer = this.#peers.get(from);
    if (!peer) return; // They left while it was under way.
    const {connection} = peer;
    const {call, ...signal} = data as Signal;
    const offered = 'description' in signal && signal.description.type === 'offer';
    if (offered) peer.call ??= call;
    if (call !== peer.call) return; // It is about a connection that is no more.
    if ('candidate' in signal) {
      return peer.ignoring ? undefined : connection.addIceCandidate(signal.candidate);
    }
    const collides = offered && (peer.offering || connection.signalingState !== 'stable');
    peer.ignoring = collides && !peer.polite;
    if (peer.ignoring) return;
    await connection.setRemoteDescription(signal.description);
    if (!offered) return;
    this.#send(connection);
    await connection.setLocalDescription();
    this.#describe(from, peer);
  }

  /** Ends the connection to somebody who left. */
  part(id: string) {
    this.#peers.get(id)?.connection.close();
    this.#peers.delete(id);
  }

  /** Ends all connections. */
  clear() {
    for (const id of this.#peers.keys()) this.part(id);
  }

  #meet(id: string, {call, polite}: Pick<Peer, 'call' | 'polite'>): Peer {
    this.part(id);
    // Without ICE servers: enough on one computer and in one network. Name your own STUN and TURN servers here.
    const connection = new RTCPeerConnection({iceServers: []});
    const peer: Peer = {connection, call, polite, offering: false, ignoring: false};
    this.#peers.set(id, peer);
    connection.onicecandidate = ({candidate}) => {
      if (candidate) this.#on.signal(id, {call: peer.call, candidate: candidate.toJSON()});
    };
    connection.ontrack = ({streams}) => streams[0] && this.#on.stream(id, streams[0]);
    connection.onnegotiationneeded = () => this.#offer(id, peer);
    connection.onconnectionstatechange = () => {
      if (connection.connectionState !== 'failed') return;
      this.#on.failed(id);
      connection.restartIce();
    };
    return peer;
  }

  async #offer(id: string, peer: Peer) {
    const {connection} = peer;
    try {
      peer.offering = true;
      await connection.setLocalDescription();
      this.#describe(id, peer);
    } catch (error) {
      // They may have left meanwhile.
      if (connection.signalingState !== 'closed') throw error;
    } finally {
      peer.offering = false;
    }
  }

  #describe(id: string, {connection, call}: Peer) {
    const description = connection.localDescription?.toJSON() as RTCSessionDescriptionInit | undefined;
    if (description) this.#on.signal(id, {call, description});
  }

  /** Puts what is sent on the lines there are; before a call has come there are none. */
  #send(connection: RTCPeerConnection) {
    const stream = this.#stream;
    for (const line of connection.getTransceivers()) {
      const track = stream?.getTracks().find(({kind}) => kind === line.receiver.track.kind);
      // A line is used again, so that giving and taking the floor all day adds none.
      // Chromium 147 crashes if a track replaces itself after an offer of ours was rolled back.
      if (this.#sending.get(line.sender) !== track) void line.sender.replaceTrack(track ?? null);
      this.#sending.set(line.sender, track);
      if (stream) line.sender.setStreams(stream);
      line.direction = track ? 'sendrecv' : 'recvonly';
    }
  }
}
