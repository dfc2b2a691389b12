// Connects everybody in a room to everybody else, with one RTCPeerConnection per other person.

/** A message between two peers, sent through the session. */
type Signal = {call: string; description: RTCSessionDescriptionInit} | {call: string; candidate: RTCIceCandidateInit};

export interface MeshHandlers {
  /** Sends a signal to the other's mesh; the order is kept. */
  signal: (to: string, data: object) => void;
  /** The stream of another person. */
  stream: (from: string, stream: MediaStream) => void;
  /** The connection to a person failed or was lost. */
  failed: (id: string) => void;
}

interface Peer {
  connection: RTCPeerConnection;
  /** The id of the connection that signals belong to; the called side learns it from the call. */
  call?: string;
  /** The caller is the polite peer: it gives way if both make an offer at once. */
  polite: boolean;
  /** An offer is being made. */
  offering: boolean;
  /** Whether their offer was ignored; then its candidates are ignored, too. */
  ignoring: boolean;
}

/**
 * One microphone and one camera in each direction, which may start and stop while the connection stays. It uses "perfect
 * negotiation" (https://w3c.github.io/webrtc-pc/#perfect-negotiation-example), so both sides may change what they send.
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

  /** Calls a person who was there before. Only the newcomer calls, so two people never call each other. */
  call(id: string) {
    const {connection} = this.#meet(id, {call: crypto.randomUUID(), polite: true});
    // Transceivers also receive, and may send later.
    for (const kind of ['audio', 'video']) connection.addTransceiver(kind, {direction: 'recvonly'});
    this.#send(connection);
  }

  /** Waits for the call of a person who came or came back; an earlier connection to them is closed. */
  expect(id: string) {
    this.#meet(id, {polite: false});
  }

  /** Sends this stream to everybody from now on; undefined sends nothing. */
  publish(stream?: MediaStream) {
    this.#stream = stream;
    for (const {connection} of this.#peers.values()) this.#send(connection);
  }

  /** Handles a signal from another mesh. */
  async receive(from: string, data: unknown) {
    const peer = this.#peers.get(from);
    if (!peer) return; // They left before it arrived.
    const {connection} = peer;
    const {call, ...signal} = data as Signal;
    const offered = 'description' in signal && signal.description.type === 'offer';
    if (offered) peer.call ??= call;
    if (call !== peer.call) return; // It belongs to an earlier connection.
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

  /** Closes the connection to a person who left. */
  part(id: string) {
    this.#peers.get(id)?.connection.close();
    this.#peers.delete(id);
  }

  /** Closes all connections. */
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

  /** Puts the tracks on the transceivers; before a call there are none. */
  #send(connection: RTCPeerConnection) {
    const stream = this.#stream;
    for (const line of connection.getTransceivers()) {
      const track = stream?.getTracks().find(({kind}) => kind === line.receiver.track.kind);
      // Transceivers are reused, so giving and taking the floor adds none.
      // Chromium 147 crashes if a track replaces itself after an offer of ours was rolled back.
      if (this.#sending.get(line.sender) !== track) void line.sender.replaceTrack(track ?? null);
      this.#sending.set(line.sender, track);
      if (stream) line.sender.setStreams(stream);
      line.direction = track ? 'sendrecv' : 'recvonly';
    }
  }
}
