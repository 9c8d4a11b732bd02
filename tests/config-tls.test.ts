/** TLS from others (`[sip] certificate`): the one line that refuses what cannot be meant so, and the warnings about a certificate. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { judgeCertificate } from "../config/own-certificate.ts";
import { readTlsFiles } from "../config/tls-files.ts";
import { ConfigError } from "../config/words.ts";
import { Authority, noOpenssl, type Pair } from "./support/certificates.ts";
import { changed } from "./support/changed.ts";
import { GOOD, read, refusal } from "./support/config.ts";

const SIP = (lines: string): string => `${GOOD}\n[sip]\n${lines}\n`;
const BOTH = 'certificate = "/etc/a.pem"\nkey = "/etc/a.key"';

describe("is refused in one line:", () => {
  // proves: K13
  test.each([
    ["a certificate without its key", SIP('certificate = "/etc/a.pem"'), "[sip] certificate and key need each other"],
    [
      "authorities of callers who cannot come",
      SIP('ca = "/etc/ca.pem"'),
      "[sip] ca is for callers over TLS: without certificate and key there are none",
    ],
    [
      "the port of TCP",
      SIP(`${BOTH}\ntls_port = 5600`),
      "[sip] tls_port 5600 is the listen_port of TCP: choose another",
    ],
  ])("%s", (_, text, line) => {
    expect(refusal(text)).toEndWith(line);
  });

  test("any free port may be both", () => {
    const text = changed(SIP(`${BOTH}\ntls_port = 0`), "[sip]", "[modules.mod_jingle_sip]\nlisten_port = 0\n[sip]");
    expect(read(text).sip.tlsPort).toBe(0);
  });
});

describe.skipIf(noOpenssl !== undefined)(`files${noOpenssl ? ` (left out: ${noOpenssl})` : ""}`, () => {
  let ours: Authority;
  let us: Pair;
  beforeAll(() => {
    ours = new Authority();
    us = ours.sign("us", "DNS:gateway.test, URI:sip:example.test");
  });
  afterAll(() => ours?.remove());

  const filed = (certificate: string, key: string) => {
    const files: Record<string, string> = { "/c": certificate, "/k": key };
    const named = { ca: "", certificate: "/c", key: "/k" };
    const reads = async (file: string) => files[file] ?? Promise.reject(new Error("none"));
    return readTlsFiles({ sip: named, trunks: [] }, reads).catch((error: unknown) => error);
  };

  // proves: K13
  test("belong together, and each fault is a line", async () => {
    expect(await filed(us.cert, us.keyText)).toMatchObject({ sipFiles: { certificate: us.cert, key: us.keyText } });
    const other = ours.sign("other", "DNS:gateway.test");
    expect(await filed(us.cert, other.keyText)).toEqual(new ConfigError(["[sip] key is not the key of certificate"]));
    expect(await filed(us.keyText, us.keyText)).toEqual(
      new ConfigError(['[sip] certificate "/c" has no certificate in PEM']),
    );
  });

  test("a certificate that callers would not believe is warned of", () => {
    const now = Date.now();
    const judged = (host: string, at = now) =>
      judgeCertificate(us.cert, host, at).map((line) => /^.*?(?:expired on|before|local_host)/.exec(line)?.[0]);
    expect([judged("gateway.test"), judged("example.test")]).toEqual([[], []]);
    expect(judged("192.0.2.1")).toEqual(["[sip] certificate is not for local_host"]);
    expect(judged("gateway.test", now + 1e12)).toEqual(["[sip] certificate has expired on"]);
    expect(judged("gateway.test", now - 1e12)).toEqual(["[sip] certificate is not valid before"]);
    expect(judgeCertificate(undefined, "gateway.test", now)).toEqual([]);
  });
});
