/**
 * Who is at the other side of a TLS connection that it has made: what its certificate says.
 *
 * RFC 5922 §7.4: a client without a certificate that is believed is nobody in particular; whether it may speak is for others to judge.
 * Rules: what node:tls has not verified is no certificate; whole names alone (identity.ts); where somebody is known by an authority of
 * his own, the chain is followed to that one, signature by signature, since node:tls puts into it whatever has the right names. Bound: `LONGEST` links.
 */
import { X509Certificate } from "node:crypto";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import { identityFault } from "./identity.ts";
import { whyOf } from "./tls-words.ts";
import type { Peer } from "./transport.ts";

const LONGEST = 8;
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Nobody in particular. */
const nobody = (whyNot?: string): Peer => ({ isOf: () => false, whyNot });

/** Of a connection whose handshake is over. COMPAT: without a certificate it is unauthorized on all runtimes, for one reason or another. */
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
