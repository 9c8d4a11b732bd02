/** Why a certificate is invalid, or a TLS connection failed, in words: node:tls has the same codes on Bun, Deno and Node. */

const UNTRUSTED = "its certificate is issued by an authority that is not trusted";
const WORDS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  CERT_REVOKED: "its certificate is revoked",
  INVALID_PURPOSE: "its certificate is not made for clients",
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS there",
  ECONNREFUSED: "it refuses the connection",
  ECONNRESET: "it has reset the connection",
};

/** The words for an error of node:tls; an unknown one keeps its code and the first line of its message. */
export function whyOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // the alerts of RFC 8446 §6.2 on our own certificate: certificate_required, bad_certificate, unknown_ca …
  if (/ALERT.*(?:CERTIFICATE|UNKNOWN_CA)/.test(code)) return "it rejects our certificate, or requires one";
  const text = error instanceof Error ? error.message : String(error);
  return WORDS[code] ?? WORDS[text] ?? `${code === "" ? "" : `${code}: `}${text.split("\n", 1)[0]}`.slice(0, 200);
}
