/** What was made and joined. */
export const count = {made: 0, joined: 0};

/** As much of `livekit-client` as a stage needs whose person sends nothing. */
export class Room {
  localParticipant = {identity: 'me', name: 'Me', isSpeaking: false, trackPublications: new Map()};
  remoteParticipants = new Map();
  constructor() {
    count.made++;
  }
  async connect() {
    count.joined++;
  }
  async disconnect() {}
  on() {}
}
