/** Via, CSeq, From and To are read once a message, and what was read stays true when the message is changed. */
import { describe, expect, test } from "bun:test";
import { readReceived } from "../../../actors/sip/receive.ts";
import { responseTo, withToTag } from "../../../protocol/sip/build.ts";
import { header } from "../../../protocol/sip/fields.ts";
import { cseqOf, partyOf, readVia, tagOf, topVia } from "../../../protocol/sip/mandatory.ts";
import type { Message, Request } from "../../../protocol/sip/message.ts";
import { splitOutside } from "../../../protocol/sip/values.ts";
import { writeMessage } from "../../../protocol/sip/write.ts";
import { makeRequest } from "../../support/sip.ts";

const from = { transport: "udp", host: "192.0.2.9", port: 6000 } as const;

/** A request as it comes in, whose Via is the given one. */
function incoming(via: string, toTag?: string): Request {
  const request = makeRequest("INVITE", "a", toTag === undefined ? {} : { toTag });
  const { message } = readReceived(writeMessage({ ...request, headers: [["Via", via], ...request.headers] }), from);
  if (message?.kind !== "request") throw new Error("not read");
  return message;
}

/** The same message, of which nothing has been read. */
const unread = <M extends Message>(message: M): M => ({ ...message, headers: [...message.headers] });

describe("of one message", () => {
  test("each is read once, and again only when its headers are other ones", () => {
    const message = incoming("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1");
    expect(cseqOf({ ...message, body: "" })).toBe(cseqOf(message));
    expect(partyOf({ ...message, body: "" }, "From")).toBe(partyOf(message, "From"));
    expect(topVia({ ...message, body: "" })).toBe(topVia(message));
    expect(partyOf(unread(message), "From")).not.toBe(partyOf(message, "From"));
  });

  test.each([
    "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
    "SIP/2.0/UDP 192.0.2.1:5070;rport;branch=z9hG4bK1",
    "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1;received=192.0.2.66;rport=1",
    'SIP/2.0/UDP phone.example;received=192.0.2.66;x="a;b,c";branch=z9hG4bK1, SIP/2.0/TCP 192.0.2.3;branch=z9hG4bK0',
    "SIP/2.0/UDP [2001:db8::1] ;rport ; branch=z9hG4bK1",
  ])("what was read of a Via that we have marked is what is written: %s", (via) => {
    const message = incoming(via);
    expect(topVia(message)).toEqual(readVia(splitOutside(header(message, "Via") ?? "", ",")[0] ?? ""));
  });

  test.each<[string, string | undefined, number, string | undefined]>([
    ["a response with a new tag", undefined, 180, "ours"],
    ["a response inside a dialog", "theirs", 200, "ours"],
    ["100, which has no tag", undefined, 100, "ours"],
    ["a response that gets no tag yet", undefined, 481, undefined],
  ])("%s has of its request what it copies, and its own To", (_, tagInRequest, status, toTag) => {
    const message = incoming("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", tagInRequest);
    for (const name of ["From", "To"] as const) partyOf(message, name);
    const response = responseTo(message, status, toTag === undefined ? {} : { toTag });
    expect(cseqOf(response)).toEqual(cseqOf(unread(response)));
    expect(topVia(response)).toBe(topVia(message));
    for (const name of ["From", "To"] as const) expect(tagOf(response, name)).toBe(tagOf(unread(response), name));
    expect(tagOf(response, "To")).toBe(status === 100 ? tagInRequest : (tagInRequest ?? toTag));
  });

  test("a To tag is made only if there is none", () => {
    const make = (): string => {
      throw new Error("there is a tag already");
    };
    const message = incoming("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", "theirs");
    expect(tagOf(withToTag(responseTo(message, 486), make), "To")).toBe("theirs");
    expect(tagOf(withToTag(responseTo(message, 100), make), "To")).toBe("theirs");
    expect(() => withToTag(responseTo(incoming("SIP/2.0/UDP 192.0.2.1"), 486), make)).toThrow();
  });
});
