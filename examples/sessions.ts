/** The offers and answers of the demo's two sides, audio and video: as Jingle contents (XEP-0167, XEP-0176) and as SDP (RFC 8866). */
export type Media = "audio" | "video";
export type Setup = "actpass" | "active";
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** The address of a side's media, and its ICE credentials. */
export interface Side {
  readonly user: string;
  readonly host: string;
  /** The port of its audio; video is two above. */
  readonly port: number;
  readonly ufrag: string;
  readonly pwd: string;
}

const FINGERPRINT = Array(32).fill("AB").join(":");
const ABOVE: Readonly<Record<Media, number>> = { audio: 0, video: 2 };
const PAYLOADS: Readonly<Record<Media, string>> = {
  audio: `<payload-type id='111' name='opus' clockrate='48000' channels='2'/><payload-type id='0' name='PCMU' clockrate='8000'/>`,
  video: `<payload-type id='96' name='VP8' clockrate='90000'/>`,
};
const FORMATS: Readonly<Record<Media, string>> = { audio: "111 0", video: "96" };
const MAPS: Readonly<Record<Media, string>> = { audio: "a=rtpmap:111 opus/48000/2", video: "a=rtpmap:96 VP8/90000" };

/** A Jingle content, added by `creator` and described by `side`. */
export interface Content {
  readonly media: Media;
  readonly name?: string;
  readonly creator: string;
  readonly setup: Setup;
  /** Its candidate comes later (XEP-0176 §5.4). */
  readonly trickles?: boolean;
}

export function contentOf(side: Side, { media, name = media, creator, setup, trickles = false }: Content): string {
  const { ufrag, pwd } = side;
  return `<content creator='${creator}' name='${name}'>
  <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='${media}'>${PAYLOADS[media]}<rtcp-mux/></description>
  <transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='${ufrag}' pwd='${pwd}'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='${setup}'>${FINGERPRINT}</fingerprint>${trickles ? "" : candidateOf(side, media)}</transport>
</content>`;
}

/** The trickled candidate of a content. */
export function trickleOf(side: Side, { media, name = media, creator }: Content): string {
  const { ufrag, pwd } = side;
  return `<content creator='${creator}' name='${name}'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='${ufrag}' pwd='${pwd}'>${candidateOf(side, media)}</transport></content>`;
}

const candidateOf = ({ host, port }: Side, media: Media): string =>
  `<candidate component='1' foundation='1' generation='0' id='${media}1' ip='${host}' network='0' port='${port + ABOVE[media]}' priority='2130706431' protocol='udp' type='host'/>`;

/** An SDP offer. `version` counts the side's descriptions of one call, from 1. */
export function offerOf(side: Side, media: readonly Media[], version = 1, direction: Direction = "sendrecv"): string {
  const sections = media.map((each) => [
    `m=${each} ${side.port + ABOVE[each]} UDP/TLS/RTP/SAVPF ${FORMATS[each]}`,
    ...[`a=mid:${each}`, MAPS[each], "a=rtcp-mux"],
    ...ending(side, each, "actpass", direction),
  ]);
  return session(side, version, sections.flat());
}

/** The answer to an offer: all its sections in its order (RFC 3264 §6); `holds` if the side puts the other on hold. */
export function answerTo(offer: string, side: Side, version = 1, holds = false): string {
  const [, ...sections] = offer.replaceAll("\r\n", "\n").split(/^(?=m=)/m);
  const answers = sections.flatMap((section) => {
    const [start = "", ...lines] = section.trimEnd().split("\n");
    const media: Media = start.startsWith("m=video") ? "video" : "audio";
    if (/^m=\S+ 0 /.test(start)) return [start];
    const kept = lines.filter((line) => /^a=(mid|rtpmap|fmtp|rtcp-mux)/.test(line));
    const direction = directionTo(section, holds);
    const port = String(side.port + ABOVE[media]);
    return [start.replace(/ \d+/, ` ${port}`), ...kept, ...ending(side, media, "active", direction)];
  });
  return session(side, version, answers);
}

function directionTo(section: string, holds: boolean): Direction {
  const [, offered = "sendrecv"] = /^a=(sendonly|recvonly|inactive)$/m.exec(section) ?? [];
  const hears = offered !== "recvonly" && offered !== "inactive" && !holds;
  const speaks = offered !== "sendonly" && offered !== "inactive";
  if (hears && speaks) return "sendrecv";
  return hears ? "recvonly" : speaks ? "sendonly" : "inactive";
}

const session = ({ user, host }: Side, version: number, sections: readonly string[]): string =>
  ["v=0", `o=${user} 1 ${version} IN IP4 ${host}`, "s=-", `c=IN IP4 ${host}`, "t=0 0", ...sections, ""].join("\r\n");

const ending = ({ ufrag, pwd, host, port }: Side, media: Media, setup: Setup, direction: Direction): string[] => [
  ...(direction === "sendrecv" ? [] : [`a=${direction}`]),
  ...[`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${pwd}`, `a=fingerprint:sha-256 ${FINGERPRINT}`, `a=setup:${setup}`],
  `a=candidate:1 1 udp 2130706431 ${host} ${port + ABOVE[media]} typ host`,
];

/** The sides of one call, by its id. Both addresses are on this machine, without listeners: a demo has no sound. */
export function sidesOf(id: string): { readonly client: Side; readonly phone: Side } {
  const token = id.replace(/\W/g, "");
  const secret = (of: string) => ({
    ufrag: `${of}${token}`.slice(0, 6),
    pwd: `${of}${token}`.padEnd(24, "0123456789"),
  });
  return {
    client: { user: "client", host: HOST, port: 40_000, ...secret("u") },
    phone: { user: "phone", host: HOST, port: 50_000, ...secret("p") },
  };
}

const HOST = "127.0.0.1";
const { client, phone } = sidesOf("demo");

/** Jingle contents of alice's client. */
export const aliceOffers = (setup: Setup): string => contentOf(client, { media: "audio", creator: "initiator", setup });

/** SDP of bob's phone. */
export const bobOffers = (setup: Setup): string =>
  offerOf(phone, ["audio"]).replace("a=setup:actpass", `a=setup:${setup}`);
