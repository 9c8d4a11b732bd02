/**
 * What an accepted content of an answer may contain, given the offered content: one row for each rule.
 *
 * RFC 3264 §6.1, RFC 8842 §5.3, RFC 4568 §5.1.2, RFC 4585 §4.2, RFC 5761 §5.1.1, RFC 5506 §5, RFC 8285 §7. Rules:
 * Each row removes what was not offered, refuses the content if nothing legal remains (`rejected`), or throws a `Refusal` if
 * the answer would weaken the security of the call or answers something else. Rows that hold for the whole session are separate from
 * those that the next offer may change.
 */
import { Refusal, unmappable, unreadable } from "../refusal.ts";
import { plainTransport } from "./candidates.ts";
import { commonPayloads, sameList } from "./codecs.ts";
import type { Content, Crypto, Extension, Feedback, Payload, Transport } from "./media.ts";
import { bothWant } from "./senders.ts";

/** Author of the answer, for the wording of a refusal. */
export type Answerer = "phone" | "user";

export interface AnswerRule {
  readonly rule: string;
  readonly source: string;
  /** The bounded content of the answer; the same object if nothing had to change. Throws `Refusal`. */
  readonly bound: (offered: Content, content: Content, by: Answerer) => Content;
}

const NO_DTLS = "the phone has no DTLS-SRTP: its media need a relay such as rtpengine";
/** Whether this refusal means that the phone has no DTLS-SRTP. */
export const isWithoutDtls = (text: string): boolean => text === NO_DTLS;

const hasDtls = ({ transport }: Content): boolean => transport.fingerprints.length > 0;
/** Without DTLS, the keys are in the description (RFC 4568). */
const hasKeys = (content: Content): boolean => content.crypto.length > 0 && !hasDtls(content);

/** The rows that hold for the whole session. */
export const LASTING_RULES: readonly AnswerRule[] = [
  { rule: "the medium that was offered", source: "RFC 3264 §6", bound: sameMedium },
  { rule: "the protocol of the offer's m-line", source: "RFC 3264 §6", bound: sameProtocol },
  { rule: "DTLS where it was offered, and only there", source: "RFC 8842 §5.3", bound: sameDtls },
  { rule: "one of the offered keys, by its tag", source: "RFC 4568 §5.1.2, §6.1", bound: offeredKey },
  { rule: "the codecs that were offered, by the offer's numbers", source: "RFC 3264 §6.1", bound: offeredCodecs },
  { rule: "rtcp-mux if offered", source: "RFC 5761 §5.1.1", bound: onlyIfOffered("rtcpMux") },
  { rule: "rtcp-mux alone, never rtcp-mux-only", source: "RFC 8858 §3", bound: neverMuxOnly },
  { rule: "rtcp-rsize if offered", source: "RFC 5506 §5", bound: onlyIfOffered("rtcpReducedSize") },
  { rule: "extmap-allow-mixed if offered", source: "RFC 8285 §6", bound: onlyIfOffered("mixedExtensions") },
  { rule: "header extensions that were offered, by their ids", source: "RFC 8285 §7", bound: offeredExtensions },
  { rule: "simulcast if offered", source: "RFC 8853 §5.3.2", bound: onlyIfOffered("simulcast") },
  { rule: "restrictions of streams if offered", source: "RFC 8851 §6.3", bound: onlyIfOffered("rids") },
  { rule: "feedback that was offered, in AVPF alone", source: "RFC 4585 §4.2", bound: offeredFeedback },
];

/** Rows that the next offer may change. */
const MOMENTARY_RULES: readonly AnswerRule[] = [
  { rule: "who sends is what both sides want", source: "RFC 3264 §6.1", bound: whatBothWant },
  { rule: "ICE if offered", source: "RFC 8839 §4.2.5", bound: iceIfOffered },
];

export const EVERY_RULE = [...LASTING_RULES, ...MOMENTARY_RULES];

/** A `Refusal` of the answer, worded for the phone or for the user. */
const wrong = (by: Answerer, phone: string, warning: number, user: string): Refusal =>
  by === "phone" ? new Refusal(phone, { status: 488, warning }) : unreadable(user);

function sameMedium({ name, media }: Content, content: Content, by: Answerer): Content {
  if (content.media === media) return content;
  const user = `content '${name}' is ${content.media}, and ${media} was offered`;
  throw wrong(by, `${content.media} answers ${media}`, 304, user);
}

function sameProtocol({ protocol }: Content, content: Content): Content {
  return content.protocol === protocol ? content : { ...content, protocol };
}

function sameDtls(offered: Content, content: Content, by: Answerer): Content {
  if (!hasDtls(offered)) {
    if (!hasDtls(content) && content.transport.setup === undefined) return content;
    const { setup: _, ...transport } = content.transport;
    return { ...content, transport: { ...transport, fingerprints: [] } };
  }
  const user = `content '${content.name}' has no fingerprint, and DTLS was offered`;
  if (!hasDtls(content)) throw wrong(by, NO_DTLS, 399, user);
  const setup = complement(offered.transport.setup, content.transport.setup);
  return setup === content.transport.setup ? content : { ...content, transport: { ...content.transport, setup } };
}

type Setup = Transport["setup"];

/** The DTLS role of the answer (RFC 8842 §5.3): missing means passive (RFC 4145 §4); actpass is invalid, read as active. */
export function complement(offered: Setup, answered: Setup): "active" | "passive" {
  if (offered === "active") return "passive";
  if (offered === "passive") return "active";
  return answered === "active" || answered === "actpass" ? "active" : "passive";
}

const SECURED_BY_KEYS = /\/SAVPF?$/;

function offeredKey(offered: Content, content: Content): Content {
  if (!hasKeys(offered) || !SECURED_BY_KEYS.test(offered.protocol))
    return content.crypto.length === 0 ? content : { ...content, crypto: [] };
  const [key] = content.crypto.flatMap((answered) => withOfferedTag(offered.crypto, answered));
  if (key === undefined)
    throw unmappable(`content '${content.name}' has none of the keys that were offered (SDES)`, "security-error");
  return { ...content, crypto: [key] };
}

function withOfferedTag(offered: readonly Crypto[], answered: Crypto): Crypto[] {
  const same = offered.filter(({ suite }) => suite === answered.suite);
  const tag = (same.find((each) => each.tag === answered.tag) ?? same[0])?.tag;
  return tag === undefined ? [] : [{ ...answered, tag }];
}

function offeredCodecs(offered: Content, answered: Content): Content {
  const content = withoutFormats(answered);
  if (offered.sctp)
    return content.sctp ? { ...content, payloads: [], ...sameFormats(offered) } : { ...content, rejected: true };
  const payloads = commonPayloads(offered.payloads, content.payloads);
  if (payloads.length === 0 || content.sctp) return { ...content, rejected: true };
  return payloads === content.payloads ? content : { ...content, payloads };
}

function withoutFormats(content: Content): Content {
  if (content.formats === undefined) return content;
  const { formats: _, ...without } = content;
  return without;
}

/** Data channels have the format of the offer's m-line (RFC 8841 §5.2). */
const sameFormats = ({ formats }: Content): Pick<Content, "formats"> => (formats ? { formats } : {});

type Flag = "rtcpMux" | "rtcpReducedSize" | "mixedExtensions" | "simulcast" | "rids";

function onlyIfOffered(flag: Flag): AnswerRule["bound"] {
  return (offered, content) => {
    if (offered[flag] || !content[flag]) return content;
    const { [flag]: _, ...without } = content;
    return without;
  };
}

function neverMuxOnly(_: Content, content: Content): Content {
  if (content.rtcpMuxOnly === undefined) return content;
  const { rtcpMuxOnly: __, ...without } = content;
  return without;
}

function offeredExtensions({ extensions }: Content, content: Content): Content {
  if (content.extensions.length === 0) return content;
  const left = [...extensions];
  const kept = content.extensions.flatMap((answered): Extension[] => {
    const same = left.filter(({ uri }) => uri === answered.uri);
    const mine = same.find(({ id }) => id === answered.id) ?? same[0];
    if (mine === undefined) return [];
    left.splice(left.indexOf(mine), 1);
    return [{ ...answered, id: mine.id, senders: bothWant(mine.senders, answered.senders) }];
  });
  return { ...content, extensions: kept };
}

function offeredFeedback(offered: Content, content: Content): Content {
  const usesFeedback = offered.protocol.endsWith("F");
  const within = (kinds: readonly Feedback[], given: readonly Feedback[]): readonly Feedback[] =>
    sameList(given, usesFeedback ? given.filter((one) => kinds.some((other) => isSameKind(one, other))) : []);
  const ofPayload = (payload: Payload): Payload => {
    if (payload.feedback.length === 0) return payload;
    const own = offered.payloads.find(({ id }) => id === payload.id)?.feedback ?? [];
    const feedback = within([...own, ...offered.feedback], payload.feedback);
    return feedback === payload.feedback ? payload : { ...payload, feedback };
  };
  const feedback = within(offered.feedback, content.feedback);
  const payloads = sameList(content.payloads, content.payloads.map(ofPayload));
  const isSame = feedback === content.feedback && payloads === content.payloads;
  return isSame ? content : { ...content, feedback, payloads };
}

/** The number of a trr-int is the answerer's own. */
const isSameKind = (one: Feedback, other: Feedback): boolean =>
  one.type === other.type && (one.type === "trr-int" || one.subtype === other.subtype);

function whatBothWant({ senders }: Content, content: Content): Content {
  const both = bothWant(senders, content.senders);
  return both === content.senders ? content : { ...content, senders: both };
}

function iceIfOffered({ transport }: Content, content: Content): Content {
  return transport.kind === "ice" ? content : { ...content, transport: plainTransport(content.transport) };
}
