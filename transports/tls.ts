/**
 * Outgoing byte streams over node:tls: the same code on Bun, Deno and Node.
 *
 * RFC 3261 §26.3.1, RFC 5922 §7. Rules: the certificate is always checked, by authority, time and name (identity.ts), whatever the
 * environment says (NODE_TLS_REJECT_UNAUTHORIZED); TLS 1.2 at least; errors say in words why there is no connection. In TLS 1.3 a server
 * refuses our certificate after the handshake: the stream opens, and is closed with that error. Bounds are those of tcp.ts.
 */
import { isIP } from "node:net";
import { connect } from "node:tls";
import { identityFault } from "./identity.ts";
import { opened } from "./tcp.ts";
import { whyOf } from "./tls-words.ts";
import type { ConnectTls, StreamEvents, TlsTerms } from "./transport.ts";

/** The certificate does not identify the domain. */
class WrongName extends Error {}

/** Connects, from the local address `from` if given; rejects after `timeout` milliseconds. */
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
    ...(isIP(domain) === 0 ? { servername: domain } : {}), // RFC 6066 §3: an address is not allowed as a server name
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

/** Why there is no TLS connection, in words. */
const inWords = (error: unknown): Error => (error instanceof WrongName ? error : new Error(whyOf(error)));
