/**
 * Data channels in Jingle: a content without a description, whose ice-udp transport has an `<sctpmap/>` (XEP-0343 §4, as
 * jingle.js and stanza write it).
 *
 * Rules: an answer should have the map but may omit it (§4.3); the port is `number` in the examples and `port` in the text.
 * Left out on purpose: the size of messages (a=max-message-size), which Jingle cannot express.
 */
import type { Element } from "@xmpp/xml";
import type { Sctp } from "../media/media.ts";
import { present } from "../text.ts";
import { xml } from "../xmpp/element.ts";
import { DTLS_SCTP } from "../xmpp/namespaces.ts";
import type { Description } from "./description.ts";
import { numberOf } from "./values.ts";

const CHANNELS = "webrtc-datachannel";
const USUAL_PORT = 5_000;

/** The description of a content with data channels; undefined if the content has none. */
export function readDataChannels(element: Element, as: "offer" | "answer"): Description | undefined {
  const transport = element.getChild("transport");
  const map = transport?.getChild("sctpmap", DTLS_SCTP);
  if (map === undefined && as === "offer") return undefined;
  if ((map?.attrs.protocol ?? CHANNELS) !== CHANNELS) return undefined;
  const sctp: Sctp = map === undefined ? { port: USUAL_PORT } : readMap(map);
  return { media: "application", protocol: "UDP/DTLS/SCTP", payloads: [], formats: [CHANNELS], ...NO_RTP, sctp };
}

function readMap(map: Element): Sctp {
  const port = numberOf(map, "number", 65_535) ?? numberOf(map, "port", 65_535);
  return { port: port || USUAL_PORT, ...present({ streams: numberOf(map, "streams", 65_535) }) };
}

const NO_RTP = { feedback: [], extensions: [], bandwidth: [], crypto: [], sources: [], sourceGroups: [], streams: [] };

/** The `<sctpmap/>` of a content. */
export function writeDataChannels({ port, streams }: Sctp): Element {
  const many = streams?.toString();
  return xml("sctpmap", { xmlns: DTLS_SCTP, number: `${port}`, protocol: CHANNELS, ...present({ streams: many }) });
}
