/**
 * Rewrites an SDP of one side for the other: the same audio and codecs, behind the relay's own transport.
 *
 * RFC 3264, RFC 5763, RFC 4568. Rules: only the first audio is relayed, every other m-line is refused in its place; nothing is
 * transcoded, so payload types and direction stay unchanged; the writer's transport, keys, header extensions, sources and
 * streams are dropped. A codec list in the command limits an offer to these codecs, and telephone-event (RFC 4733) to their clock rates.
 */
import type { Content, Media, Payload, Transport } from "../protocol/media/media.ts";
import { readSdp } from "../protocol/sdp/read.ts";
import { writeSdp } from "../protocol/sdp/write.ts";
import { RelayError } from "./relay-error.ts";

/** SDP is read and written in the same role, so that directions stay unchanged. */
const BY = "initiator";

/** The relay's transport and keys toward the reader. */
export interface OurSide {
  readonly protocol: string;
  readonly transport: Transport;
  readonly crypto: Content["crypto"];
}

export interface Origin {
  readonly id: string;
  readonly version: (session: string) => number;
  readonly address: string;
}

export const readOffer = (sdp: string): Media => readSdp(sdp, { by: BY });

/** Reads an answer; codecs without a name get the name from the offer. */
export function readAnswer(sdp: string, offer: Media): Media {
  const media = readSdp(sdp, { by: BY, answerTo: offer });
  const contents = media.contents.map((content, at) => {
    const offered = offer.contents[at]?.payloads ?? [];
    const named = (payload: Payload): Payload[] => {
      const known = payload.name === "" ? offered.find(({ id }) => id === payload.id) : payload;
      return known ? [known] : [];
    };
    return { ...content, payloads: content.payloads.flatMap(named) };
  });
  return { ...media, contents, ...(offer.mids && { mids: offer.mids }) };
}

/** The audio that is relayed, unless it is refused. */
export function audioOf({ contents }: Media): Content | undefined {
  const audio = contents.find(({ media }) => media === "audio");
  return audio?.rejected ? undefined : audio;
}

/** The SDP for the other side. */
export function writtenFor(media: Media, ours: OurSide, origin: Origin, answer: boolean): string {
  const audio = audioOf(media);
  const contents = media.contents.map((content) => (content === audio ? behind(content, ours) : refused(content)));
  const groups = audio ? groupsOf(media, audio.name) : [];
  return writeSdp({ contents, groups, ...(media.mids && { mids: media.mids }) }, { by: BY, origin, answer });
}

/** RFC 9143 §7.3: the answered bundle has only accepted contents. */
const groupsOf = ({ groups }: Media, name: string): Media["groups"] =>
  groups
    .filter(({ semantics, names }) => semantics === "BUNDLE" && names.includes(name))
    .map(({ semantics }) => ({
      semantics,
      names: [name],
    }));

const NOTHING = { feedback: [], extensions: [], sources: [], sourceGroups: [], streams: [], bandwidth: [] } as const;

function behind({ name, creator, media, senders, payloads, ptime, maxptime }: Content, ours: OurSide): Content {
  const plain = payloads.map((payload) => ({ ...payload, feedback: [] }));
  const packets = { ...(ptime !== undefined && { ptime }), ...(maxptime !== undefined && { maxptime }) };
  const mux = ours.transport.kind === "ice" ? { rtcpMux: true as const } : {};
  return { name, creator, media, senders, rejected: false, payloads: plain, ...packets, ...mux, ...NOTHING, ...ours };
}

function refused({ name, creator, media, protocol, payloads, formats }: Content): Content {
  const kept = { name, creator, media, protocol, payloads, ...(formats && { formats }) };
  const transport: Transport = { kind: "raw", options: [], fingerprints: [], candidates: [], gathered: true };
  return { ...kept, senders: "none", rejected: true, crypto: [], transport, ...NOTHING };
}

/** The offer with only these codecs, and telephone-event at their clock rates. Throws `RelayError` if no codec is left. */
export function withCodecs(offer: Media, wanted: readonly string[]): Media {
  const names = new Set(wanted.map((name) => name.toLowerCase()));
  const isKeys = ({ name }: Payload): boolean => name.toLowerCase() === "telephone-event";
  const contents = offer.contents.map((content) => {
    const voices = content.payloads.filter((each) => names.has(each.name.toLowerCase()) && !isKeys(each));
    const rates = new Set(voices.map(({ clockrate }) => clockrate));
    const kept = content.payloads.filter(
      (each) => voices.includes(each) || (isKeys(each) && names.has("telephone-event") && rates.has(each.clockrate)),
    );
    return { ...content, payloads: kept };
  });
  const left = { ...offer, contents };
  if (audioOf(left)?.payloads.length === 0) throw new RelayError("phone and user have no codec in common");
  return left;
}
