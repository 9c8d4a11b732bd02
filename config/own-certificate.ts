/** Warnings about our own certificate: a line for each reason why callers over TLS would reject it. */
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";

/** `pem` is the certificate, `host` our name in Via and Contact. */
export function judgeCertificate(pem: string | undefined, host: string, now: number): string[] {
  if (pem === undefined) return [];
  const certificate = new X509Certificate(pem);
  const [from, to] = [certificate.validFrom, certificate.validTo];
  return [
    ...(Date.parse(from) > now ? [`[sip] certificate is not valid before ${from}`] : []),
    ...(Date.parse(to) < now ? [`[sip] certificate has expired on ${to}`] : []),
    ...(isOf(certificate, host)
      ? []
      : [`[sip] certificate is not for local_host ${host}: callers over TLS may reject it`]),
  ];
}

const isOf = (certificate: X509Certificate, host: string): boolean =>
  (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined ||
  (certificate.subjectAltName ?? "").split(", ").includes(`URI:sip:${host}`);
