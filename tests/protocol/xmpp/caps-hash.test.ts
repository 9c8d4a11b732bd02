/** Caps of others: XEP-0115, by the examples of its own text. */
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { parse } from "ltx/lib/ltx.js";
import { capsNode, featuresIn, verificationText } from "../../../protocol/xmpp/caps-hash.ts";

const features = ["caps", "disco#info", "disco#items", "muc"].map((name) => `http://jabber.org/protocol/${name}`);
const query = (inside: string) =>
  parse(
    `<query xmlns='http://jabber.org/protocol/disco#info'>${inside}${[...features]
      .reverse()
      .map((name) => `<feature var='${name}'/>`)
      .join("")}</query>`,
  );

const SIMPLE = "<identity category='client' name='Exodus 0.9.1' type='pc'/>";
const COMPLEX = `<identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>
  <identity xml:lang='el' category='client' name='Ψ 0.11' type='pc'/>
  <x xmlns='jabber:x:data' type='result'>
    <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>
    <field var='ip_version'><value>ipv4</value><value>ipv6</value></field>
    <field var='os'><value>Mac</value></field><field var='os_version'><value>10.5.1</value></field>
    <field var='software'><value>Psi</value></field><field var='software_version'><value>0.11</value></field></x>`;

test.each([
  // proves: P15
  ["the simple example (§5.2)", SIMPLE, "QgayPKawpkPSDYmwT/WM94uAlu0="],
  ["the complex example (§5.3)", COMPLEX, "q07IKJEyjvHSyhy//CH0CxmKi8w="],
])("%s has its hash", (_, inside, ver) => {
  expect(
    createHash("sha1")
      .update(verificationText(query(inside)))
      .digest("base64"),
  ).toBe(ver);
});

test("the features of an answer are those of disco#info alone", () => {
  expect(featuresIn(query("<feature xmlns='elsewhere' var='x'/>")).toSorted()).toEqual(features);
});

const presence = (c: string) => parse(`<presence>${c}</presence>`);
const caps = (attributes: string) => presence(`<c xmlns='http://jabber.org/protocol/caps' ${attributes}/>`);

test.each([
  ["a presence with caps", caps("hash='sha-1' node='n' ver='v='"), "n#v="],
  ["one without", presence(""), undefined],
  ["one with a hash that we do not verify", caps("hash='md5' node='n' ver='v'"), undefined],
  ["one of before there were hashes", caps("node='n' ver='v'"), undefined],
  ["one that is far too long", caps(`hash='sha-1' node='${"n".repeat(2_000)}' ver='v'`), undefined],
])("%s", (_, element, node) => {
  expect(capsNode(element)).toBe(node);
});
