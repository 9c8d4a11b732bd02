/** Digest as a client: the examples of RFC 2617 §3.5 and RFC 7616 §3.9.1, and the challenges that real servers send. */
import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { ProxyCredentials } from "../../../actors/phone/credentials.ts";
import { answerChallenge, challengesOf } from "../../../protocol/sip/digest.ts";
import { header } from "../../../protocol/sip/fields.ts";
import type { Field, Request, Response } from "../../../protocol/sip/message.ts";

const hash = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");
const request = (method: string, uri: string, body = ""): Request => ({
  kind: "request",
  method,
  uri,
  headers: [["CSeq", `1 ${method}`]],
  body,
});
const refused = (...headers: Field[]): Response => ({ kind: "response", status: 407, phrase: "", headers, body: "" });
const challenge = (params: string) => {
  const [first] = challengesOf(refused(["Proxy-Authenticate", `Digest ${params}`]));
  if (!first) throw new Error("no challenge");
  return first;
};

describe("the answer to a challenge", () => {
  const RFC7616 =
    'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
  const CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

  test.each([
    [
      "RFC 2617 §3.5",
      'realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
      { username: "Mufasa", password: "Circle Of Life" },
      "0a4f113b",
      "6629fae49393a05397450978507c4ef1",
    ],
    [
      "RFC 7616 §3.9.1, MD5",
      `${RFC7616}, algorithm=MD5`,
      { username: "Mufasa", password: "Circle of Life" },
      CNONCE,
      "8ca523f5e9506fed4657c9700eebdbec",
    ],
    [
      "RFC 7616 §3.9.1, SHA-256",
      `${RFC7616}, algorithm=SHA-256`,
      { username: "Mufasa", password: "Circle of Life" },
      CNONCE,
      "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
    ],
  ])("is that of %s", (_, params, credentials, cnonce, response) => {
    const answer = answerChallenge(challenge(params), request("GET", "/dir/index.html"), credentials, { hash, cnonce });
    expect(answer).toContain(`response="${response}"`);
    expect(answer).toContain("qop=auth, nc=00000001");
  });

  test("without qop is that of RFC 2069", () => {
    const by = { hash, cnonce: "c" };
    const answer = answerChallenge(
      challenge('realm="r", nonce="n"'),
      request("INVITE", "sip:b"),
      { username: "u", password: "p" },
      by,
    );
    const expected = hash("md5", [hash("md5", "u:r:p"), "n", hash("md5", "INVITE:sip:b")].join(":"));
    expect(answer).toBe(
      `Digest username="u", realm="r", nonce="n", uri="sip:b", response="${expected}", algorithm=MD5`,
    );
  });

  test("with auth-int covers the body, and with -sess the nonces", () => {
    const by = { hash, cnonce: "c" };
    const params = 'realm="r", nonce="n", qop="auth-int", algorithm=MD5-sess';
    const answer = answerChallenge(
      challenge(params),
      request("INVITE", "sip:b", "body"),
      { username: "u", password: "p" },
      by,
    );
    const a1 = hash("md5", [hash("md5", "u:r:p"), "n", "c"].join(":"));
    const a2 = hash("md5", `INVITE:sip:b:${hash("md5", "body")}`);
    expect(answer).toContain(`response="${hash("md5", [a1, "n", "00000001", "c", "auth-int", a2].join(":"))}"`);
  });

  test("cannot hold a quote that ends its value", () => {
    const answer = answerChallenge(
      challenge('realm="a\\"b", nonce="n"'),
      request("INVITE", "sip:b"),
      { username: 'u"', password: "" },
      { hash, cnonce: "" },
    );
    expect(answer).toContain('username="u\\"", realm="a\\"b"');
  });
});

describe("challenges", () => {
  test("that cannot be answered are passed over for one that can (RFC 8760 §2.4)", () => {
    const response = refused(
      ["Proxy-Authenticate", 'Digest realm="r", nonce="n1", algorithm=SHA-512-256'],
      ["Proxy-Authenticate", "Bearer x"],
      ["Proxy-Authenticate", 'Digest realm="r", nonce="n2", algorithm=SHA-256'],
      ["Proxy-Authenticate", 'Digest realm="r", nonce="n3"'],
    );
    expect(challengesOf(response).map(({ params }) => params.find(([name]) => name === "nonce")?.[1])).toEqual([
      "n2",
      "n3",
    ]);
  });
});

describe("a refused request", () => {
  const by = { random: () => "c", hash };
  const account = { username: "u", password: "p", realm: [], learnsFrom401: true };
  const authenticate = (...of: Parameters<ProxyCredentials["answer"]>) =>
    new ProxyCredentials(account, by).answer(...of);
  const asked = { ...refused(["Proxy-Authenticate", 'Digest realm="r", nonce="n"']) };

  test("is made again, with the next number", () => {
    const again = authenticate(request("INVITE", "sip:b"), asked, 2);
    expect(again && [header(again, "CSeq"), header(again, "Proxy-Authorization")?.slice(0, 6)]).toEqual([
      "2 INVITE",
      "Digest",
    ]);
  });

  test("is not made a third time, unless the nonce was only stale", () => {
    const again = authenticate(request("INVITE", "sip:b"), asked, 2) ?? request("INVITE", "");
    expect(authenticate(again, asked, 3)).toBeUndefined();
    const stale = refused(["Proxy-Authenticate", 'Digest realm="r", nonce="n2", stale=TRUE']);
    const third = authenticate(again, stale, 3);
    expect(third?.headers.filter(([name]) => name === "Proxy-Authorization")).toHaveLength(1);
    expect(third && header(third, "CSeq")).toBe("3 INVITE");
  });

  test("is left alone without credentials, and by any other status", () => {
    const none = new ProxyCredentials({ ...account, username: "" }, by);
    expect(none.answer(request("INVITE", "sip:b"), asked, 2)).toBeUndefined();
    expect(authenticate(request("INVITE", "sip:b"), { ...asked, status: 403 }, 2)).toBeUndefined();
  });
});
