/** What the next call of a page is to have besides its sound: data channels, or nothing but the page's own voice (paging). */
import { onConnection } from "./connection.ts";
import type { Extras } from "./phone.ts";
import { tell } from "./tell.ts";

let wanted: Extras = {};
let channel: RTCDataChannel | undefined;

/** The next connection is made so. */
export function want(extras: Extras): void {
  wanted = extras;
}

/** Says something over the data channel of the call. */
export function write(text: string): void {
  channel?.send(text);
}

onConnection((connection) => {
  connection.addEventListener("datachannel", (event) => take(event.channel));
  if (wanted.data) take(connection.createDataChannel("talk"));
  if (wanted.pages) onlySends(connection);
  wanted = {};
});

function take(made: RTCDataChannel): void {
  channel = made;
  made.addEventListener("open", () => tell("open"));
  made.addEventListener("message", ({ data }) => tell("wrote", String(data)));
}

/** Its offers are `sendonly`, as those of a phone that pages. */
function onlySends(connection: RTCPeerConnection): void {
  const offer = connection.createOffer.bind(connection) as () => Promise<RTCSessionDescriptionInit>;
  Object.assign(connection, {
    createOffer: () => {
      for (const transceiver of connection.getTransceivers()) transceiver.direction = "sendonly";
      return offer();
    },
  });
}
