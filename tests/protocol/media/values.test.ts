/** What a value of media may be, in either notation, and how many there may be: refused, or left out, alike in both. */

import { describe, expect, test } from "bun:test";
import { readCandidateLine, writeCandidateLine } from "../../../protocol/candidate.ts";
import { readJingle } from "../../../protocol/jingle/jingle.ts";
import { readTransportInfo } from "../../../protocol/jingle/transport-info.ts";
import type { Content } from "../../../protocol/media/media.ts";
import { Refusal } from "../../../protocol/refusal.ts";
import { readSdp } from "../../../protocol/sdp/read.ts";
import { writeSdp } from "../../../protocol/sdp/write.ts";
import { jingleOf } from "../../support/vectors.ts";

const FINGERPRINT = Array(32).fill("AB").join(":");
const sdp = (section: string, session = ""): string =>
  `v=0\no=- 1 1 IN IP4 203.0.113.9\ns=-\nc=IN IP4 203.0.113.9\nt=0 0\n${session}${section}`;
const fromSdp = (section: string, session = ""): Content => {
  const [content] = readSdp(sdp(section, session), { by: "initiator" }).contents;
  if (content === undefined) throw new Error("no content");
  return content;
};
const AUDIO = "m=audio 4000 RTP/AVP 0\n";
const ICE = `${AUDIO}a=ice-ufrag:uA\na=ice-pwd:pA34567890123456789012\n`;
const PCMU = "<payload-type id='0' name='PCMU' clockrate='8000'/>";
const USER = "ufrag='uA' pwd='pA34567890123456789012'";
const jingle = (inside: string, { user = USER, transport = "", name = "0" } = {}) =>
  jingleOf(`<jingle xmlns='urn:xmpp:jingle:1'><content creator='initiator' name='${name}'>
    <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'>${inside}</description>
    <transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ${user}>${transport}</transport></content></jingle>`);
const fromJingle = (...given: Parameters<typeof jingle>): Content => {
  const [content] = readJingle(jingle(...given)).contents;
  if (content === undefined) throw new Error("no content");
  return content;
};
const refusal = (work: () => unknown): [string, number] => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return [error.message, error.sip.status];
    throw error;
  }
  throw new Error("nothing was refused");
};

describe("an SDP is refused", () => {
  test.each<[string, string, string, string, number]>([
    ["for a port that is none", "m=audio 99999 RTP/AVP 0\n", "", "an m-line that cannot be read", 400],
    ["for an m-line that is none", "m=audio RTP/AVP 0\n", "", "an m-line that cannot be read", 400],
    // proves: M14
    [
      "for a plain address that is a name",
      `${AUDIO}c=IN IP4 phone.example\n`,
      "",
      "an address that is none of IP",
      488,
    ],
    ["for a plain address of many", `${AUDIO}c=IN IP4 224.2.1.1/127\n`, "", "a multicast address", 488],
    ["for a short fingerprint", `${ICE}a=fingerprint:sha-256 A\n`, "", "a fingerprint that is none", 400],
    ["for an empty ICE user", `${AUDIO}a=ice-ufrag:\na=ice-pwd:\n`, "", "an ICE user or password that is none", 400],
    // proves: M14
    ["for an ICE user alone", `${AUDIO}a=ice-ufrag:uA\n`, "", "an ICE user or password that is none", 400],
    // proves: M11
    [
      "for many header extensions",
      `${AUDIO}${"a=extmap:1 urn:x\n".repeat(65)}`,
      "",
      "more than 64 header extensions",
      488,
    ],
    [
      "for many fingerprints",
      `${AUDIO}${`a=fingerprint:sha-256 ${FINGERPRINT}\n`.repeat(9)}`,
      "",
      "more than 8 fingerprints",
      488,
    ],
    ["for many groups", AUDIO, "a=group:LS audio\n".repeat(17), "more than 16 groups", 488],
    [
      "for much feedback",
      `${AUDIO}${"a=rtcp-fb:0 nack\n".repeat(65)}`,
      "",
      "more than 64 kinds of feedback of a codec",
      488,
    ],
    [
      "for many sources",
      AUDIO + Array.from({ length: 65 }, (_, at) => `a=ssrc:${at} cname:x\n`).join(""),
      "",
      "more than 64 sources",
      488,
    ],
    [
      "for much that each of many sections would repeat",
      AUDIO.repeat(32),
      `a=extmap:1 urn:${"x".repeat(4_050)}\n`.repeat(3),
      "an SDP that says too much in few words",
      488,
    ],
  ])("%s", (_, section, session, text, status) => {
    expect(refusal(() => fromSdp(section, session))).toEqual([text, status]);
  });
});

describe("Jingle is refused", () => {
  const SOURCE = "<source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0'";
  test.each<[string, Parameters<typeof jingle>, string]>([
    ["for a description without a codec", [""], "content '0' has no codec"],
    ["for one whose only codec has no name", ["<payload-type id='96'/>"], "content '0' has no codec"],
    ["for an ICE user without a password", [PCMU, { user: "ufrag='uA'" }], "ufrag or pwd is missing"],
    ["for an empty ICE user", [PCMU, { user: "ufrag='' pwd=''" }], "ufrag or pwd is not one word"],
    ["for a source without an ssrc", [`${PCMU}${SOURCE}/>`], "<source/> has no ssrc"],
    [
      "for a group of sources without one",
      [`${PCMU}<ssrc-group xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' semantics='FID'><source/></ssrc-group>`],
      "<source/> has no ssrc",
    ],
    ["for a name of many characters", [PCMU, { name: "x".repeat(129) }], "the name of a content is too long"],
    // proves: M11
    [
      "for many header extensions",
      [`${PCMU}${"<rtp-hdrext xmlns='urn:xmpp:jingle:apps:rtp:rtp-hdrext:0' id='1' uri='urn:x'/>".repeat(65)}`],
      "more than 64 header extensions",
    ],
    ["for many sources", [`${PCMU}${`${SOURCE} ssrc='1'/>`.repeat(65)}`], "more than 64 sources"],
    [
      "for many fingerprints",
      [
        PCMU,
        {
          transport:
            `<fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256'>${FINGERPRINT}</fingerprint>`.repeat(9),
        },
      ],
      "more than 8 fingerprints",
    ],
  ])("%s", (_, given, text) => {
    expect(refusal(() => fromJingle(...given))[0]).toBe(text);
  });

  test("for an ICE user of two words, in a transport-info as in an offer", () => {
    const given = jingle(PCMU, { user: "ufrag='x y' pwd='a b'" });
    expect(refusal(() => readTransportInfo(given))).toEqual(refusal(() => readJingle(given)));
  });
});

describe("left out is", () => {
  test("a codec whose rate or name cannot be, and a dynamic one without a name", () => {
    const read = fromSdp("m=audio 4000 RTP/AVP 0 96 97 98\na=rtpmap:96 L16/0\na=rtpmap:97 a!b/8000\n");
    const told = fromJingle(`${PCMU}<payload-type id='96' name='L16' clockrate='0'/><payload-type id='98'/>`);
    expect([read, told].map(({ payloads }) => payloads.map(({ id }) => id))).toEqual([[0], [0]]);
  });

  // proves: M16
  test("an ssrc, a header extension or a time in a packet out of range", () => {
    const read = fromSdp(
      `${AUDIO}a=ssrc:4294967296 cname:x\na=ssrc:1 cname:y\na=extmap:9999 urn:x\na=ptime:0\na=maxptime:99999\n`,
    );
    expect([read.sources, read.extensions, read.ptime, read.maxptime]).toEqual([
      [{ ssrc: "1", parameters: [{ name: "cname", value: "y" }] }],
      [],
      undefined,
      undefined,
    ]);
    expect(fromJingle("<payload-type id='0' name='PCMU' ptime='0' maxptime='99999'/>").ptime).toBeUndefined();
  });

  test("the port after the last one", () => {
    const { transport } = fromSdp("m=audio 65535 RTP/AVP 0\n");
    expect(transport.candidates.map(({ component, port }) => [component, port])).toEqual([[1, 65_535]]);
  });

  test("an empty mid: the medium is the name", () => {
    expect(fromSdp(`${AUDIO}a=mid:\n`).name).toBe("audio");
  });

  test("a plain address of Jingle that is a name", () => {
    const raw = `<jingle xmlns='urn:xmpp:jingle:1'><content name='0'>
      <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'>${PCMU}</description>
      <transport xmlns='urn:xmpp:jingle:transports:raw-udp:1'>
        <candidate component='1' generation='0' id='a' ip='phone.example' port='4000'/>
        <candidate component='1' generation='0' id='b' ip='192.0.2.9' port='4000'/></transport></content></jingle>`;
    const [content] = readJingle(jingleOf(raw)).contents;
    expect(content?.transport.candidates.map(({ ip }) => ip)).toEqual(["192.0.2.9"]);
  });
});

describe("understood is", () => {
  test("an m-line that says how many ports there are (RFC 8866 §5.14)", () => {
    expect(fromSdp("m=audio 49170/2 RTP/AVP 0\n")).toMatchObject({
      media: "audio",
      protocol: "RTP/AVP",
      rejected: false,
    });
  });

  test("every number, also where a word is meant", () => {
    const read = fromSdp(
      "m=video 4000 RTP/AVP 96\na=mid:7\na=rtpmap:96 263/90000\na=ssrc-group:FID 1\na=msid:1 2\na=ssrc:1 17\na=ice-ufrag:12\na=ice-pwd:1234567890123456789012\n",
      "a=group:1 7\n",
    );
    expect(read).toMatchObject({
      name: "7",
      payloads: [{ name: "263" }],
      sources: [{ ssrc: "1", parameters: [{ name: "17" }] }],
      sourceGroups: [{ semantics: "FID", ssrcs: ["1"] }],
      streams: [{ id: "1", track: "2" }],
      transport: { ufrag: "12", pwd: "1234567890123456789012" },
    });
  });

  test("a static payload type without a name, in Jingle as in SDP (RFC 3551 §6)", () => {
    const { payloads } = fromJingle("<payload-type id='0'/><payload-type id='10'/>");
    expect(payloads).toMatchObject([
      { id: 0, name: "PCMU", clockrate: 8000, channels: 1 },
      { id: 10, name: "L16", clockrate: 44_100, channels: 2 },
    ]);
    expect(fromSdp("m=audio 4000 RTP/AVP 0 10\n").payloads).toEqual(payloads);
  });

  test("what stands before blanks at the end of a line", () => {
    expect(fromSdp(`${AUDIO}a=sendonly \na=mid:a \n`)).toMatchObject({ senders: "initiator", name: "a" });
  });

  test("candidates and their end for all sections, where the session says them", () => {
    const session =
      "a=ice-ufrag:uA\na=ice-pwd:pA34567890123456789012\na=candidate:1 1 udp 1 192.0.2.9 4000 typ host\na=end-of-candidates\n";
    const { contents } = readSdp(sdp(AUDIO + AUDIO, session), { by: "initiator" });
    expect(contents.map(({ transport }) => [transport.candidates.length, transport.gathered])).toEqual([
      [1, true],
      [1, true],
    ]);
  });

  // proves: M18
  test("a fingerprint without setup: actpass in an offer, passive in an answer", () => {
    const secured = sdp(`${ICE}a=fingerprint:sha-256 ${FINGERPRINT}\n`);
    const offer = readSdp(secured, { by: "initiator" });
    const answer = readSdp(secured, { by: "responder", answerTo: offer });
    expect([offer, answer].map(({ contents }) => contents[0]?.transport.setup)).toEqual(["actpass", "passive"]);
  });
});

describe("a candidate is left out whose", () => {
  const good = { before: "1 1 udp 1 192.0.2.9 5", type: "host", after: " generation 0" };
  test.each<[string, Partial<typeof good>]>([
    ["foundation is no word", { before: '"1" 1 udp 1 192.0.2.9 5' }],
    ["component is none", { before: "1 0 udp 1 192.0.2.9 5" }],
    // proves: M15
    ["component is too high", { before: "1 257 udp 1 192.0.2.9 5" }],
    ["priority is too high", { before: "1 1 udp 4294967296 192.0.2.9 5" }],
    ["port is too high", { before: "1 1 udp 1 192.0.2.9 65536" }],
    ["address is no word", { before: "1 1 udp 1 192.0.2.9/8 5" }],
    ["type is no word", { type: "ho-st" }],
    ["related address is no word", { after: " raddr a/b rport 5" }],
    ["related port is too high", { after: " raddr 192.0.2.1 rport 65536" }],
    // proves: M15
    ["kind of TCP is no word", { after: " tcptype act/ive" }],
    ["generation is none", { after: " generation -1" }],
  ])("%s", (_, bad) => {
    const line = ({ before, type, after }: typeof good): string => `${before} typ ${type}${after}`;
    expect([readCandidateLine(line(good))?.port, readCandidateLine(line({ ...good, ...bad }))]).toEqual([5, undefined]);
  });
});

describe("names of hosts never go out", () => {
  const written = (...lines: string[]): string[] => {
    const content = fromSdp(ICE);
    const candidates = lines.flatMap((line) => readCandidateLine(line) ?? []);
    const media = { contents: [{ ...content, transport: { ...content.transport, candidates } }], groups: [] };
    return writeSdp(media, { by: "initiator", origin: { id: "1", version: 1, address: "192.0.2.1" }, answer: false })
      .split("\r\n")
      .filter((line) => /^(?:c=|a=candidate)/.test(line));
  };

  test("as the default address, or in a candidate", () => {
    expect(written("1 1 udp 200 turn.example.org 5 typ relay", "2 1 udp 100 192.0.2.9 5 typ host")).toEqual([
      "c=IN IP4 192.0.2.1",
      "c=IN IP4 192.0.2.9",
      "a=candidate:2 1 udp 100 192.0.2.9 5 typ host generation 0",
    ]);
  });

  // proves: M25
  test("as the address a candidate is related to (RFC 8839 §5.1)", () => {
    const candidate = readCandidateLine("1 1 udp 1 192.0.2.9 5 typ srflx raddr abc.local rport 5");
    expect(candidate && writeCandidateLine(candidate)).toBe(
      "1 1 udp 1 192.0.2.9 5 typ srflx raddr 0.0.0.0 rport 9 generation 0",
    );
  });
});
