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
  ["an ICE password with a quotation mark", `<transport ufrag="uA" pwd="x'S3CRETpassword"/>`, 'ufrag="uA"'],
  [
    "credentials in folded lines",
    'Authorization: Digest username="gw",\r\n response="S3CRETpassword"\r\nCSeq: 1 INVITE',
    "CSeq: 1",
  ],
  ["what the proxy proves", 'Authentication-Info: nextnonce="S3CRETpassword"\r\nCSeq: 1 INVITE', "CSeq: 1"],
  ["a nonce in a folded line", 'WWW-Authenticate: Digest realm="r",\r\n nonce="S3CRETpassword"', 'realm="r"'],
  ["a password in a URI", "From: <sip:alice:S3CRETpassword@example.org>;tag=x", "sip:alice:"],
  ["a key of SDP", "v=0\r\nk=base64:S3CRETpassword\r\nt=0 0", "k=base64:"],
  ["a MIKEY message", "a=key-mgmt:mikey S3CRETpassword\r\n", "key-mgmt:mikey"],
  ["a nonce", 'WWW-Authenticate: Digest realm="r", nonce="S3CRETpassword"', 'realm="r"'],
])("%s", (_, text, kept) => {
  const hidden = hideSecrets(text);
  expect(hidden).not.toContain("S3CRET");
  expect(hidden).toMatch(/‹hidden [0-9a-f]{4}›/);
  expect(hidden).toContain(kept);
});

test.each(["Contact: <sip:bob@192.0.2.2:5060>", "To: <sip:192.0.2.1:5600>", "a=ice-ufrag:uA", "k=prompt"])(
  "%s is no secret",
  (text) => {
    expect(hideSecrets(text)).toBe(text);
  },
);

test("equal secrets look equal in both notations, others do not", () => {
  const mark = (text: string): string => /‹hidden \w+›/.exec(hideSecrets(text))?.[0] ?? "";
  expect(mark("a=ice-pwd:one")).toBe(mark("<transport pwd='one'/>"));
  expect(mark("a=ice-pwd:one")).not.toBe(mark("a=ice-pwd:two"));
});
