/**
 * Byte streams over node:tls: the same code on Bun, Deno and Node.
 *
 * RFC 3261 §26.3.1, RFC 5922 §7. Rules: the certificate is checked always, by authority, time and name (identity.ts), whatever the
 * environment says (NODE_TLS_REJECT_UNAUTHORIZED); TLS 1.2 at least; why there is no connection is said in words. By TLS 1.3 who refuses
 * our certificate does so after the handshake: the stream opens, and is closed with that error. Bounds are those of tcp.ts.
 */
import { isIP } from "node:net";
import { connect } from "node:tls";
import { identityFault } from "./identity.ts";
import { opened } from "./tcp.ts";
import type { ConnectTls, StreamEvents, TlsTerms } from "./transport.ts";

/** The certificate is of somebody else. */
class WrongName extends Error {}

/** Connects, from one of our addresses if it is given, or rejects within `timeout` milliseconds. */
export const connectTls: ConnectTls = async (terms, to, events, timeout, from) => {
  const told: StreamEvents = {
    received: (bytes) => events.received(bytes),
    closed: (error) => events.closed(error && inWords(error)),
  };
  try {
    return await opened("secureConnect", { to, events: told, timeout }, () => begin(terms, { ...to, from }));
  } catch (error) {
    throw inWords(error);
  }
};

function begin(
  { domain, ca, certificate, key }: TlsTerms,
  { host, port, from }: { readonly host: string; readonly port: number; readonly from: string | undefined },
): ReturnType<typeof connect> {
  const given = { ...(ca && { ca }), ...(certificate && { cert: certificate }), ...(key && { key }) };
  const socket = connect({
    ...given,
    ...(from === undefined ? {} : { localAddress: from }),
    ...(isIP(domain) === 0 ? { servername: domain } : {}), // RFC 6066 §3: no address is a server's name
    host,
    port,
    minVersion: "TLSv1.2",
    rejectUnauthorized: true,
    checkServerIdentity: (_, named) => {
      const fault = identityFault(domain, named);
      return fault === undefined ? undefined : new WrongName(fault);
    },
  });
  return socket.setNoDelay(true);
}

const UNTRUSTED = "its certificate is of an authority that is not trusted";
const WORDS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  CERT_REVOKED: "its certificate is revoked",
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS there",
  ECONNREFUSED: "it refuses the connection",
  ECONNRESET: "it has broken the connection off",
};

/** Why there is no TLS, in words; what has none keeps the first line of its own. */
function inWords(error: unknown): Error {
  if (!(error instanceof Error) || error instanceof WrongName) return error instanceof Error ? error : new Error();
  const code = "code" in error ? String(error.code) : "";
  // the alerts of RFC 8446 §6.2 on our own certificate: certificate_required, bad_certificate, unknown_ca …
  const isOurs = /ALERT.*(?:CERTIFICATE|UNKNOWN_CA)/.test(code);
  const words = isOurs ? "it does not take our certificate, or wants one" : WORDS[code];
  return new Error(words ?? `${code === "" ? "" : `${code}: `}${error.message.split("\n", 1)[0]}`.slice(0, 200));
}
