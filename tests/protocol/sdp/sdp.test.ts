/** SDP and Jingle in their details: default address, direction, plain RTP, refusals. docs/mapping.md table M. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { readCandidateLine, writeCandidateAttributes, writeCandidateLine } from "../../../protocol/candidate.ts";
import { jingleElement, readJingle, readReason, reasonElement, writeJingle } from "../../../protocol/jingle/jingle.ts";
import { addCandidates, hasUsableCandidate, newCandidates } from "../../../protocol/media/candidates.ts";
import type { Media, Role } from "../../../protocol/media/media.ts";
import { acceptFromAnswer, adviceOn } from "../../../protocol/media/phone-answer.ts";
import { answerFromAccept } from "../../../protocol/media/user-accept.ts";
import { Refusal } from "../../../protocol/refusal.ts";
import { directionOf, sendersOf } from "../../../protocol/sdp/direction.ts";
import { readTrickleFragment, writeTrickleFragment } from "../../../protocol/sdp/fragment.ts";
import { readSdp } from "../../../protocol/sdp/read.ts";
import { writeSdp } from "../../../protocol/sdp/write.ts";
import { changed } from "../../support/changed.ts";
import { anyMedia, PLAIN_SDP } from "../../support/media.ts";
import { PLAY_TEXTS } from "../../support/play-texts.ts";
import { jingleOf, overTheWire } from "../../support/vectors.ts";

const origin = { id: "1", version: 1, address: "192.0.2.1" };
const OFFER_SDP = PLAY_TEXTS["offer-sdp"] ?? "";
const offer = readSdp(OFFER_SDP, { by: "initiator" });
const written = (media: Media, more: Partial<Parameters<typeof writeSdp>[1]> = {}): string[] =>
  writeSdp(media, { by: "initiator", origin, answer: false, ...more }).split("\r\n");
const withCandidates = (media: Media, ...lines: string[]): Media => ({
  ...media,
  contents: media.contents.map((content) => ({
    ...content,
    transport: { ...content.transport, candidates: lines.flatMap((line) => readCandidateLine(line) ?? []) },
  })),
});
const refusal = (work: () => unknown): Refusal => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

// proves: M28
test("a=rid, a=simulcast and a=rtcp-mux-only are in SDP alone: Jingle has no word for them", () => {
  const more = "a=rid:1 send\r\na=simulcast:send 1\r\na=rtcp-mux-only\r\n";
  const read = readSdp(`${OFFER_SDP.trimEnd()}\r\n${more}`, { by: "initiator" });
  expect(String(writeJingle(read, "offer"))).toBe(String(writeJingle(offer, "offer")));
  // SDP has them: RFC 8851, RFC 8853, RFC 8858
  expect(written(read)).toEqual(expect.arrayContaining(more.trimEnd().split("\r\n")));
  expect(readSdp(written(read).join("\r\n"), { by: "initiator" }).contents).toMatchObject([
    { rids: ["1 send"], simulcast: "send 1", rtcpMuxOnly: true },
  ]);
});

// proves: M28
test("any other attribute is passed over", () => {
  const sdp = changed(OFFER_SDP, "t=0 0", "t=0 0\na=tool:x");
  const read = readSdp(`${sdp}a=label:1\na=rtcp-xr:rcvr-rtt=all\na=x-own:1\n`, { by: "initiator" });
  expect(read).toEqual(offer);
});

// proves: M31
test.each([
  ["a=content:slides,alt", ["slides", "alt"]],
  ["a=content:main, sl,main", ["main", "sl"]],
  ["a=content:sp eaker,x-own", ["x-own"]],
  ["a=content:,", undefined],
])("%s is what it shows (RFC 4796, XEP-0507)", (line, categories) => {
  const read = readSdp(`${OFFER_SDP}${line}\n`, { by: "initiator" });
  expect(read.contents[0]?.categories).toEqual(categories);
  const [content] = readJingle(jingleElement("session-initiate", "s", {}, writeJingle(read, "offer"))).contents;
  expect(content?.categories).toEqual(categories);
  const lines = written(read).filter((each) => each.startsWith("a=content"));
  expect(lines).toEqual(categories === undefined ? [] : [`a=content:${categories.join(",")}`]);
});

// proves: M3
describe("the default address is one of the candidates (RFC 8839 §4.2.1.2)", () => {
  const HOST = "1 1 udp 2130706431 198.51.100.7 40000 typ host";
  const SRFLX = "2 1 udp 1694498815 203.0.113.4 40001 typ srflx raddr 198.51.100.7 rport 40000";
  const RELAY = "3 1 udp 16777215 192.0.2.200 40002 typ relay raddr 203.0.113.4 rport 40001";
  const TCP = "4 1 tcp 1518280447 198.51.100.7 9 typ host tcptype active";
  const HIDDEN = "5 1 udp 2122260223 4f2.local 50000 typ host";
  test.each([
    ["relay before the others", [HOST, SRFLX, RELAY], "40002", "192.0.2.200"],
    ["srflx before host", [HOST, SRFLX], "40001", "203.0.113.4"],
    ["host", [TCP, HOST], "40000", "198.51.100.7"],
    ["none of TCP or a hidden name: the session's", [TCP, HIDDEN], "9", undefined],
    ["none at all: the session's", [], "9", undefined],
  ])("%s", (_, lines, port, ip) => {
    const sdp = written(withCandidates(offer, ...lines));
    expect(sdp.find((line) => line.startsWith("m="))).toBe(`m=audio ${port} UDP/TLS/RTP/SAVPF 111 0`);
    expect(sdp.filter((line) => line.startsWith("c="))).toEqual([
      "c=IN IP4 192.0.2.1",
      ...(ip ? [`c=IN IP4 ${ip}`] : []),
    ]);
  });

  test("a hidden name never goes out, and TCP goes last", () => {
    const candidates = written(withCandidates(offer, TCP, HIDDEN, HOST)).filter((line) =>
      line.startsWith("a=candidate"),
    );
    expect(candidates.map((line) => line.split(" ")[2])).toEqual(["udp", "tcp"]);
  });

  test("IPv6 is told as such", () => {
    const sdp = written(withCandidates(offer, "1 1 udp 1 2001:db8::7 4000 typ host"), {
      origin: { ...origin, address: "2001:db8::1" },
    });
    expect(sdp.filter((line) => /^[oc]=/.test(line))).toEqual([
      "o=- 1 1 IN IP6 2001:db8::1",
      "c=IN IP6 2001:db8::1",
      "c=IN IP6 2001:db8::7",
    ]);
  });
});

// proves: M4
describe("direction knows its speaker", () => {
  test.each<[string, Role, string]>([
    ["sendonly", "initiator", "initiator"],
    ["recvonly", "initiator", "responder"],
    ["sendonly", "responder", "responder"],
    ["recvonly", "responder", "initiator"],
    ["sendrecv", "responder", "both"],
    ["inactive", "initiator", "none"],
  ])("%s by the %s is %s", (direction, by, senders) => {
    expect<string>(sendersOf(direction, by)).toBe(senders);
    expect(directionOf(sendersOf(direction, by), by)).toBe(direction);
  });
});

describe("a plain desk phone", () => {
  const media = readSdp(PLAIN_SDP, { by: "initiator" });

  test("has static types, no mid, no direction, and an address of its own", () => {
    expect(media.contents[0]).toMatchObject({
      name: "audio",
      senders: "both",
      payloads: [
        { id: 0, name: "PCMU", clockrate: 8000 },
        { id: 8, name: "PCMA", clockrate: 8000 },
        { id: 101, name: "telephone-event", parameters: [{ value: "0-15" }] },
      ],
      transport: {
        kind: "raw",
        candidates: [
          { component: 1, ip: "192.0.2.9", port: 4000 },
          { component: 2, port: 4001 },
        ],
      },
    });
  });

  test("is raw-udp in Jingle, and plain again in SDP", () => {
    const back = readJingle(overTheWire(writeJingle(media, "offer")));
    expect<object | undefined>(back.contents[0]?.transport).toEqual(media.contents[0]?.transport);
    expect(written(back)).toContain("m=audio 4000 RTP/AVP 0 8 101");
    expect(written(back)).toContain("a=fmtp:101 0-15");
  });

  test("with DTLS and no ICE keeps its fingerprint in raw-udp, there and back", () => {
    const secured = `${changed(PLAIN_SDP, "RTP/AVP", "UDP/TLS/RTP/SAVP")}a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}\r\na=setup:active\r\n`;
    const read = readSdp(secured, { by: "initiator" });
    const back = readJingle(overTheWire(writeJingle(read, "offer")));
    expect(back.contents[0]?.transport).toMatchObject({
      kind: "raw",
      setup: "active",
      fingerprints: [{ hash: "sha-256" }],
    });
    expect<object | undefined>(back.contents[0]?.transport).toEqual(read.contents[0]?.transport);
  });

  test("on hold by 0.0.0.0 listens to nobody (RFC 3264 §8.4)", () => {
    const held = readSdp(changed(PLAIN_SDP, "c=IN IP4 192.0.2.9", "c=IN IP4 0.0.0.0"), { by: "initiator" });
    expect(held.contents[0]?.senders).toBe("initiator");
  });
});

describe("an answer", () => {
  const answer = (sdp: string) => acceptFromAnswer(offer, readSdp(sdp, { by: "responder", answerTo: offer }));
  const ANSWER = PLAY_TEXTS["answer-sdp"] ?? "";

  test("without setup is passive, with actpass active", () => {
    const setups = [changed(ANSWER, /a=setup.*\n/, ""), changed(ANSWER, "a=setup:active", "a=setup:actpass"), ANSWER];
    expect(setups.map((sdp) => answer(sdp).contents[0]?.transport.setup)).toEqual(["passive", "active", "active"]);
  });

  test.each([
    [
      "without DTLS where it was offered",
      changed(ANSWER, /a=fingerprint.*\n/, ""),
      "the phone has no DTLS-SRTP: its media need a relay such as rtpengine",
    ],
    ["that accepts nothing", changed(ANSWER, "m=audio 50000", "m=audio 0"), "the answer accepts nothing"],
    ["with other sections", `${ANSWER}m=video 0 RTP/AVP 96\n`, "2 m-lines answer 1"],
  ])("%s is none", (_, sdp, text) => {
    expect(refusal(() => answer(sdp)).message).toBe(text);
  });

  // proves: M7
  test("has no DTLS where none was offered (RFC 8842 §5.3), whoever answers; SDES beside it stands", () => {
    const keyed = changed(OFFER_SDP, /a=fingerprint.*\na=setup.*\n/, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:y\n");
    const plain = readSdp(changed(keyed, "UDP/TLS/RTP/SAVPF", "RTP/SAVPF"), { by: "initiator" });
    const both = readSdp(ANSWER, { by: "responder", answerTo: plain });
    const crypto = [{ tag: 1, suite: "AES_CM_128_HMAC_SHA1_80", keyParams: "inline:x" }];
    const withCrypto = { ...both, contents: both.contents.map((content) => ({ ...content, crypto })) };
    for (const settle of [acceptFromAnswer, answerFromAccept]) {
      const [content] = settle(plain, withCrypto).contents;
      expect([content?.transport.fingerprints, content?.transport.setup]).toEqual([[], undefined]);
      expect(content?.crypto).toEqual(crypto);
    }
  });

  // proves: A23
  test("that refuses DTLS-SRTP whole has advice for the user, one that refuses plain RTP or the user has none", () => {
    const plain = readSdp(PLAIN_SDP, { by: "initiator" });
    expect([488, 606, 486].map((status) => adviceOn(status, offer) !== undefined)).toEqual([true, true, false]);
    expect(adviceOn(488, plain)).toBeUndefined();
  });

  test("has the names of its offer, whatever mids it has", () => {
    expect(answer(changed(ANSWER, "a=mid:0", "a=mid:other")).contents[0]?.name).toBe("0");
  });

  // proves: M9
  test("that is plain, to ICE without DTLS, keeps ice-udp with one host candidate a component", () => {
    const open = {
      ...offer,
      contents: offer.contents.map((each) => ({ ...each, transport: { ...each.transport, fingerprints: [] } })),
    };
    const plain = acceptFromAnswer(open, readSdp(PLAY_TEXTS["plain-sdp"] ?? "", { by: "responder", answerTo: open }));
    const { kind, ufrag, candidates } = plain.contents[0]?.transport ?? {};
    expect([kind, ufrag, candidates?.map(({ type, port }) => [type, port])]).toEqual([
      "ice",
      undefined,
      [
        ["host", 50_000],
        ["host", 50_001],
      ],
    ]);
  });

  // proves: M21
  test("with port 0 refuses, also with bundle-only (RFC 9143 §7.3.3), which in an offer is no refusal (§6)", () => {
    const two = readSdp(PLAY_TEXTS["added-video-sdp"] ?? "", { by: "initiator" });
    const sdp = `${ANSWER}m=video 0 UDP/TLS/RTP/SAVPF 96\na=mid:video\na=rtpmap:96 VP8/90000\na=bundle-only\n`;
    const settled = acceptFromAnswer(two, readSdp(sdp, { by: "responder", answerTo: two }));
    expect(settled.contents.map(({ rejected }) => rejected)).toEqual([false, true]);
    const offered = readSdp(`${sdp}a=ice-ufrag:u\na=ice-pwd:p\n`, { by: "initiator" });
    expect(offered.contents.map(({ rejected }) => rejected)).toEqual([false, false]);
  });

  test("whose group names none of its contents has no group", () => {
    expect(readSdp(`a=group:BUNDLE x y\n${ANSWER}`, { by: "responder", answerTo: offer }).groups).toEqual([]);
  });

  test("of a group is a group when one content is accepted, or when the phone says so", () => {
    const grouped = { ...offer, groups: [{ semantics: "BUNDLE", names: ["0"] }] };
    const settled = acceptFromAnswer(grouped, readSdp(ANSWER, { by: "responder", answerTo: grouped }));
    expect(settled.groups).toEqual(grouped.groups);
  });
});

describe("an accept", () => {
  const accept = readJingle(jingleOf(`<jingle xmlns='urn:xmpp:jingle:1'>${PLAY_TEXTS["answer-contents"]}</jingle>`));
  const two = {
    ...offer,
    contents: [...offer.contents, { ...offer.contents[0], name: "v", media: "video" } as Media["contents"][number]],
  };

  test("that leaves a content out refuses it, in its place: port 0", () => {
    const sdp = written(answerFromAccept(two, accept), { by: "responder", answer: true });
    expect(sdp.filter((line) => line.startsWith("m="))).toEqual([
      "m=audio 40000 UDP/TLS/RTP/SAVPF 111 0",
      "m=video 0 UDP/TLS/RTP/SAVPF 111 0",
    ]);
  });

  test("of a content that was not offered is refused", () => {
    expect(
      refusal(() =>
        answerFromAccept(offer, {
          ...accept,
          contents: [{ ...accept.contents[0], name: "x" } as Media["contents"][number]],
        }),
      ).message,
    ).toBe("content 'x' was not offered");
  });
});

describe("bad input is one refusal", () => {
  test.each([
    ["nothing", "", 488],
    ["no media", "v=0\r\n", 488],
    ["too many media", `v=0\r\n${"m=audio 9 RTP/AVP 0\r\n".repeat(40)}`, 488],
    ["a line too long", `v=0\r\na=rtpmap:${"x".repeat(5_000)}`, 400],
    ["too many lines", "a=x\r\n".repeat(5_000), 400],
  ])("%s", (_, sdp, status) => {
    expect(refusal(() => readSdp(sdp, { by: "initiator" })).sip.status).toBe(status);
  });

  test("any text is read, or refused", () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "m=audio 9 RTP/AVP 0",
        "a=candidate:1 1 udp 1 1.1.1.1 1 typ host",
        "a=fmtp:0 x",
        "c=IN IP4 1.1.1.1",
        "a=mid:0",
        "a=group:BUNDLE 0",
      ),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        try {
          readSdp(lines.join("\r\n"), { by: "initiator" });
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
    );
  });

  const CONTENT = PLAY_TEXTS["offer-contents"] ?? "";
  test.each([
    ["no content", "", "there is no content"],
    ["two contents of one name", CONTENT + CONTENT, "two contents have the same name"],
    ["no name", changed(CONTENT, "name='0'", ""), "<content/> has no name"],
    [
      "a creator that is none",
      changed(CONTENT, "creator='initiator'", "creator='x'"),
      "creator of <content/> is none of initiator, responder",
    ],
    [
      "a payload type out of range",
      changed(CONTENT, "id='111'", "id='999'"),
      "id of <payload-type/> is no number up to 127",
    ],
    [
      "a codec that adds a line",
      changed(CONTENT, "name='opus'", "name='opus&#10;a=x'"),
      "a control character in name of <payload-type/>",
    ],
    ["a codec of two words", changed(CONTENT, "name='opus'", "name='o p'"), 'the codec "o p" has no possible name'],
    ["a fingerprint that is none", changed(CONTENT, />AB:[AB:]*</, ">evil<"), "a fingerprint that is none"],
    ["no transport", changed(CONTENT, /<transport[\s\S]*<\/transport>/, ""), "content '0' has no transport"],
  ])("Jingle with %s", (_, contents, text) => {
    const { message, jingle } = refusal(() =>
      readJingle(jingleOf(`<jingle xmlns='urn:xmpp:jingle:1'>${contents}</jingle>`)),
    );
    expect([message, jingle.condition]).toEqual([text, "bad-request"]);
  });

  // proves: A7
  test("no media that Jingle can tell add a line to an SDP", () => {
    fc.assert(
      fc.property(anyMedia, fc.constantFrom("\r\n", "\n", "\r"), (media, end) => {
        const evil = {
          ...media,
          contents: media.contents.map((content) => ({
            ...content,
            name: `x${end}a=evil`,
            media: `audio${end}a=evil`,
          })),
        };
        expect(written(evil).some((line) => line.startsWith("a=evil"))).toBe(false);
      }),
    );
  });
});

describe("candidates", () => {
  test.each([
    ["1 1 udp 2130706431 198.51.100.7 40000 typ host", "1 1 udp 2130706431 198.51.100.7 40000 typ host generation 0"],
    [
      "candidate:7f000001 1 UDP 2113929471 127.0.0.1 20530 typ host",
      "7f000001 1 udp 2113929471 127.0.0.1 20530 typ host generation 0",
    ],
    [
      "2 2 udp 1 1.1.1.1 1 typ srflx raddr 2.2.2.2 rport 2 generation 3 network-id 4 network-cost 50",
      "2 2 udp 1 1.1.1.1 1 typ srflx raddr 2.2.2.2 rport 2 generation 3 network-id 4",
    ],
    ["3 1 tcp 1 1.1.1.1 9 typ host tcptype active", "3 1 tcp 1 1.1.1.1 9 typ host tcptype active generation 0"],
  ])("%s", (line, again) => {
    const candidate = readCandidateLine(line);
    expect(candidate && writeCandidateLine(candidate)).toBe(again);
  });

  test.each([
    "",
    "1 1 udp x 1.1.1.1 1 typ host",
    "1 999 udp 1 1.1.1.1 1 typ host",
    "1 1 udp 1 1.1.1.1 99999 typ host",
    "1 1 udp 1 a\nb 1 typ host",
  ])("%p is none, and spoils nothing", (line) => {
    expect(readCandidateLine(line)).toBeUndefined();
  });

  test("ids differ where candidates do", () => {
    const [one, two] = ["1 1 udp 1 1.1.1.1 1 typ host", "1 1 udp 1 1.1.1.1 2 typ host"].map((line) =>
      readCandidateLine(line),
    );
    const ids = [one, two, one].map((each) => each && writeCandidateAttributes(each, "0").id);
    expect([new Set(ids).size, ids[0] === ids[2]]).toEqual([2, true]);
  });

  const update = {
    contents: [
      {
        name: "0",
        creator: "initiator" as const,
        candidates: [readCandidateLine("9 1 udp 1 9.9.9.9 9 typ host")!],
        gathered: true,
      },
    ],
  };

  // proves: T9
  test("that are known, or of another ICE user, change nothing", () => {
    const once = addCandidates(offer, update);
    expect(addCandidates(once, update)).toBe(once);
    const foreign = { contents: update.contents.map((each) => ({ ...each, ufrag: "other" })) };
    expect(newCandidates(offer, foreign).contents).toEqual([]);
  });

  // proves: T9
  test("that differ in their generation, priority or foundation alone are the same", () => {
    const again = update.contents[0]!.candidates[0]!;
    const told = [
      { ...again, generation: 3 },
      { ...again, priority: 7 },
      { ...again, foundation: "x" },
    ];
    const known = addCandidates(offer, update);
    expect(
      newCandidates(known, { contents: [{ name: "0", creator: "initiator", candidates: told, gathered: true }] })
        .contents,
    ).toEqual([]);
  });

  // proves: T11
  test("of many sections for one content are no more than one may have", () => {
    const section = (at: number): string =>
      `m=audio 9 RTP/AVP 0\na=mid:0\n${Array.from({ length: 60 }, (_, each) => `a=candidate:1 1 udp 1 192.0.${at}.${each} 9 typ host\n`).join("")}`;
    const told = readTrickleFragment(Array.from({ length: 30 }, (_, at) => section(at)).join(""), offer);
    expect(addCandidates(offer, told).contents[0]?.transport.candidates).toHaveLength(64);
  });

  test("go into a fragment and come out of it", () => {
    const media = addCandidates(offer, update);
    const read = readTrickleFragment(writeTrickleFragment(media), offer);
    expect(newCandidates(offer, read).contents[0]).toMatchObject({
      name: "0",
      ufrag: "uA",
      candidates: update.contents[0]?.candidates,
      gathered: true,
    });
  });

  test("without any that a phone can reach, an offer waits", () => {
    expect([
      hasUsableCandidate(offer),
      hasUsableCandidate(withCandidates(offer, "5 1 udp 1 4f2.local 5 typ host")),
    ]).toEqual([true, false]);
  });
});

test.each([
  [{ condition: "success" }],
  [{ condition: "gone", text: "404 Not Found", sipError: { code: 404, phrase: "Not Found" } }],
  [{ condition: "decline" }],
])("the reason %p is read as it was written", (reason) => {
  expect<object>(readReason(overTheWire([reasonElement(reason)]))).toEqual(reason);
});

test("no reason at all is general-error", () => {
  expect(readReason(overTheWire([]))).toEqual({ condition: "general-error" });
});

test("a session-level b= holds for the sections that have none of their own", () => {
  const sdp = `${changed(PLAIN_SDP, "t=0 0", "b=AS:64\r\nt=0 0")}m=audio 4002 RTP/AVP 0\r\nb=AS:32\r\n`;
  const { contents } = readSdp(sdp, { by: "initiator" });
  expect(contents.map(({ bandwidth }) => bandwidth)).toEqual([
    [{ type: "AS", limit: 64 }],
    [{ type: "AS", limit: 32 }],
  ]);
});

test("feedback keeps its order, in both notations", () => {
  const sdp = `${PLAIN_SDP}a=rtcp-fb:0 nack\r\na=rtcp-fb:0 trr-int 100\r\n`;
  const read = readSdp(sdp, { by: "initiator" });
  const back = readJingle(overTheWire(writeJingle(read, "offer")));
  for (const { contents } of [read, back])
    expect(contents[0]?.payloads[0]?.feedback).toEqual([{ type: "nack" }, { type: "trr-int", subtype: "100" }]);
});

// proves: M23
test("the ssrc of a description counts where there is no source", () => {
  const contents = changed(PLAY_TEXTS["offer-contents"] ?? "", "media='audio'", "media='audio' ssrc='1234'");
  const read = readJingle(jingleOf(`<jingle xmlns='urn:xmpp:jingle:1'>${contents}</jingle>`));
  expect(written(read, { by: "initiator" })).toContain("a=ssrc:1234 cname:1234");
});

// proves: M42
test.each([
  ["RTP/AVP", 0],
  ["RTP/AVPF", 0],
  ["RTP/SAVP", 1],
  ["RTP/SAVPF", 1],
])("keys on a line of %s: %d", (protocol, keys) => {
  const sdp = `${changed(PLAIN_SDP, "RTP/AVP", protocol)}a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc\r\n`;
  expect(readSdp(sdp, { by: "initiator" }).contents[0]?.crypto).toHaveLength(keys);
});

// proves: M43
test("a source that only a group names is written with the cname of the group's other source", () => {
  const SSMA = "xmlns='urn:xmpp:jingle:apps:rtp:ssma:0'";
  const sources = `<source ${SSMA} ssrc='1'><parameter name='cname' value='c'/></source><ssrc-group ${SSMA} semantics='FID'><source ssrc='1'/><source ssrc='2'/></ssrc-group>`;
  const contents = changed(PLAY_TEXTS["offer-contents"] ?? "", "</description>", `${sources}</description>`);
  const read = readJingle(jingleOf(`<jingle xmlns='urn:xmpp:jingle:1'>${contents}</jingle>`));
  const lines = written(read).filter((line) => line.startsWith("a=ssrc"));
  expect(lines).toEqual(["a=ssrc:1 cname:c", "a=ssrc:2 cname:c", "a=ssrc-group:FID 1 2"]);
});
