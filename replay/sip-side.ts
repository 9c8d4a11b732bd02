/** One SIP host of a play: its socket, and what it has heard that the play has not come to yet. */
import { PlayPhone } from "../journal/play-phone.ts";
import type { Address, ByteStream, Datagrams } from "../transports/transport.ts";

export interface SipSide {
  readonly address: Address;
  readonly person: PlayPhone;
  readonly heard: string[];
  readonly seen: Set<string>;
  /** What has come again since the play's last word or pause. */
  again: string[];
  /** What the play has heard last. */
  last: string;
  /** What was said in the last seconds, and when. */
  said: readonly { readonly at: number; readonly bytes: Uint8Array }[];
  socket?: Datagrams;
  /** The connection that the gateway has made, where the side takes one. */
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
