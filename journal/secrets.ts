/**
 * Hides what nobody may see in a message: ICE passwords, keys in SDP (SDES, MIKEY, k=), digest answers and nonces, passwords in URIs.
 *
 * Rule: equal secrets look equal, so that one sees what became of one; the four hex digits that stand for a secret tell nothing about
 * it. Ufrags, fingerprints and addresses are no secrets: they are what people look for, and a fingerprint is the hash of a certificate that
 * is shown to everybody (RFC 8122 §5). Nor are dialled keys, without which a call could not be run again. A field may go on in folded
 * lines, and have blanks around its signs.
 */
import { PASSWORD } from "../protocol/sip/uri.ts";

/** Secrets, behind what stands before them in the text of a message. */
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

/** Four hex digits: enough to tell a handful of secrets apart, and far too few to find one out (FNV-1a, folded). */
function markOf(secret: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < secret.length; at++) hash = Math.imul(hash ^ secret.charCodeAt(at), 0x01000193);
  return ((hash ^ (hash >>> 16)) & 0xffff).toString(16).padStart(4, "0");
}
