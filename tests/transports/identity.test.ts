/** Whose certificate it is: RFC 5922 §7.1, and one that tries to be somebody else's. */
import { expect, test } from "bun:test";
import { identityFault } from "../../transports/identity.ts";

const RIGHT: readonly (readonly [domain: string, names: string])[] = [
  ["provider.test", "DNS:provider.test"],
  ["Provider.Test.", "DNS:PROVIDER.test."],
  ["provider.test", "DNS:sip.host.test, DNS:provider.test"],
  ["provider.test", "URI:sip:provider.test"],
  ["provider.test", "URI:sip:provider.test:5061;transport=tls, DNS:host.test"],
  ["provider.test", "URI:https://x.test, URI:sip:anna@x.test, DNS:provider.test"],
  ["mine.pstn.provider.test", "DNS:*.pstn.provider.test"],
  ["192.0.2.1", "IP Address:192.0.2.1"],
];

const WRONG: readonly (readonly [domain: string, names: string, said: string])[] = [
  ["provider.test", "DNS:host.test", "host.test"],
  ["provider.test", "URI:sip:host.test, DNS:provider.test", "host.test"], // only the URI counts
  ["provider.test", "URI:sip:anna@provider.test", "no name"],
  ["provider.test", "URI:sips:provider.test", "no name"], // §7.1: the scheme is sip
  ["a.provider.test", "URI:sip:*.provider.test", "*.provider.test"],
  ["provider.test", "DNS:*.provider.test", "*.provider.test"],
  ["a.b.provider.test", "DNS:*.provider.test", "*.provider.test"],
  ["a.test", "DNS:*.test", "*.test"], // a whole top-level domain
  ["aprovider.test", "DNS:a*.test", "a*.test"],
  ["provider.test", 'URI:"http://x.test/, DNS:provider.test"', "no name"],
  ["192.0.2.1", "DNS:192.0.2.1", "no name"],
  ["provider.test", "", "cn.test"],
  ["cn.test", "email:anna@x.test", "no name"], // any subjectAltName is one (§7.1)
  ["cn.test", "othername:<unsupported>", "no name"],
];

test.each(RIGHT)("%s is named by %s", (domain, subjectaltname) => {
  expect(identityFault(domain, { subjectaltname })).toBeUndefined();
});

test.each(WRONG)("%s is not named by %s", (domain, subjectaltname, said) => {
  expect(identityFault(domain, { subjectaltname, subject: { CN: "cn.test" } })).toContain(said);
});

test("without any subjectAltName the common name counts", () => {
  expect(identityFault("cn.test", { subject: { CN: "cn.test" } })).toBeUndefined();
});
