/**
 * Checks whether an answer is legal for its offer, derived from the RFCs independently of protocol/media: lists every fault.
 *
 * RFC 3264 §6, RFC 4568 §5.1.2 and §6.1, RFC 4585 §4.2, RFC 5506 §5, RFC 5761 §5.1.1, RFC 8285, RFC 8839, RFC 8842 §5.3, RFC 9143 §7.3.
 */
import type { Content, Media, Payload } from "../../protocol/media/media.ts";

export function faultsOf(offer: Media, answer: Media): string[] {
  if (offer.contents.length !== answer.contents.length) return ["another number of m-lines"];
  const each = offer.contents.flatMap((offered, at) => {
    const content = answer.contents[at] as Content;
    const faults = content.rejected ? faultsOfRefused(offered, content) : faultsOfAccepted(offered, content);
    return faults.map((fault) => `${offered.name}: ${fault}`);
  });
  const none = answer.contents.every(({ rejected }) => rejected) ? ["nothing is accepted"] : [];
  return [...none, ...each, ...faultsOfGroups(offer, answer), ...faultsOfMids(offer, answer)];
}

function faultsOfRefused(offered: Content, content: Content): string[] {
  const line = ({ name, media, protocol, payloads, formats }: Content) =>
    JSON.stringify([name, media, protocol, formats ?? payloads.map(({ id }) => id)]);
  return line(offered) === line(content) ? [] : ["a refused line that is not the offered one"];
}

type Check = readonly [fault: string, isFault: boolean];

function faultsOfAccepted(offered: Content, content: Content): string[] {
  const usesFeedback = offered.protocol.endsWith("F");
  const checks: readonly Check[] = [
    ["accepts what the offer refuses", offered.rejected],
    ["another name", offered.name !== content.name],
    ["another medium", offered.media !== content.media],
    ["another protocol", offered.protocol !== content.protocol],
    ["no codec", content.payloads.length === 0 && content.sctp === undefined],
    ["data channels", (content.sctp === undefined) !== (offered.sctp === undefined)],
    ["codecs of data channels", content.sctp !== undefined && content.payloads.length > 0],
    ["simulcast", (content.simulcast ?? content.rids) !== undefined && offered.simulcast === undefined],
    ["a number twice", new Set(content.payloads.map(({ id }) => id)).size < content.payloads.length],
    ["a codec that was not offered under its number", !content.payloads.every((one) => wasOffered(one, offered))],
    ["rtcp-mux", content.rtcpMux === true && !offered.rtcpMux],
    ["rtcp-rsize", content.rtcpReducedSize === true && !offered.rtcpReducedSize],
    ["extmap-allow-mixed", content.mixedExtensions === true && !offered.mixedExtensions],
    ["feedback without AVPF", !usesFeedback && feedbackOf(content).length > 0],
    ["feedback that was not offered", !feedbackOf(content).every((kind) => feedbackOf(offered).includes(kind))],
    ["a header extension that was not offered", !isWithin(extensionsOf(content), extensionsOf(offered))],
    ["sends or takes what is not wanted", !isDirected(offered.senders, content.senders)],
    ...securityOf(offered, content),
    ["ICE", content.transport.kind === "ice" && offered.transport.kind !== "ice"],
    ["a user of ICE", content.transport.ufrag !== undefined && offered.transport.kind !== "ice"],
  ];
  return checks.flatMap(([fault, isFault]) => (isFault ? [fault] : []));
}

function wasOffered({ id, name, clockrate, channels }: Payload, { payloads }: Content): boolean {
  const offered = payloads.find((payload) => payload.id === id);
  const codec = (one: Pick<Payload, "name" | "clockrate" | "channels">) =>
    `${one.name}/${one.clockrate}/${one.channels}`.toLowerCase();
  return offered !== undefined && codec(offered) === codec({ name, clockrate, channels });
}

const feedbackOf = ({ feedback, payloads }: Content): string[] =>
  [...feedback, ...payloads.flatMap((payload) => payload.feedback)].map(({ type, subtype = "" }) =>
    type === "trr-int" ? type : `${type} ${subtype}`,
  );
const extensionsOf = ({ extensions }: Content): string[] => extensions.map(({ id, uri }) => `${id} ${uri}`);

/** Whether all items are in the other list, no more often than there. */
function isWithin(some: readonly string[], all: readonly string[]): boolean {
  const left = [...all];
  return some.every((one) => left.includes(one) && left.splice(left.indexOf(one), 1));
}

const isDirected = (offered: string, answered: string): boolean =>
  offered === "both" || answered === "none" || offered === answered;

function securityOf(offered: Content, { crypto, transport }: Content): Check[] {
  const isOffered = offered.transport.fingerprints.length > 0;
  const hasKey = offered.crypto.length > 0 && !isOffered && offered.protocol.includes("SAVP");
  const [key] = crypto;
  const roles = { active: ["passive"], passive: ["active"], actpass: ["active", "passive"] };
  const allowed: readonly string[] = roles[offered.transport.setup ?? "actpass"];
  return [
    ["DTLS that was not offered", !isOffered && (transport.fingerprints.length > 0 || transport.setup !== undefined)],
    ["no DTLS", isOffered && transport.fingerprints.length === 0],
    ["a DTLS role that is not the other one", isOffered && !allowed.includes(transport.setup ?? "")],
    ["a key where none was offered", !hasKey && crypto.length > 0],
    ["not one key", hasKey && crypto.length !== 1],
    [
      "a key that was not offered",
      hasKey && !offered.crypto.some(({ tag, suite }) => tag === key?.tag && suite === key.suite),
    ],
  ];
}

function faultsOfGroups(offer: Media, answer: Media): string[] {
  const accepted = answer.contents.filter(({ rejected }) => !rejected).map(({ name }) => name);
  return answer.groups.flatMap(({ semantics, names }, at) => {
    const isOffered = offer.groups.some(
      (group) => group.semantics === semantics && names.every((name) => group.names.includes(name)),
    );
    const others = answer.groups.filter((group, other) => other !== at && group.semantics === semantics);
    const twice = others.some((group) => group.names.some((name) => names.includes(name)));
    return [
      ...(isOffered ? [] : [`a group ${semantics} that was not offered`]),
      ...(names.every((name) => accepted.includes(name)) ? [] : [`a group ${semantics} of what is refused`]),
      ...(twice ? [`two groups ${semantics} with the same content`] : []),
    ];
  });
}

function faultsOfMids(offer: Media, answer: Media): string[] {
  return JSON.stringify(offer.mids) === JSON.stringify(answer.mids) ? [] : ["other mids"];
}
