/** One SIP host of a play: its socket, and the received messages that the play has not reached yet. */
import { PlayPhone } from "../journal/play-phone.ts";
import type { Address, ByteStream, Datagrams } from "../transports/transport.ts";

export interface SipSide {
  readonly address: Address;
  readonly person: PlayPhone;
  readonly heard: string[];
  readonly seen: Set<string>;
  /** Repeated messages since the play's last message or pause. */
  again: string[];
  /** The last message matched by the play. */
  last: string;
  /** Messages sent in the last seconds, with their times. */
  said: readonly { readonly at: number; readonly bytes: Uint8Array }[];
  socket?: Datagrams;
  /** The connection opened by the gateway, if the side accepts one. */
  stream?: ByteStream;
}

export const sipSide = (address: Address): SipSide => ({
  address,
  person: new PlayPhone(`${address.host}:${address.port}`),
  heard: [],
  seen: new Set(),
  again: [],
  last: "",
  said: [],
});
