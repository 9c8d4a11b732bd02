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

/** The fingerprint that the other side has told last, with its transport. */
let fingerprint: string | undefined;

/**
 * COMPAT stanza 12.22: it takes the new ufrag of an ICE restart from a transport-info, and leaves the fingerprint that came with it, so
 * that DTLS with somebody new would never begin.
 */
export function noteFingerprint(value: string): void {
  fingerprint = value;
}

class SeenConnection extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    last = this;
    fingerprint = undefined;
    for (const seen of watchers) seen(this);
  }

  override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    const own = fingerprint;
    const sdp =
      own === undefined
        ? description.sdp
        : description.sdp?.replace(/(?<=^a=fingerprint:)sha-256 \S+/gm, `sha-256 ${own}`);
    return super.setRemoteDescription(
      sdp === undefined ? description : { ...description, type: description.type, sdp },
    );
  }
}
window.RTCPeerConnection = SeenConnection;
