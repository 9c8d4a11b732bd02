/**
 * The session description, independent of notation: contents with their codecs and transports.
 *
 * XEP-0166 §7.3, XEP-0167, RFC 8866, RFC 3264. Rules: plain JSON; lists have the order of the wire; senders are
 * initiator and responder, never "us"; a missing field was not present. The two notations are sdp/read.ts and
 * jingle/jingle.ts. Left out on purpose: `o=`, which belongs to the writer, and the ids of candidates, which only have
 * to be unique.
 */

export type Role = "initiator" | "responder";

/** Who sends: XEP-0166's values for a=sendrecv, sendonly, recvonly and inactive. */
export type Senders = "both" | "initiator" | "responder" | "none";

export interface Media {
  readonly contents: readonly Content[];
  /** RFC 5888, XEP-0338: contents by name. */
  readonly groups: readonly { readonly semantics: string; readonly names: readonly string[] }[];
  /**
   * The a=mid of those contents whose mid is not the one derived from the name (mids.ts); "" if there was none. An answer has
   * the mids of its offer.
   */
  readonly mids?: readonly { readonly name: string; readonly mid: string }[];
  /** RFC 8445 §2.5: the writer is an ICE lite agent. */
  readonly iceLite?: true;
}

/** A content of Jingle, an m-section of SDP. */
export interface Content {
  /** `content/@name`, `a=mid`. */
  readonly name: string;
  readonly creator: Role;
  /** audio, video, … */
  readonly media: string;
  readonly senders: Senders;
  /** Port 0 in SDP: refused, but it keeps its place (RFC 3264 §6). */
  readonly rejected: boolean;
  /** The transport protocol of the m-line: RTP/AVP, UDP/TLS/RTP/SAVPF, … */
  readonly protocol: string;
  readonly payloads: readonly Payload[];
  /** The formats of the m-line if they are not the payload types. */
  readonly formats?: readonly string[];
  /** Purpose of the stream: slides, speaker, sl, main, alt (RFC 4796, XEP-0507). */
  readonly categories?: readonly string[];
  /** The values of a=rid and a=simulcast (RFC 8851, RFC 8853); no equivalent in Jingle. */
  readonly rids?: readonly string[];
  readonly simulcast?: string;
  /** Data channels; they have no payload types. */
  readonly sctp?: Sctp;
  /** Feedback for all payload types. */
  readonly feedback: readonly Feedback[];
  readonly extensions: readonly Extension[];
  readonly mixedExtensions?: true;
  readonly rtcpMux?: true;
  /** RFC 8858, in an offer; no equivalent in Jingle. */
  readonly rtcpMuxOnly?: true;
  readonly rtcpReducedSize?: true;
  /** Milliseconds per packet. */
  readonly ptime?: number;
  readonly maxptime?: number;
  readonly bandwidth: readonly { readonly type: string; readonly limit: number }[];
  readonly crypto: readonly Crypto[];
  readonly sources: readonly Source[];
  readonly sourceGroups: readonly { readonly semantics: string; readonly ssrcs: readonly string[] }[];
  readonly streams: readonly { readonly id: string; readonly track?: string }[];
  readonly transport: Transport;
}

/** Parts of a content with its name: senders, codecs, sources. */
export type ContentName = Pick<Content, "creator" | "name">;
export type ContentSenders = Pick<Content, "name" | "senders">;
export type ContentPayloads = Pick<Content, "name" | "payloads">;
export type ContentSources = Pick<Content, "name" | "sources" | "sourceGroups">;

/** `name=value`; an item without `=` has only a value or only a name. */
export interface Parameter {
  readonly name?: string;
  readonly value?: string;
}

export interface Payload {
  /** 0 to 127. */
  readonly id: number;
  /** "" in an answer that gives only the number: the codec offered under it (answer.ts). */
  readonly name: string;
  /** Hertz. */
  readonly clockrate: number;
  readonly channels: number;
  readonly parameters: readonly Parameter[];
  readonly feedback: readonly Feedback[];
}

/** RFC 4585 §4.2, XEP-0293. For `trr-int` the subtype is its value. */
export interface Feedback {
  readonly type: string;
  readonly subtype?: string;
  /** The words after the subtype. */
  readonly parameters?: readonly Parameter[];
}

/** Data channels over SCTP and DTLS: RFC 8841, XEP-0343. */
export interface Sctp {
  /** The SCTP port, inside DTLS. */
  readonly port: number;
  readonly streams?: number;
  /** Bytes. */
  readonly maxMessageSize?: number;
}

/** RFC 8285, XEP-0294. */
export interface Extension {
  readonly id: number;
  readonly uri: string;
  readonly senders: Senders;
  readonly attributes?: string;
}

/** RFC 4568. */
export interface Crypto {
  readonly tag: number;
  readonly suite: string;
  readonly keyParams: string;
  readonly sessionParams?: string;
}

/** RFC 5576, XEP-0339. */
export interface Source {
  readonly ssrc: string;
  readonly parameters: readonly { readonly name: string; readonly value?: string }[];
}

export interface Transport {
  /** ICE (XEP-0176), or a plain address (XEP-0177). */
  readonly kind: "ice" | "raw";
  readonly ufrag?: string;
  readonly pwd?: string;
  /** a=ice-options: trickle, renomination, … */
  readonly options: readonly string[];
  readonly fingerprints: readonly { readonly hash: string; readonly value: string }[];
  readonly setup?: "actpass" | "active" | "passive";
  /** The generation of all its candidates, after an ICE restart (generations.ts). */
  readonly generation?: number;
  readonly candidates: readonly Candidate[];
  /** No more candidates will come (RFC 8838 §8.2). */
  readonly gathered: boolean;
}

/** An ICE candidate (RFC 8839 §5.1). */
export interface Candidate {
  readonly foundation: string;
  readonly component: number;
  /** udp or tcp. */
  readonly protocol: string;
  readonly priority: number;
  readonly ip: string;
  readonly port: number;
  /** host, srflx, prflx, relay. */
  readonly type: string;
  readonly relatedAddress?: string;
  readonly relatedPort?: number;
  readonly tcpType?: string;
  readonly generation: number;
  readonly network: number;
}

/** Candidates that came after the description, by content. */
export interface TransportUpdate {
  readonly contents: readonly ContentUpdate[];
}

export interface ContentUpdate {
  readonly name: string;
  readonly creator: Role;
  readonly ufrag?: string;
  readonly pwd?: string;
  readonly candidates: readonly Candidate[];
  readonly gathered: boolean;
}
