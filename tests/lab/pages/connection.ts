/** The connections that the libraries of a page make: whoever wants sees each as it is made; the last one counts. */

type Seen = (connection: RTCPeerConnection) => void;
const watchers: Seen[] = [];
let last: RTCPeerConnection | undefined;

/** The connection of the call. */
export const current = (): RTCPeerConnection | undefined => last;

/** Is told of each connection from now on. */
export function onConnection(seen: Seen): void {
  watchers.push(seen);
}

class SeenConnection extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    last = this;
    for (const seen of watchers) seen(this);
  }
}
window.RTCPeerConnection = SeenConnection;
