/**
 * The identity of a peer that has connected to us over TLS, by its certificate.
 *
 * RFC 5922 §7.4: a client without a valid certificate is anonymous; others decide whether its messages are accepted.
 * Rules: a certificate that node:tls has not verified counts as none; whole names only (identity.ts); if a peer is identified by its own
 * authority, the chain is verified up to that one, signature by signature, since node:tls builds it by names only. Bound: `LONGEST` links.
 */
import { X509Certificate } from "node:crypto";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import { identityFault } from "./identity.ts";
import { whyOf } from "./tls-words.ts";
import type { Peer } from "./transport.ts";

const LONGEST = 8;
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** An anonymous peer. */
const nobody = (whyNot?: string): Peer => ({ isOf: () => false, whyNot });

/** The peer of a completed handshake. COMPAT: without a certificate it is unauthorized on all runtimes, with differing reasons. */
export function peerOf(socket: TLSSocket): Peer {
  const shown: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true);
  if (shown?.raw === undefined) return nobody();
  if (!socket.authorized) return nobody(whyOf(socket.authorizationError));
  return {
    isOf: (domain, ca) =>
      identityFault(domain, { subjectaltname: shown.subjectaltname, subject: shown.subject }, false) === undefined &&
      (ca === undefined || leadsTo(ca, shown)),
  };
}

/** Whether the chain of a certificate leads to one of these authorities. */
function leadsTo(ca: string, shown: Partial<DetailedPeerCertificate>): boolean {
  const authorities = (ca.match(PEM) ?? []).map((each) => new X509Certificate(each));
  let link: Partial<DetailedPeerCertificate> | undefined = shown;
  for (let count = 0; count < LONGEST && link?.raw !== undefined; count++) {
    const certificate = new X509Certificate(link.raw);
    if (authorities.some((authority) => isSignedBy(certificate, authority))) return true;
    const next: Partial<DetailedPeerCertificate> | undefined = link.issuerCertificate;
    if (next?.raw === undefined || !isSignedBy(certificate, new X509Certificate(next.raw))) return false;
    link = next;
  }
  return false;
}

const isSignedBy = (certificate: X509Certificate, authority: X509Certificate): boolean =>
  authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
