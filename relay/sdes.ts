/**
 * Keys in SDP: RFC 4568, for phones that speak SRTP without DTLS.
 *
 * Rules: only the two AES_CM_128 suites; of an offer the first usable line counts; a line with an MKI or several keys
 * is skipped, since no phone needs them for a single call; a lifetime is ignored, since no call lasts for 2^31 packets.
 */
import type { Crypto } from "../protocol/media/media.ts";
import type { MasterKey } from "./srtp.ts";

/** Tag length in bytes, by suite. */
const SUITES: ReadonlyMap<string, number> = new Map([
  ["AES_CM_128_HMAC_SHA1_80", 10],
  ["AES_CM_128_HMAC_SHA1_32", 4],
]);
const KEY = 16;
const SALT = 14;
/** Random bytes for one key of ours. */
export const KEY_AND_SALT = KEY + SALT;

export interface Keyed {
  readonly tag: number;
  readonly suite: string;
  readonly master: MasterKey;
}

/** The first usable key. */
export function readKeys(crypto: readonly Crypto[]): Keyed | undefined {
  return crypto.flatMap(({ tag, suite, keyParams }): Keyed[] => {
    const [, inline = ""] = /^inline:([A-Za-z0-9+/]+={0,2})(?:\|(?:2\^)?\d+)?$/.exec(keyParams) ?? [];
    const bytes = Buffer.from(inline, "base64");
    return !SUITES.has(suite) || bytes.length !== KEY_AND_SALT ? [] : [{ tag, suite, master: masterOf(bytes, suite) }];
  })[0];
}

export function masterOf(bytes: Uint8Array, suite: string): MasterKey {
  return { key: bytes.subarray(0, KEY), salt: bytes.subarray(KEY), tag: SUITES.get(suite) ?? 10 };
}

/** Our key for these suites; tags count from `first`. */
export const writeKeys = (bytes: Uint8Array, suites: readonly string[], first = 1): Crypto[] =>
  suites.map((suite, at) => ({
    tag: first + at,
    suite,
    keyParams: `inline:${Buffer.from(bytes).toString("base64")}`,
  }));

export const ALL_SUITES: readonly string[] = [...SUITES.keys()];
