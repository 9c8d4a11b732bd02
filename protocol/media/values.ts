/**
 * Validity and limits of media values, for both notations.
 *
 * RFC 8866 §9, RFC 8839 §5, RFC 8122 §5, RFC 8285 §5, RFC 5576 §4. Rules: SDP and Jingle have the same limits, so that
 * everything read from one can be written in the other; every repeatable item is bounded, since one line of SDP may become
 * many elements.
 */
import ipaddr from "ipaddr.js";
import { Refusal } from "../refusal.ts";

/** Contents per session, parameters per codec; everything else per content. */
export const MOST = {
  contents: 32,
  groups: 16,
  payloads: 128,
  parameters: 64,
  feedback: 64,
  extensions: 64,
  fingerprints: 8,
  crypto: 16,
  sources: 64,
  sourceGroups: 64,
  streams: 16,
  categories: 16,
  rids: 16,
  bandwidth: 16,
  candidates: 64,
} as const;

/** The list, if it has no more than `most` items. Throws `Refusal`. */
export function bounded<Item>(list: readonly Item[], most: number, what: string): readonly Item[] {
  if (list.length > most) throw new Refusal(`more than ${most} ${what}`, { status: 488, warning: 399 });
  return list;
}

/** Whether a text is a token (RFC 8866 §9), as a=mid and the semantics of a group must be. */
export const isToken = (text: string): boolean => TOKEN.test(text);
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,128}$/;

/** The longest accepted name of a content. */
export const LONGEST_NAME = 128;

/** ICE ufrag or password: one word (RFC 8839 §5.4 allows fewer characters; clients are less strict). */
export const isIceWord = (text: string): boolean => ICE_WORD.test(text);
const ICE_WORD = /^[\x21-\x7e]{1,256}$/;

/** Pairs of hex digits, at least as many as in MD5 (RFC 8122 §5). */
export const isFingerprint = (text: string): boolean => FINGERPRINT.test(text);
const FINGERPRINT = /^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){15,127}$/;

/** The name of a hash function. */
export const isHash = (text: string): boolean => /^[\w-]{1,32}$/.test(text);

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?=\d)|$)){4}$/;

/** Whether a text is an IP address and not a host name. */
export const isAddress = (text: string): boolean =>
  IPV4.test(text) || (/^[\da-fA-F:.]{2,45}$/.test(text) && ipaddr.IPv6.isValid(text));

/** Whether an address is multicast. */
export const isMulticast = (text: string): boolean => isAddress(text) && ipaddr.parse(text).range() === "multicast";

const NUMBER = /^\d{1,15}$/;

/** A whole number from `least` to `most`, else undefined. */
export function numberWithin(text: string | undefined, least: number, most: number): number | undefined {
  const number = text !== undefined && NUMBER.test(text) ? Number(text) : undefined;
  return number !== undefined && number >= least && number <= most ? number : undefined;
}

export const UINT32 = 2 ** 32 - 1;
export const isCodec = (name: string): boolean => /^[\w.+-]{1,64}$/.test(name);
/** RFC 8285 §5, §6: the upper limit is for offers with more extensions than there are ids. */
export const readExtensionId = (text: string | undefined): number | undefined => numberWithin(text, 1, 4_351);
export const readSsrc = (text: string | undefined): string | undefined => numberWithin(text, 0, UINT32)?.toString();
/** Milliseconds per packet. */
export const readPtime = (text: string | undefined): number | undefined => numberWithin(text, 1, 10_000);

const SETUPS = ["actpass", "active", "passive"] as const;

/**
 * A DTLS role in any case (RFC 4145 §4); undefined if it is none. Throws `Refusal` for holdconn, which DTLS-SRTP does not have
 * (RFC 5763 §5).
 */
export function readSetup(text: string | undefined): (typeof SETUPS)[number] | undefined {
  const word = text?.trim().toLowerCase();
  if (word === "holdconn") throw new Refusal("setup holdconn, which DTLS does not have", { status: 488, warning: 399 });
  return SETUPS.find((known) => known === word);
}
