/**
 * Hides secrets in messages: ICE passwords, keys in SDP (SDES, MIKEY, k=), digest responses and nonces, passwords in URIs.
 *
 * Rule: equal secrets look equal, so that they can be traced; the four hex digits shown for a secret reveal nothing about it. Ufrags,
 * fingerprints and addresses are not secret: people search for them, and a fingerprint is the hash of a public certificate
 * (RFC 8122 §5). Nor are DTMF digits, without which a call could not be replayed. A field may continue in folded lines, and have
 * blanks around its separators.
 */
import { PASSWORD } from "../protocol/sip/uri.ts";

/** Secrets, located by the text before them. */
const SECRETS: readonly RegExp[] = [
  /(?<=ice-pwd:)\S+/gi,
  /(?<=\bpwd\s*=\s*")[^"]+/g,
  /(?<=\bpwd\s*=\s*')[^']+/g,
  /(?<=inline:)[^|\s'"]+/gi,
  /(?<=^k=[a-z0-9]+:)\S+/gim,
  /(?<=key-mgmt:\S+ )[^\s'"]+/gi,
  PASSWORD,
  /(?<=^(?:Proxy-)?(?:Authorization|Authentication-Info)[ \t]*:[ \t]*)\S[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*/gim,
  /(?<=^(?:Proxy-|WWW-)Authenticate[ \t]*:(?:[^\r\n]|\r?\n[ \t])*?\bnonce\s*=\s*")(?:[^"\\]|\\.)+/gim,
  /(?<=^(?:Proxy-|WWW-)Authenticate[ \t]*:(?:[^\r\n]|\r?\n[ \t])*?\bnonce\s*=\s*)[^\s",][^\s,]*/gim,
];

/** The text with its secrets as `‹hidden 69e6›`. */
export const hideSecrets = (text: string): string =>
  SECRETS.reduce((hidden, secret) => hidden.replace(secret, (found) => `‹hidden ${markOf(found)}›`), text);

/** Four hex digits: enough to distinguish a few secrets, and far too few to recover one (FNV-1a, folded). */
function markOf(secret: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < secret.length; at++) hash = Math.imul(hash ^ secret.charCodeAt(at), 0x01000193);
  return ((hash ^ (hash >>> 16)) & 0xffff).toString(16).padStart(4, "0");
}
