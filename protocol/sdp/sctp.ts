/**
 * Data channels in SDP: RFC 8841, and its predecessor (draft-ietf-mmusic-sctp-sdp-05), written by older browsers.
 *
 * Rules: a section with another protocol over SCTP is not a data channel section, nor is one without DTLS or ICE, which Jingle
 * cannot express; the old form is answered in the old form.
 */
import type { Sctp, Transport } from "../media/media.ts";
import { numberWithin, UINT32 } from "../media/values.ts";
import { present } from "../text.ts";
import { allOf, firstOf, type SdpSection } from "./lines.ts";

const CHANNELS = "webrtc-datachannel";
/** The protocol of the old form; its m-line format is the port. */
const OLD = "DTLS/SCTP";
const PROTOCOL = /^(?:(?:UDP|TCP)\/)?DTLS\/SCTP$/;

/** The data channels of a section; undefined if it has none. */
export function readSctp(section: SdpSection, { kind, fingerprints }: Transport): Sctp | undefined {
  const { media, protocol, formats } = section;
  if (media !== "application" || !PROTOCOL.test(protocol) || kind !== "ice" || fingerprints.length === 0)
    return undefined;
  if (protocol === OLD) return readMap(section);
  if (formats[0] !== CHANNELS) return undefined;
  const maxMessageSize = numberWithin(firstOf(section, "max-message-size"), 0, UINT32);
  return { port: numberWithin(firstOf(section, "sctp-port"), 1, 65_535) ?? 5_000, ...present({ maxMessageSize }) };
}

function readMap(section: SdpSection): Sctp | undefined {
  const [map = ""] = allOf(section, "sctpmap");
  const [, said, protocol, many] = /^(\d{1,5}) (\S+)(?: (\d{1,5}))?$/.exec(map) ?? [];
  const port = numberWithin(said, 1, 65_535);
  if (port === undefined || protocol !== CHANNELS || !section.formats.includes(`${port}`)) return undefined;
  return { port, ...present({ streams: numberWithin(many, 0, 65_535) }) };
}

/** The format of the m-line. */
export const formatOf = (protocol: string, { port }: Sctp): string => (protocol === OLD ? `${port}` : CHANNELS);

/** The lines of the data channels. */
export function writeSctp(protocol: string, { port, streams, maxMessageSize }: Sctp): string[] {
  if (protocol === OLD) return [`a=sctpmap:${port} ${CHANNELS}${streams === undefined ? "" : ` ${streams}`}`];
  return [`a=sctp-port:${port}`, ...(maxMessageSize === undefined ? [] : [`a=max-message-size:${maxMessageSize}`])];
}
