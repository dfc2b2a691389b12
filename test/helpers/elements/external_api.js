// What a Jitsi server's own script defines, as a recorder. Its types are checked in stage-frames.test.ts.
globalThis.JitsiMeetExternalAPI = class {
  static made = [];
  said = [];
  listeners = {};
  constructor(domain, options) {
    Object.assign(this, {domain, options});
    JitsiMeetExternalAPI.made.push(this);
    options.parentNode.append(document.createElement('iframe'));
  }
  on(event, listener) {
    this.listeners[event] = listener;
  }
  executeCommand(command) {
    this.said.push(command);
  }
  dispose() {
    this.said.push('dispose');
  }
};
