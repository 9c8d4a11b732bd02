/**
 * Hides what nobody may see in a message: ICE passwords, SDES keys, digest answers.
 *
 * Rule: equal secrets look equal, so that one sees what became of one; the four hex digits that stand for a secret tell nothing about
 * it. Ufrags, fingerprints and addresses are no secrets: they are what people look for.
 */

/** What stands before a secret in the text of a message, and the secret. */
const SECRETS: readonly RegExp[] = [
  /(ice-pwd:)(\S+)/g,
  /(\bpwd=['"])([^'"]+)/g,
  /(inline:)([^|\s'"]+)/g,
  /^((?:Proxy-)?Authorization[ \t]*:[ \t]*)([^\r\n]+)/gim,
  /^((?:Proxy-|WWW-)?Authenticate[ \t]*:[^\r\n]*?\bnonce=")([^"]+)/gim,
];

/** The text with its secrets as `‹hidden 69e6›`. */
export function hideSecrets(text: string): string {
  return SECRETS.reduce(
    (hidden, pattern) =>
      hidden.replace(pattern, (_, before: string, secret: string) => `${before}‹hidden ${markOf(secret)}›`),
    text,
  );
}

/** Four hex digits: enough to tell a handful of secrets apart, and far too few to find one out (FNV-1a, folded). */
function markOf(secret: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < secret.length; at++) hash = Math.imul(hash ^ secret.charCodeAt(at), 0x01000193);
  return ((hash ^ (hash >>> 16)) & 0xffff).toString(16).padStart(4, "0");
}
