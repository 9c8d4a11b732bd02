/** A certificate that nobody knows: who insists on TLS must be told to trust it. */
export interface Certificate {
  /** Files in PEM. */
  readonly key: string;
  readonly certificate: string;
}

/** Where the certificate of a domain is, or will be, in a folder: named as Prosody looks for them. */
export const certificateIn = (folder: string, domain: string): Certificate => ({
  key: `${folder}/${domain}.key`,
  certificate: `${folder}/${domain}.crt`,
});

export async function makeCertificate({ key, certificate }: Certificate, domain: string): Promise<void> {
  const made = ["-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2"];
  const named = ["-subj", `/CN=${domain}`, "-addext", `subjectAltName=DNS:${domain}`];
  await Bun.spawn(["openssl", "req", "-x509", ...made, ...named], { stderr: "ignore" }).exited;
}
