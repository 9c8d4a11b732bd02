/** Secrets are hidden wherever a message may have them; equal ones look equal, and nothing else changes. */
import { expect, test } from "bun:test";
import { hideSecrets } from "../../journal/secrets.ts";

test.each([
  ["an ICE password in SDP", "a=ice-ufrag:uA\r\na=ice-pwd:S3CRETpassword\r\n", "a=ice-ufrag:uA"],
  ["an ICE password in Jingle", "<transport ufrag='uA' pwd='S3CRETpassword'/>", "ufrag='uA'"],
  ["an SDES key in SDP", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:S3CRETpassword|2^20", "AES_CM_128_HMAC_SHA1_80"],
  ["an SDES key in Jingle", "<crypto tag='1' key-params='inline:S3CRETpassword'/>", "tag='1'"],
  [
    "credentials for the proxy",
    'Proxy-Authorization: Digest username="gw", response="S3CRETpassword"\r\nCSeq: 1 INVITE',
    "CSeq: 1 INVITE",
  ],
  ["credentials", "authorization : Digest S3CRETpassword", "uthorization"],
  ["a nonce", 'WWW-Authenticate: Digest realm="r", nonce="S3CRETpassword"', 'realm="r"'],
])("%s", (_, text, kept) => {
  const hidden = hideSecrets(text);
  expect(hidden).not.toContain("S3CRET");
  expect(hidden).toMatch(/‹hidden [0-9a-f]{4}›/);
  expect(hidden).toContain(kept);
});

test("equal secrets look equal in both notations, others do not", () => {
  const mark = (text: string): string => /‹hidden \w+›/.exec(hideSecrets(text))?.[0] ?? "";
  expect(mark("a=ice-pwd:one")).toBe(mark("<transport pwd='one'/>"));
  expect(mark("a=ice-pwd:one")).not.toBe(mark("a=ice-pwd:two"));
});
