/** Whose certificate leads to an authority of somebody's own: what node:tls puts into a chain has the right names, and need not be signed. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { peerOf } from "../../transports/peer.ts";
import { Authority, noOpenssl } from "../support/certificates.ts";

describe.skipIf(noOpenssl !== undefined)("a chain that node:tls believes", () => {
  let real: Authority;
  let posed: Authority;

  beforeAll(() => {
    real = new Authority();
    posed = new Authority();
  });
  afterAll(() => {
    for (const each of [real, posed]) each?.remove();
  });

  /** What is told of a connection whose chain is of these certificates. */
  const chained = (...texts: string[]) => {
    const raws = texts.map((text) => new X509Certificate(text).raw);
    const chain = raws.reduceRight<object | undefined>(
      (issuerCertificate, raw) => ({ raw, issuerCertificate }),
      undefined,
    );
    const shown = { ...chain, subjectaltname: "DNS:provider.test" };
    return peerOf({ authorized: true, getPeerCertificate: () => shown } as unknown as TLSSocket);
  };

  // proves: K27
  test("leads to the authority that has signed it, also by another one between", () => {
    const between = real.authority("between");
    const [near, far] = [real.sign("near", "DNS:provider.test"), between.sign("far", "DNS:provider.test")];
    expect(chained(near.cert, real.caText).isOf("provider.test", real.caText)).toBe(true);
    expect(chained(far.cert, between.caText, real.caText).isOf("provider.test", real.caText)).toBe(true);
  });

  // proves: K27
  test("does not lead to one whose name alone it has", () => {
    const theirs = posed.sign("theirs", "DNS:provider.test");
    expect(chained(theirs.cert, real.caText).isOf("provider.test", real.caText)).toBe(false);
    // a false authority of the same name in between, which the real one has signed
    const between = real.authority("between");
    const posing = posed.authority("between").sign("posing", "DNS:provider.test");
    expect(chained(posing.cert, between.caText, real.caText).isOf("provider.test", real.caText)).toBe(false);
    expect(chained(theirs.cert).isOf("provider.test")).toBe(true);
  });
});
