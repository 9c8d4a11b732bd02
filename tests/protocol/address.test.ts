/** JIDs, SIP URIs and numbers: RFC 7622, XEP-0106, RFC 7247. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import {
  type AddressRules,
  calledUser,
  callerJid,
  contactUri,
  dialled,
  dialledName,
  isServed,
} from "../../protocol/address.ts";
import { bareJid, escapeLocal, readJid, unescapeLocal } from "../../protocol/xmpp/jid.ts";

const RULES: AddressRules = {
  hosts: ["example.org", "example.net"],
  component: "sip.example.org",
  ours: ["192.0.2.1"],
  proxyHost: "proxy.example",
  proxyPort: 5060,
  intercept: false,
  speaksAs: [],
  usernameToPhone: [{ username: "nurse", phone: "+4930123" }],
};

describe("JIDs", () => {
  test.each([
    ["juliet@example.org/balcony", { local: "juliet", domain: "example.org", resource: "balcony" }],
    ["Juliet@Example.ORG/Balcony", { local: "juliet", domain: "example.org", resource: "Balcony" }],
    ["example.org", { local: "", domain: "example.org", resource: "" }],
    ["a@b/c/d@e", { local: "a", domain: "b", resource: "c/d@e" }],
  ])("%s", (text, jid) => {
    expect(readJid(text)).toEqual(jid);
  });

  test.each(["", "a@b@c", "@b", "a@", "a b@c", "a@b/", "a/b@c d\n", "a:b@c", "x".repeat(2_000)])(
    "%p is none",
    (text) => {
      expect(readJid(text)).toBeUndefined();
    },
  );

  test("the bare JID is in lower case", () => {
    expect([bareJid("A@B/C"), bareJid("A@B")]).toEqual(["a@b", "a@b"]);
  });

  test.each([
    ["space cadet", "space\\20cadet"],
    ['call me "ishmael"', "call\\20me\\20\\22ishmael\\22"],
    ["at&t guy", "at\\26t\\20guy"],
    ["d'artagnan", "d\\27artagnan"],
    ["/.fanboy", "\\2f.fanboy"],
    ["::foo::", "\\3a\\3afoo\\3a\\3a"],
    ["user@host", "user\\40host"],
    ["c:\\net", "c\\3a\\net"],
    ["c:\\5commas", "c\\3a\\5c5commas"],
  ])("%p escapes to %p, as in the examples of XEP-0106", (text, local) => {
    expect(escapeLocal(text)).toBe(local);
    expect(unescapeLocal(local)).toBe(text);
  });

  test("what is escaped is unescaped again", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]{1,30}$/), (text) => {
        expect(unescapeLocal(escapeLocal(text))).toBe(text);
        expect(readJid(`${escapeLocal(text)}@b`)).toBeDefined();
      }),
    );
  });
});

describe("who may call", () => {
  test.each([
    ["juliet@example.org/x", true],
    ["Juliet@EXAMPLE.net", true],
    ["mallory@elsewhere.example", false],
    ["bob@sip.example.org", false],
    ["nonsense@@", false],
  ])("%s: %p", (jid, served) => {
    expect(isServed(jid, RULES)).toBe(served);
  });

  test("the component's own domain is never served, even when somebody lists it", () => {
    expect(isServed("bob@sip.example.org", { ...RULES, hosts: ["sip.example.org"] })).toBe(false);
  });
});

/** The addresses of a call, where whoever has a JID is dialled by it. */
const call = (parties: { caller: string; callee: string }, rules: AddressRules = RULES) =>
  dialled({ ...parties, name: dialledName(parties.callee, rules) ?? "" }, rules);

test.each([
  ["bob@sip.example.org", "sip:bob@proxy.example:5060", "<sip:bob@sip.example.org>"],
  ["nurse@sip.example.org", "sip:+4930123@proxy.example:5060", "<sip:+4930123@sip.example.org>"],
  ["a\\40b@sip.example.org", "sip:a%40b@proxy.example:5060", "<sip:a%40b@sip.example.org>"],
  ["grün@sip.example.org", "sip:gr%C3%BCn@proxy.example:5060", "<sip:gr%C3%BCn@sip.example.org>"],
])("a call to %s", (callee, requestUri, to) => {
  const names = call({ caller: "juliet@example.org", callee });
  expect(names).toEqual({ requestUri, to, from: '"juliet" <sip:juliet@example.org>', contactUser: "juliet" });
});

// proves: A6
test("a user's number is found however the name is written in the configuration", () => {
  const rules = { ...RULES, usernameToPhone: [{ username: "Nurse", phone: "+4930123" }] };
  const names = call({ caller: "juliet@example.org", callee: "nurse@sip.example.org" }, rules);
  expect(names?.requestUri).toBe("sip:+4930123@proxy.example:5060");
});

test("a domain alone cannot be dialled", () => {
  expect(call({ caller: "juliet@example.org", callee: "sip.example.org" })).toBeUndefined();
});

test("the proxy may have an IPv6 address", () => {
  const names = call({ caller: "a@example.org", callee: "b@sip.example.org" }, { ...RULES, proxyHost: "2001:db8::1" });
  expect(names?.requestUri).toBe("sip:b@[2001:db8::1]:5060");
});

describe("who is called", () => {
  test.each([
    ["sip:juliet@example.org", "sip:x@y", "juliet@example.org"],
    ["sip:Juliet@example.net;user=phone", "sip:x@y", "juliet@example.net"],
    ["sip:x@proxy.example", "sip:juliet@example.org", "juliet@example.org"],
    ["sip:juliet@192.0.2.1:5600", "sip:x@y", "juliet@example.org"],
    ["tel:+4930123", "tel:+4930123", "nurse@example.org"],
    ["sip:%2b4930123@example.org", "sip:x@y", "nurse@example.org"],
    ["sip:a%40b@example.org", "sip:x@y", "a\\40b@example.org"],
    ["sip:j:pw@example.org", "sip:x@y", "j@example.org"],
    ["sip:x@elsewhere", "sip:x@elsewhere", undefined],
    ["sip:x@sip.example.org", "sip:x@sip.example.org", undefined],
    ["sip:example.org", "sip:x@y", undefined],
  ])("%s, To %s: %p", (requestUri, to, jid) => {
    expect(calledUser({ requestUri, to }, RULES)).toBe(jid);
  });

  // proves: A6
  test("a number means its user where it begins with + or *, and no other does", () => {
    const phones = [
      { username: "ux4930123", phone: "+4930123" },
      { username: "ux17", phone: "*17" },
      { username: "u17", phone: "17" },
    ];
    const called = (user: string) =>
      calledUser({ requestUri: `sip:${user}@example.org`, to: "sip:y@z" }, { ...RULES, usernameToPhone: phones });
    expect(["+4930123", "*17", "17"].map(called)).toEqual([
      "ux4930123@example.org",
      "ux17@example.org",
      "17@example.org",
    ]);
  });

  // proves: A18
  test("and is never one of the component's own domain, though that be among the hosts", () => {
    const rules = { ...RULES, hosts: [RULES.component, "example.org"] };
    expect(calledUser({ requestUri: "sip:x@sip.example.org", to: "sip:x@sip.example.org" }, rules)).toBeUndefined();
    expect(isServed("x@sip.example.org", rules)).toBe(false);
  });
});

test.each([
  ["sip:carol@sip.example.org", "carol@sip.example.org/sip"],
  ["sip:carol@PROXY.example:5070", "carol@sip.example.org/sip"],
  ["sip:carol@192.0.2.1", "carol@sip.example.org/sip"],
  ["sip:+4989@x.example", "+4989@sip.example.org/sip"],
  ["tel:+49-89-12", "+498912@sip.example.org/sip"],
  ["sip:carol@x.example", "carol\\40x.example@sip.example.org/sip"],
  ["sip:x.example", "x.example@sip.example.org/sip"],
  ["sip:%22evil%22%3Ciq@x.example", "\\22evil\\22\\3ciq\\40x.example@sip.example.org/sip"],
])("the caller %s is %s", (from, jid) => {
  expect(callerJid(from, RULES, true)).toBe(jid);
});

test.each([
  ["bob", "192.0.2.1", "sip:bob@192.0.2.1:5600"],
  ["", "2001:db8::1", "sip:[2001:db8::1]:5600"],
])("our Contact for %p", (user, host, uri) => {
  expect(contactUri(user, host, 5600)).toBe(uri);
});

describe("a caller, where the server lets us speak as others (intercept)", () => {
  const rules = { ...RULES, intercept: true, speaksAs: ["pbx.example"] };
  test.each([
    ["sip:juliet@example.org", "juliet@example.org"],
    ["sip:carol@pbx.example", "carol@pbx.example"],
    ["sip:a%20b@example.org", "a\\20b@example.org"],
    ["tel:+4930555", "+4930555@sip.example.org"],
    ["sip:+4930123@example.org", "nurse@example.org"],
    ["sip:pbx.example", "pbx.example"],
    // proves: X19
    ["sip:carol@evil.example", "carol\\40evil.example@sip.example.org/sip"],
    ["sip:+4930555@evil.example", "+4930555@sip.example.org/sip"],
    ["sip:example.org", "example.org@sip.example.org/sip"],
    ["sip:carol@sip.example.org", "carol@sip.example.org"],
  ])("%s is %s", (from, jid) => expect(callerJid(from, rules, true)).toBe(jid));
});

// proves: A29
test.each([
  ["sip:juliet@example.org", "juliet\\40example.org@sip.example.org/sip"],
  ["sip:+4930123@example.org", "+4930123@sip.example.org/sip"],
  ["sip:carol@pbx.example", "carol\\40pbx.example@sip.example.org/sip"],
  ["tel:+4930555", "+4930555@sip.example.org"],
])("one whose From nobody has checked never has the name of a user: %s is %s", (from, jid) => {
  expect(callerJid(from, { ...RULES, intercept: true }, false)).toBe(jid);
});

describe("domains of other scripts: U-labels in JIDs, A-labels in SIP URIs (RFC 7622 §3.2, RFC 5891)", () => {
  const rules: AddressRules = { ...RULES, hosts: ["bücher.example"], component: "sip.bücher.example" };

  test("a user is found by the A-labels of a Request-URI or To", () => {
    const jid = "juliet@bücher.example";
    const to = "sip:juliet@xn--bcher-kva.example";
    expect(calledUser({ requestUri: to, to }, rules)).toBe(jid);
    expect(calledUser({ requestUri: "sip:x@elsewhere.example", to }, rules)).toBe(jid);
  });

  test.each(["bücher.example", "xn--bcher-kva.example"])("a user of %s may call", (domain) => {
    expect(isServed(`juliet@${domain}/balcony`, rules)).toBe(true);
    expect(isServed(`bob@sip.${domain}`, rules)).toBe(false);
  });

  test("a phone of the component's domain is near, and speaks from its U-labels", () => {
    expect(callerJid("sip:bob@sip.xn--bcher-kva.example", rules, false)).toBe("bob@sip.bücher.example/sip");
  });

  test("in intercept mode a caller of a served domain is the user that its address spells", () => {
    const spelled = callerJid("sip:romeo@xn--bcher-kva.example", { ...rules, intercept: true }, true);
    expect(spelled).toBe("romeo@bücher.example");
  });
});
