/** What is refused before anybody looks at what it asks: RFC 3261 §8.2, in the order of that section. */
import { expect, test } from "bun:test";
import { sdpOf } from "../../../protocol/sip/body.ts";
import { isCallId, phraseOf, responseTo, withToTag } from "../../../protocol/sip/build.ts";
import { header } from "../../../protocol/sip/fields.ts";
import type { Request } from "../../../protocol/sip/message.ts";
import { readMessage } from "../../../protocol/sip/read.ts";
import { judge } from "../../../protocol/sip/rules.ts";

const request = (method: string, more = "", uri = "sip:bob@b", body = ""): Request =>
  readMessage(
    new TextEncoder().encode(
      `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@a>;tag=1\r\nTo: <sip:b@b>\r\nCall-ID: c\r\nCSeq: 1 ${method}\r\n${more}\r\n${body}`,
    ),
  ) as Request;

test.each([
  ["INVITE as it should be", request("INVITE", "Max-Forwards: 70\r\n"), undefined],
  ["INVITE without Max-Forwards, of RFC 2543", request("INVITE"), undefined],
  ["OPTIONS without hops left", request("OPTIONS", "Max-Forwards: 0\r\n"), undefined],
  ["two From", request("INVITE", "From: <sip:x@x>\r\n"), 400],
  ["Max-Forwards that is no number", request("INVITE", "Max-Forwards: many\r\n"), 400],
  ["Max-Forwards out of range", request("INVITE", "Max-Forwards: 256\r\n"), 400],
  ["REGISTER", request("REGISTER"), 405],
  ["REFER", request("REFER"), 405],
  ["a method that nobody knows", request("DANCE"), 501],
  ["another scheme", request("INVITE", "", "http://b"), 416],
  ["sips, which asks for TLS", request("INVITE", "", "sips:b@b"), 416],
  ["INVITE without hops left", request("INVITE", "Max-Forwards: 0\r\n"), 483],
  ["an extension that is required and unknown", request("INVITE", "Require: 100rel, x\r\n"), 420],
  ["a body of another type", request("INVITE", "Content-Type: text/plain\r\n", undefined, "hi"), 415],
  // proves: S41
  [
    "a body of another type that is optional",
    request("INVITE", "Content-Type: text/plain\r\nContent-Disposition: render;handling=optional\r\n", undefined, "hi"),
    undefined,
  ],
  [
    "a body of another type that is required",
    request("INVITE", "Content-Type: text/plain\r\nContent-Disposition: render;handling=required\r\n", undefined, "hi"),
    415,
  ],
  ["a Contact that is a number", request("INVITE", "Contact: <tel:+49301>\r\n"), 400],
  ["a Contact that asks for TLS", request("UPDATE", "Contact: <sips:a@b>\r\n"), 480],
  ["a Contact of another scheme", request("INVITE", "Contact: <mailto:a@b>\r\n"), 416],
  ["a Contact that makes no dialog", request("OPTIONS", "Contact: <mailto:a@b>\r\n"), undefined],
  ["a nearest proxy that asks for TLS", request("INVITE", "Record-Route: <sips:p;lr>, <sip:q;lr>\r\n"), 480],
  ["a farther proxy that asks for TLS", request("INVITE", "Record-Route: <sip:p;lr>, <sips:q;lr>\r\n"), undefined],
  [
    "a body in another coding",
    request("INVITE", "Content-Type: application/sdp\r\nContent-Encoding: gzip\r\n", undefined, "hi"),
    415,
  ],
])("%s", (_, asked, status) => {
  expect(judge(asked)?.status).toBe(status);
});

test.each([
  ["405 names what is taken", request("REFER"), "Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE"],
  ["501 too", request("DANCE"), "Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE"],
  ["420 names what is not", request("INVITE", "Require: trickle-ice, x\r\n"), "Unsupported", "x"],
  [
    "415 names the types",
    request("INVITE", "c: text/plain\r\n", undefined, "x"),
    "Accept",
    "application/sdp, application/trickle-ice-sdpfrag, application/dtmf-relay, application/dtmf, multipart/mixed",
  ],
])("%s", (_, asked, name, value) => {
  const answer = judge(asked);
  expect(answer && header(answer, name)).toBe(value);
});

test("a response copies the required fields, and Record-Route if it begins a dialog", () => {
  const asked = request("INVITE", "Record-Route: <sip:p;lr>\r\nSubject: no\r\n");
  const ringing = responseTo(asked, 180, { toTag: "t" });
  expect(ringing.headers.map(([name]) => name)).toEqual(["Via", "From", "To", "Call-ID", "CSeq", "Record-Route"]);
  expect(header(ringing, "To")).toBe("<sip:b@b>;tag=t");
  expect(responseTo(asked, 404).headers.some(([name]) => name === "Record-Route")).toBe(false);
  expect(header(responseTo(asked, 100, { toTag: "t" }), "To")).toBe("<sip:b@b>");
});

test("100 copies Timestamp (§8.2.6.1), and no other response does", () => {
  const asked = request("INVITE", "Timestamp: 54\r\n");
  expect([100, 180].map((status) => header(responseTo(asked, status), "Timestamp"))).toEqual(["54", undefined]);
});

test("an optional body that cannot be read is ignored", () => {
  const optional = request("INVITE", "c: text/plain\r\n", undefined, "hi");
  expect([sdpOf(optional), sdpOf(request("INVITE", "", undefined, "hi"))]).toEqual(["", "hi"]);
});

test("a To tag is given once", () => {
  const tagged = withToTag(responseTo(request("BYE"), 481), () => "t");
  expect(
    header(
      withToTag(tagged, () => "other"),
      "To",
    ),
  ).toBe("<sip:b@b>;tag=t");
});

test("every status has a phrase", () => {
  expect([phraseOf(486), phraseOf(499), phraseOf(699)]).toEqual(["Busy Here", "Request Failure", "Global Failure"]);
});

test.each([
  ["a84b4c76e66710@pc33.atlanta.com", true],
  ["ffc2a7d5-ed0b-47c6-a3b5-51e3e5c96d62", true],
  ["a b", false],
  ["a\r\nX: y", false],
  ["", false],
  ["a@b@c", false],
  ["é", false],
  ["x".repeat(256), false],
])("%p is a Call-ID: %p", (text, is) => {
  expect(isCallId(text)).toBe(is);
});
