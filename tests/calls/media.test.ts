/** What media may be said in a call, and what of it comes out on the other wire: docs/mapping.md tables M and T. */
import { describe } from "bun:test";
import { changed } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import {
  AGREED,
  BOB,
  BOB_RINGS,
  CAROL,
  CAROL_ACKS,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_CALLS,
  JULIET_HANGS_UP,
  JULIET_SAYS,
  PHONE_HANGS_UP,
  REINVITED,
  TALKING,
} from "./scenes.ts";

const FINGERPRINT = Array(32).fill("AB").join(":");
const ICE = "urn:xmpp:jingle:transports:ice-udp:1";
const SSMA = "urn:xmpp:jingle:apps:rtp:ssma:0";
const CANDIDATE =
  "<candidate component='1' foundation='1' generation='0' ip='198.51.100.7' port='40000' priority='2130706431' protocol='udp' type='host'/>";
const CONTENT = (name: string, media: string, codec: string, candidate = ""): string =>
  `<content creator='initiator' name='${name}'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='${media}'>${codec}<rtcp-mux/></description><transport xmlns='${ICE}' ufrag='uA' pwd='pA34567890123456789012'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='actpass'>${FINGERPRINT}</fingerprint>${candidate}</transport></content>`;
const PCMU = "<payload-type id='0' name='PCMU' clockrate='8000'/>";
const VP8 = "<payload-type id='96' name='VP8' clockrate='90000'/>";
const BUNDLE = (...names: string[]): string =>
  `<group xmlns='urn:xmpp:jingle:apps:grouping:0' semantics='BUNDLE'>${names.map((name) => `<content name='${name}'/>`).join("")}</group>`;

const ASKS = (action: string, inside: string, { to = BOB, sid = "s1" } = {}): string => `
juliet > gateway
    <iq type='set' id='q1' to='${to}'><jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='${sid}'>${inside}</jingle></iq>
`;
const TAKEN = `
gateway > juliet
    <iq type='result' id='q1'/>
`;
const REFUSED = (text: string): string => `
gateway > juliet
    <iq type='error' id='q1'><error type='modify'><bad-request/><text>${text}</text></error></iq>
`;
const INVITED = (more: string): string => `
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1 INVITE
${more}
`;
const CAROL_OFFERS = (sdp: string): string => `
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:juliet@example.org>
    Call-ID: big
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

${sdp}
`;
const FAILS = (line: string, more = ""): string => `
gateway > phone
    SIP/2.0 ${line}
${more}
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
    Call-ID: big
    From: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:juliet@example.org>;tag={big-tag}
    CSeq: 1 ACK
nothing on juliet
`;
const HEAD = "    v=0\n    o=- 1 1 IN IP4 203.0.113.9\n    s=-\n    c=IN IP4 203.0.113.9\n    t=0 0\n";
const BOB_SAYS = (sdp: string): string => `
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

${sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
`;
const HEARS = (action: string, inside = ""): string => `
gateway > juliet
    <iq type='set'><jingle action='${action}' sid='s1'>${inside}</jingle></iq>
`;
const SECTION = (medium: string, mid: string, port = 50_000): string => `
    m=${medium}
    a=mid:${mid}
    a=rtcp-mux
    a=ice-ufrag:uB
    a=ice-pwd:pB34567890123456789012
    a=fingerprint:sha-256 ${FINGERPRINT}
    a=setup:active
    a=candidate:1 1 udp 2130706431 203.0.113.9 ${port} typ host
`;
const TWO_SECTIONS = (mids: readonly [string, string]): string =>
  changed(
    `${HEAD}    a=group:BUNDLE ${mids.join(" ")}\n${SECTION("audio 50000 UDP/TLS/RTP/SAVPF 0", mids[0])}${SECTION("video 50000 UDP/TLS/RTP/SAVPF 96", mids[1])}    a=rtpmap:96 VP8/90000\n`,
    /\n\n/g,
    "\n",
  );

describe("no message grows beyond measure", () => {
  plays([
    // proves: M11
    [
      "an SDP of three thousand header extensions for all of its sections: 488",
      CAROL_OFFERS(`${HEAD}${"    a=extmap:1 u\n".repeat(3_000)}${"    m=audio 9 RTP/AVP 0\n".repeat(32)}`) +
        FAILS("488 …", "    To: <sip:juliet@example.org>;tag={big-tag}\n    Warning: 399 …\n"),
    ],
    // proves: M12
    [
      "an SDP that would be a stanza too large: that call fails, and the stream goes on",
      CAROL_OFFERS(`${HEAD}    m=audio 4000 RTP/AVP 0\n${`    a=fmtp:0 ${'"'.repeat(4_000)}\n`.repeat(12)}`) +
        `
gateway > phone
    SIP/2.0 180 Ringing
${FAILS("500 …", "    To: <sip:juliet@example.org>;tag={big-tag}\n")}` +
        CAROL_CALLS +
        JULIET_ACCEPTS +
        CAROL_ACKS +
        PHONE_HANGS_UP,
      { byTheClock: true },
    ],
  ]);
});

describe("an SDP is understood", () => {
  plays([
    [
      "whose group of sources has one, in an answer",
      `${JULIET_CALLS}${BOB_RINGS}${BOB_SAYS("    {answer-sdp}\n    a=ssrc-group:FID 1")}${HEARS("session-accept", `<content name='0'><description><ssrc-group xmlns='${SSMA}' semantics='FID'><source ssrc='1'/></ssrc-group></description></content>`)}${PHONE_HANGS_UP}`,
    ],
    // proves: M13
    [
      "whose m-line says how many ports there are",
      `${changed(changed(CAROL_CALLS, "{offer-sdp}", "{plain-sdp}\n    m=video 49170/2 RTP/AVP 31"), "name='0'", "name='audio'")}
juliet > gateway
    <iq type='set' id='q1' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='c1'>${["audio", "video"].map((name) => `<content creator='initiator' name='${name}'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='${name}'><payload-type id='${name === "audio" ? 0 : 31}'/></description><transport xmlns='urn:xmpp:jingle:transports:raw-udp:1'><candidate component='1' generation='0' id='${name}' ip='198.51.100.7' port='40000'/></transport></content>`).join("")}</jingle></iq>
${TAKEN}
gateway > phone
    SIP/2.0 200 OK
    m=audio 40000 RTP/AVP 0
    m=video 40000 RTP/AVP 31
${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("an answer has the media of its offer", () => {
  plays([
    // proves: M20
    [
      "else the phone's is none: ACK, BYE, general-error",
      `${JULIET_CALLS}${BOB_SAYS(changed(`${HEAD}${SECTION("video 50000 UDP/TLS/RTP/SAVPF 31", "0")}`, /\n\n/g, "\n"))}
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
${HEARS("session-terminate", "<reason><general-error/><text>video answers audio</text></reason>")}`,
    ],
    [
      "else the user's is refused, and the call goes on",
      CAROL_CALLS +
        ASKS("session-accept", CONTENT("0", "video", VP8, CANDIDATE), { to: CAROL, sid: "c1" }) +
        REFUSED("content &apos;0&apos; is video, and audio was offered") +
        JULIET_ACCEPTS +
        CAROL_ACKS +
        PHONE_HANGS_UP,
    ],
    // proves: M20
    [
      "and its DTLS: an accept without a fingerprint is refused, and the call goes on",
      CAROL_CALLS +
        ASKS("session-accept", changed(CONTENT("0", "audio", PCMU, CANDIDATE), /<fingerprint.*<\/fingerprint>/, ""), {
          to: CAROL,
          sid: "c1",
        }) +
        REFUSED("content &apos;0&apos; has no fingerprint, and DTLS was offered") +
        JULIET_ACCEPTS +
        CAROL_ACKS +
        PHONE_HANGS_UP,
    ],
  ]);
});

describe("a Jingle offer", () => {
  plays([
    // proves: M17
    [
      "of a static payload type without a name has it from RFC 3551",
      ASKS("session-initiate", CONTENT("0", "audio", "<payload-type id='0'/>", CANDIDATE)) +
        TAKEN +
        INVITED("    a=rtpmap:0 PCMU/8000\n") +
        BOB_SAYS(changed("    {plain-sdp}", "{plain-sdp}", TWO_SECTIONS(["0", "1"]).split("    m=video")[0] ?? "")) +
        HEARS("session-accept") +
        PHONE_HANGS_UP,
    ],
    // proves: M17
    [
      "without any codec is refused, in words",
      `${ASKS("session-initiate", CONTENT("0", "audio", "", CANDIDATE))}${REFUSED("content &apos;0&apos; has no codec")}`,
    ],
    // proves: M19
    [
      "whose names are no tokens keeps its group, and so does the answer",
      ASKS(
        "session-initiate",
        CONTENT("my audio", "audio", PCMU, CANDIDATE) +
          CONTENT("content-0", "video", VP8) +
          BUNDLE("my audio", "content-0"),
      ) +
        TAKEN +
        INVITED("    a=group:BUNDLE content-0- content-0\n    a=mid:content-0-\n    a=mid:content-0\n") +
        BOB_SAYS(TWO_SECTIONS(["content-0-", "content-0"])) +
        HEARS(
          "session-accept",
          "<content name='my audio'/><content name='content-0'/><group xmlns='urn:xmpp:jingle:apps:grouping:0' semantics='BUNDLE'><content name='my audio'/><content name='content-0'/></group>",
        ) +
        PHONE_HANGS_UP,
    ],
    // proves: M22
    [
      "whose first bundled content is removed: the next one has the candidates they share",
      ASKS("session-initiate", CONTENT("0", "audio", PCMU, CANDIDATE) + CONTENT("1", "video", VP8) + BUNDLE("0", "1")) +
        TAKEN +
        INVITED("    a=group:BUNDLE 0 1\n    m=audio 40000 …\n    m=video 0 …\n    a=bundle-only\n") +
        BOB_SAYS(TWO_SECTIONS(["0", "1"])) +
        HEARS("session-accept") +
        JULIET_SAYS("content-remove", "<content creator='initiator' name='0'/>") +
        REINVITED(
          2,
          "    a=group:BUNDLE 1\n    m=audio 0 …\n    m=video 40000 …\n    c=IN IP4 198.51.100.7\n    a=candidate:1 1 udp 2130706431 198.51.100.7 40000 typ host generation 0\n    no a=bundle-only\n",
        ) +
        JULIET_HANGS_UP(BOB, "s1", "sip:bob@192.0.2.2:5060"),
      { byTheClock: true },
    ],
  ]);
});

const SOURCES = (action: string, sources: string, id = "h1"): string =>
  JULIET_SAYS(
    action,
    `<content creator='initiator' name='0'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'>${sources}</description></content>`,
    id,
  );
const SOURCE = (inside = ""): string => `<source xmlns='${SSMA}' ssrc='77'>${inside}</source>`;
const CNAME = "<parameter name='cname' value='x'/>";
const TOLD = (cseq: number, action: string, line: string): string =>
  REINVITED(cseq, `    a=jingle-action:${action}\n    ${line}\n`) + AGREED(cseq, "sendrecv");

describe("a source", () => {
  plays([
    // proves: M23
    [
      "of which nothing is said goes out all the same, by its own name",
      TALKING + SOURCES("source-add", SOURCE()) + TOLD(2, "source-add", "a=ssrc:77 cname:77") + PHONE_HANGS_UP,
    ],
    // proves: M23
    [
      "that is removed by its number alone goes out as the session knew it",
      TALKING +
        SOURCES("source-add", SOURCE(CNAME)) +
        TOLD(2, "source-add", "a=ssrc:77 cname:x") +
        SOURCES("source-remove", SOURCE(), "h2") +
        TOLD(3, "source-remove", "a=ssrc:77 cname:x") +
        PHONE_HANGS_UP,
    ],
    // proves: M24
    [
      "action without a description is filled from the session",
      TALKING +
        SOURCES("source-add", SOURCE(CNAME)) +
        TOLD(2, "source-add", "a=ssrc:77 cname:x") +
        JULIET_SAYS("source-update", "<content creator='initiator' name='0'/>", "h2") +
        TOLD(3, "source-update", "a=ssrc:77 cname:x") +
        PHONE_HANGS_UP,
    ],
    [
      "without a number is refused",
      TALKING +
        ASKS(
          "source-add",
          `<content creator='initiator' name='0'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><source xmlns='${SSMA}'/></description></content>`,
        ) +
        REFUSED("&lt;source/&gt; has no ssrc") +
        PHONE_HANGS_UP,
    ],
  ]);
});

const TCP =
  "<candidate component='1' foundation='5' generation='0' ip='198.51.100.7' port='9' priority='1518280447' protocol='tcp' type='host' tcptype='active'/>";
const UDP =
  "<candidate component='1' foundation='6' generation='0' ip='198.51.100.8' port='40009' priority='1694498815' protocol='udp' type='host'/>";
const FINDS = (candidate: string, id: string): string =>
  JULIET_SAYS(
    "transport-info",
    `<content creator='initiator' name='0'><transport xmlns='${ICE}' ufrag='uA'>${candidate}</transport></content>`,
    id,
  );
const INFO = (cseq: number, lines: string): string => `
gateway > phone
    INFO sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: ${cseq} INFO
    ${lines}
phone > gateway
    SIP/2.0 200 OK
    CSeq: ${cseq} INFO
`;

describe("candidates", () => {
  plays([
    // proves: T10
    [
      "stay in their order from one INFO to the next, those over TCP too (RFC 8840 §4.4)",
      JULIET_CALLS +
        changed(BOB_RINGS, "Contact:", "Recv-Info: trickle-ice\n    Contact:") +
        FINDS(TCP, "t1") +
        INFO(2, "… ↵ a=candidate:1 … ↵ a=candidate:5 … ↵ …") +
        FINDS(UDP, "t2") +
        INFO(3, "… ↵ a=candidate:1 … ↵ a=candidate:5 … ↵ a=candidate:6 … ↵ …") +
        changed(BOB_SAYS("    {answer-sdp}"), "Contact:", "Recv-Info: trickle-ice\n    Contact:") +
        HEARS("session-accept") +
        PHONE_HANGS_UP,
    ],
    // proves: T9
    [
      "of another ICE password are 200 and nothing",
      `${TALKING}
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Info-Package: trickle-ice
    Content-Type: application/trickle-ice-sdpfrag

    m=audio 9 RTP/AVP 0
    a=mid:0
    a=ice-ufrag:uB
    a=ice-pwd:another4567890123456789012
    a=candidate:7 1 udp 2130706431 203.0.113.99 50007 typ host
gateway > phone
    SIP/2.0 200 OK
nothing on juliet
${PHONE_HANGS_UP}`,
    ],
    // proves: T12
    [
      "with an ICE user of two words are refused",
      TALKING +
        ASKS(
          "transport-info",
          `<content creator='initiator' name='0'><transport xmlns='${ICE}' ufrag='x y' pwd='a b'>${UDP}</transport></content>`,
        ) +
        REFUSED("ufrag or pwd is not one word") +
        PHONE_HANGS_UP,
    ],
  ]);
});
