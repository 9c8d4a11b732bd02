/** Many INVITEs at once: what begins, waits and is refused, and what passes all of them. */
import { describe, expect, test } from "bun:test";
import { RefusedInvites } from "../../../actors/sip/refused-invites.ts";
import { responseTo } from "../../../protocol/sip/build.ts";
import { header } from "../../../protocol/sip/fields.ts";
import { tagOf, topVia } from "../../../protocol/sip/mandatory.ts";
import type { Message } from "../../../protocol/sip/message.ts";
import { readMessage } from "../../../protocol/sip/read.ts";
import { changed, crlf } from "../../support/changed.ts";
import { asked, type Bench, bench, PEER, STACK } from "../../support/stack.ts";

/** As many as the window has places. */
const MOST = 512;
const SOURCE = { host: PEER.host, port: 5_070 };
const STRANGER = { host: "203.0.113.66", port: 5_060 };

const via = (branch: string, more = ""): string =>
  `SIP/2.0/UDP ${PEER.host}:${PEER.port}${more};branch=z9hG4bK${branch}`;
const invite = (branch: string, more: { to?: string; via?: string; lines?: string } = {}): string =>
  asked("INVITE", { via: via(branch), callId: branch, ...more });
const invites = (count: number): string[] => Array.from({ length: count }, (_, at) => invite(`i${at}`));

interface Crowd extends Bench {
  /** Sends all of them in one turn. */
  readonly together: (...texts: readonly string[]) => Promise<void>;
  readonly of: (callId: string) => string[];
  readonly refusals: () => readonly Message[];
}

/** A stack whose user begins a call for each INVITE, and answers nothing else. */
async function crowd(): Promise<Crowd> {
  const isPeer = ({ host }: { host: string }): boolean => host === PEER.host;
  const peer: Bench = await bench(
    (request, transaction) => {
      if (request.method === "INVITE") peer.load.begun();
      else transaction.respond(responseTo(request, 200));
    },
    { allow: isPeer },
  );
  const { received } = peer;
  const socket = await peer.wire.openUdp(SOURCE, {
    received: (bytes) => void received.push(readMessage(bytes)),
    failed: () => {},
  });
  const words = (message: Message): string => (message.kind === "request" ? message.method : `${message.status}`);
  return {
    ...peer,
    together: async (...texts) => {
      for (const text of texts) socket.send(new TextEncoder().encode(crlf(text)), STACK);
      await peer.clock.advance(2);
    },
    of: (callId) => received.filter((message) => header(message, "Call-ID") === callId).map(words),
    refusals: () => received.filter((message) => words(message) === "503"),
  };
}

const begun = ({ heard }: Crowd): number => heard.words.filter((word) => word === "INVITE").length;

describe("of many INVITEs in one turn", () => {
  // proves: G25
  test("as many begin as the window has places, and the rest is 503 with Retry-After", async () => {
    const peer = await crowd();
    await peer.together(...invites(MOST + 88));
    expect([begun(peer), peer.refusals().length, peer.load.figures.refused]).toEqual([MOST, 88, 88]);
    expect(peer.refusals().every((refusal) => header(refusal, "Retry-After") === "10")).toBe(true);
    expect(peer.sip.transactions).toBe(MOST);
  });

  test("those that come first begin first", async () => {
    const peer = await crowd();
    await peer.together(...invites(30));
    expect(peer.heard.transactions.map(({ request }) => header(request, "Call-ID"))).toEqual(
      Array.from({ length: 30 }, (_, at) => `i${at}`),
    );
  });

  test("one that comes again while it waits begins once", async () => {
    const peer = await crowd();
    await peer.together(...invites(20), ...invites(20));
    expect([begun(peer), peer.refusals().length]).toEqual([20, 0]);
  });

  test("a CANCEL takes its INVITE along, although that waits", async () => {
    const peer = await crowd();
    await peer.together(...invites(20), asked("CANCEL", { via: via("i15"), callId: "i15", cseq: "1 CANCEL" }));
    expect(peer.of("i15")).toEqual(["487", "200"]);
    expect(begun(peer)).toBe(20);
  });

  test("nothing is left of those that wait when the stack stops", async () => {
    const peer = await crowd();
    for (const text of invites(20))
      (await peer.wire.openUdp({ ...SOURCE, port: 0 }, NOBODY)).send(bytesOf(text), STACK);
    await peer.sip.stop();
    await peer.clock.advance(5);
    expect(peer.sip.transactions).toBe(0);
  });
});

const NOBODY = { received: () => {}, failed: () => {} };
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(crlf(text));

/** A stack that has some calls, and as many in set-up as there may be until the next quiet turn. */
async function full(): Promise<Crowd> {
  const peer = await crowd();
  await peer.together(...invites(5));
  for (let call = 0; call < MOST; call++) peer.load.begun();
  return peer;
}

describe("a refusal", () => {
  // proves: G25
  test("is legal: Via with received and rport, From, To with a tag, Call-ID, CSeq", async () => {
    const peer = await full();
    await peer.together(invite("x", { via: via("x", ";rport") }));
    const [refusal] = peer.refusals();
    if (refusal === undefined) throw new Error("no refusal");
    const { params } = topVia(refusal);
    expect(params).toContainEqual(["received", SOURCE.host]);
    expect(params).toContainEqual(["rport", `${SOURCE.port}`]);
    expect(["From", "Call-ID", "CSeq"].map((name) => header(refusal, name))).toEqual([
      "<sip:a@a>;tag=a",
      "x",
      "1 INVITE",
    ]);
    expect(tagOf(refusal, "To")).toMatch(/^503\.\w{8}1$/);
  });

  test("is the same to each copy, and makes no transaction", async () => {
    const peer = await full();
    const before = peer.sip.transactions;
    await peer.together(invite("x"), invite("x"));
    expect(new Set(peer.refusals().map((refusal) => tagOf(refusal, "To"))).size).toBe(1);
    expect([peer.refusals().length, peer.sip.transactions]).toEqual([2, before]);
  });

  // proves: G25
  test("is repeated to a copy that comes when there is room again: whoever has heard the first has done with it", async () => {
    const peer = await full();
    await peer.together(invite("x"));
    await peer.together(asked("OPTIONS", { via: via("o"), callId: "o" }));
    await peer.together(invite("x"), invite("y"));
    expect([peer.of("x"), begun(peer)]).toEqual([["503", "503"], 6]);
  });

  test("is forgotten after 40,000 INVITEs more", () => {
    const refused = new RefusedInvites();
    refused.add("x", "503.1");
    for (let seen = 0; seen < 39_999; seen++) refused.seen();
    expect([refused.tagOf("x"), refused.tagOf("y")]).toEqual(["503.1", undefined]);
    refused.seen();
    expect([refused.tagOf("x"), refused.isEmpty]).toEqual([undefined, true]);
  });

  test("has its ACK dropped unread, and no other", async () => {
    const peer = await full();
    await peer.together(invite("x"));
    const [refusal] = peer.refusals();
    const ack = (tag = ""): string =>
      asked("ACK", { via: via("x"), callId: "x", to: `<sip:b@b>;tag=${tag}`, cseq: "1 ACK" });
    await peer.together(ack(refusal && tagOf(refusal, "To")));
    expect(peer.sip.dropped.get("unsolicited ACK")).toBeUndefined();
    await peer.together(ack("other"));
    expect(peer.sip.dropped.get("unsolicited ACK")).toBe(1);
  });
});

describe("while no more calls may begin", () => {
  // proves: G26
  test("all that belongs to calls passes, before what waits", async () => {
    const peer = await full();
    const inside = { to: "<sip:b@b>;tag=juliet" };
    await peer.together(
      ...[invite("x"), asked("BYE", { via: via("y"), callId: "i1", ...inside, cseq: "2 BYE" })],
      ...[
        asked("INFO", { via: via("z"), callId: "i2", ...inside, cseq: "2 INFO" }),
        asked("OPTIONS", { via: via("o"), callId: "o" }),
      ],
      ...[invite("i3"), invite("re", inside), asked("CANCEL", { via: via("i4"), callId: "i4", cseq: "1 CANCEL" })],
    );
    expect(peer.heard.words.slice(5)).toEqual(["BYE", "INFO", "OPTIONS", "INVITE", "cancelled"]);
    expect([peer.of("i1"), peer.of("i2"), peer.of("o"), peer.of("x")]).toEqual([["200"], ["200"], ["200"], ["503"]]);
    expect([peer.of("i3"), peer.of("i4")]).toEqual([[], ["487", "200"]]);
  });

  // proves: G26
  test("a stranger gets his 403, and takes no place", async () => {
    const peer = await crowd();
    await peer.together(...invites(20));
    for (let at = 0; at < 3; at++) await peer.say(invite(`s${at}`), STRANGER);
    expect(peer.refusals()).toEqual([]);
    const other = await full();
    await other.say(invite("s"), STRANGER);
    expect(other.of("s")).toEqual(["403"]);
    expect(other.load.figures.refused).toBe(0);
  });

  test("what cannot be read is refused as ever, as far as it is read", async () => {
    const peer = await full();
    await peer.together(changed(invite("x"), "SIP/2.0", "SIP/3.0"), invite("y", { lines: "no header field\n" }));
    expect([peer.of("x"), peer.of("y")]).toEqual([["505"], ["503"]]);
  });

  test("a quiet turn later calls begin again", async () => {
    const peer = await full();
    await peer.together(asked("OPTIONS", { via: via("o"), callId: "o" }));
    await peer.together(invite("x"));
    expect(begun(peer)).toBe(6);
  });
});
