/** Answers that fit their offers, in every message that has one: docs/mapping.md table B, on the wire. */
import { describe } from "bun:test";
import { changed, changedAll } from "../support/changed.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { plays } from "../support/plays.ts";
import {
  AGREED,
  BOB_RINGS,
  CAROL_ACKS,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_CALLS,
  OFFERS,
  PHONE_HANGS_UP,
  REINVITED,
  TALKING,
} from "./scenes.ts";

const FINGERPRINT = Array(32).fill("AB").join(":");
const indented = (sdp: string): string => changed(sdp.trimEnd(), /^/gm, "    ");
const CAROL_OFFERS = (sdp: string): string => changed(CAROL_CALLS, "    {offer-sdp}", indented(sdp));
const OFFER = PLAY_TEXTS["offer-sdp"] ?? "";
const AUDIO = OFFER.slice(OFFER.indexOf("m=audio"));
const ANSWER = PLAY_TEXTS["answer-sdp"] ?? "";
const ACCEPTS = (contents: string, said: string): string =>
  changed(
    changed(JULIET_ACCEPTS, "{answer-contents}", contents),
    "    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n    a=setup:active\n",
    said,
  );
const onOneLine = (text = ""): string => changed(text, /\n\s*/g, "");
const CONTENT = onOneLine(PLAY_TEXTS["answer-contents"]);
/** The accept of a client that says all that it can. */
const RICH = changed(
  changed(
    CONTENT,
    "<rtcp-mux/>",
    "<rtcp-mux/><rtcp-reduced-size/><rtcp-fb xmlns='urn:xmpp:jingle:apps:rtp:rtcp-fb:0' type='nack'/><rtp-hdrext xmlns='urn:xmpp:jingle:apps:rtp:rtp-hdrext:0' id='1' uri='urn:x'/><extmap-allow-mixed xmlns='urn:xmpp:jingle:apps:rtp:rtp-hdrext:0'/><encryption><crypto tag='1' crypto-suite='AES_CM_128_HMAC_SHA1_80' key-params='inline:x'/></encryption>",
  ),
  "</content>",
  "</content><group xmlns='urn:xmpp:jingle:apps:grouping:0' semantics='BUNDLE'><content name='0'/></group>",
);
const BOB_SAYS = (sdp: string, inside: string): string => `
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

${indented(sdp)}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1 ACK
gateway > juliet
    <iq type='set'><jingle action='session-accept' sid='s1'>${inside}</jingle></iq>
`;
const HEARS = (action: string, inside = ""): string => `
gateway > juliet
    <iq type='set'><jingle action='${action}' sid='s1'>${inside}</jingle></iq>
`;
const SAYS = (sdp: string, more: string): string => `${OFFERS(indented(sdp))}
gateway > phone
    SIP/2.0 ${more}
`;
const ACK = `
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;
const UPDATES = (sdp: string, more: string): string =>
  changed(SAYS(sdp, more), "INVITE sip:juliet", "UPDATE sip:juliet");
const THEIR_OFFER = changed(ANSWER, "a=setup:active", "a=setup:actpass");
const KEY = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:y";
const SDES = `v=0
o=- 1 1 IN IP4 203.0.113.9
s=-
c=IN IP4 203.0.113.9
t=0 0
m=audio 50000 RTP/SAVP 0
${KEY}
`;
const RAW = (encryption: string): string =>
  `<content creator='initiator' name='audio'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><payload-type id='0' name='PCMU' clockrate='8000'/>${encryption}</description><transport xmlns='urn:xmpp:jingle:transports:raw-udp:1'><candidate component='1' generation='0' id='r1' ip='198.51.100.7' port='40000'/></transport></content>`;
const PLAIN_CALL = (sdp: string): string => changed(CAROL_OFFERS(sdp), "name='0'/>", "name='audio'/>");

describe("the 200 to a phone's call", () => {
  plays([
    // proves: B7
    [
      "that only sends (paging) only receives, whatever the client says",
      `${CAROL_OFFERS(`${OFFER}a=sendonly\n`)}${ACCEPTS(CONTENT, "    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n    a=recvonly\n")}${CAROL_ACKS}
gateway > juliet
    <iq type='set'><jingle action='session-info' sid='c1'><hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
${PHONE_HANGS_UP}`,
    ],
    // proves: B8
    [
      "has nothing that was not offered: rtcp-mux, reduced size, extensions, a group; DTLS displaces a key",
      `${CAROL_OFFERS(changed(OFFER, "a=rtcp-mux\n", ""))}${ACCEPTS(RICH, "    no a=rtcp-mux\n    no a=rtcp-rsize\n    no a=extmap\n    no a=extmap-allow-mixed\n    no a=rtcp-fb\n    no a=crypto\n    no a=group\n    a=setup:active\n")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: B10
    [
      "has the DTLS role that the offer leaves, also where the client says actpass",
      `${CAROL_OFFERS(changed(OFFER, "a=setup:actpass", "a=setup:ACTIVE"))}${ACCEPTS(changed(CONTENT, "setup='active'", "setup='actpass'"), "    a=setup:passive\n")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: B5
    [
      "has the codecs that were offered, by the offer's numbers",
      `${CAROL_OFFERS(OFFER)}${ACCEPTS(changed(changed(CONTENT, "id='111'", "id='96'"), "<rtcp-mux/>", "<payload-type id='9' name='G722' clockrate='8000'/><rtcp-mux/>"), "    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n    a=rtpmap:111 opus/48000/2\n")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: B11
    [
      "has the key of the client, and only one, by the tag of the offer",
      `${PLAIN_CALL(SDES)}${ACCEPTS(RAW("<encryption><crypto tag='7' crypto-suite='AES_CM_128_HMAC_SHA1_80' key-params='inline:a'/><crypto tag='8' crypto-suite='AES_CM_128_HMAC_SHA1_32' key-params='inline:b'/></encryption>"), "    m=audio 40000 RTP/SAVP 0\n    a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:a\n    no a=crypto:8\n")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
      { online: ["romeo", "juliet"] },
    ],
    // proves: B1
    [
      "has no mid where none was offered",
      `${changed(
        CAROL_OFFERS(changed(OFFER, "a=mid:0\n", "")),
        "name='0'/>",
        "name='audio'/>",
      )}${ACCEPTS(changed(CONTENT, "name='0'", "name='audio'"), "    no a=mid\n    a=setup:active\n")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: B2
    [
      "has a section for each of two with the same mid, also where one is refused, whichever it is",
      `${changed(CAROL_OFFERS(`${OFFER}${changed(AUDIO, "SAVPF 111 0", "SAVPF 0")}`), "name='0'/>", "name='0'/><content creator='initiator' name='0-2'/>")}${ACCEPTS(changed(CONTENT, "name='0'", "name='0-2'"), "    m=audio 0 UDP/TLS/RTP/SAVPF 111 0\n    a=mid:0\n    m=audio 40000 UDP/TLS/RTP/SAVPF 0\n    a=mid:0\n    a=setup:active\n")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: B2
    [
      "has a section for each of two with the same mid, each answered by its own",
      `${changed(CAROL_OFFERS(`${OFFER}${AUDIO}`), "name='0'/>", "name='0'/><content creator='initiator' name='0-2'/>")}${ACCEPTS(`${CONTENT}${changed(CONTENT, "name='0'", "name='0-2'")}`, "    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n    a=mid:0\n    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n    a=mid:0\n")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("the accept of what a phone answers", () => {
  const inside = (more: string): string =>
    `<content name='0'><description media='audio'>${more}<nothing-else/></description><transport/></content><nothing-else/>`;
  const OPUS = "<payload-type id='111' name='opus'/>";
  const PCMU = "<payload-type id='0' name='PCMU'/>";
  const EVENTS = (id: string): string => `<payload-type id='${id}' name='telephone-event' clockrate='8000'/>`;
  plays([
    // proves: B7
    [
      "has the direction that both want",
      `${changed(JULIET_CALLS, "{offer-contents}", `${changed(onOneLine(PLAY_TEXTS["offer-contents"]), "senders='both'", "senders='initiator'")}`)}${BOB_SAYS(ANSWER, "<content name='0' senders='initiator'/>")}${PHONE_HANGS_UP}`,
    ],
    // proves: B8
    [
      "has nothing that she did not offer",
      `${JULIET_CALLS}${BOB_SAYS(`${ANSWER}a=extmap:1 urn:x\na=rtcp-rsize\na=extmap-allow-mixed\na=rtcp-fb:111 nack\n${KEY}\n`, inside(`${OPUS}${PCMU}<rtcp-mux/>`))}${PHONE_HANGS_UP}`,
    ],
    // proves: B9
    [
      "says rtcp-mux where the phone leaves it out, and has candidates of component 1 alone",
      `${JULIET_CALLS}${BOB_SAYS(changed(ANSWER, "a=rtcp-mux\n", ""), inside(`${OPUS}${PCMU}<rtcp-mux/>`))}${PHONE_HANGS_UP}`,
    ],
    // proves: B9
    [
      "says no rtcp-mux where the phone leaves it out, and has candidates of component 2",
      `${JULIET_CALLS}${BOB_SAYS(`${changed(ANSWER, "a=rtcp-mux\n", "")}a=candidate:1 2 udp 2130706430 203.0.113.9 50001 typ host\n`, inside(`${OPUS}${PCMU}`))}${PHONE_HANGS_UP}`,
    ],
    // proves: B5
    [
      "has the codec that was offered under a number that the phone does not explain",
      `${JULIET_CALLS}${BOB_SAYS(changed(changed(ANSWER, "a=rtpmap:111 opus/48000/2\n", ""), "SAVPF 111 0", "SAVPF 111"), inside("<payload-type id='111' name='opus' clockrate='48000' channels='2'/><rtcp-mux/>"))}${PHONE_HANGS_UP}`,
    ],
    // proves: B16
    [
      "has the numbers that she has offered, where the phone answers under its own; events too",
      `${changed(JULIET_CALLS, "{offer-contents}", changed(onOneLine(PLAY_TEXTS["offer-contents"]), "<rtcp-mux/>", `${EVENTS("126")}<rtcp-mux/>`))}${BOB_SAYS(`${changed(changedAll(ANSWER, "111", "96"), "SAVPF 96 0", "SAVPF 96 101")}a=rtpmap:101 telephone-event/8000\n`, inside(`${OPUS}${EVENTS("126")}<rtcp-mux/>`))}${PHONE_HANGS_UP}`,
    ],
    // proves: B11
    [
      "is none, where she offers a key (SDES) and the phone answers without: BYE, and she is told why",
      `${changed(JULIET_CALLS, "{offer-contents}", RAW("<encryption><crypto tag='1' crypto-suite='AES_CM_128_HMAC_SHA1_80' key-params='inline:a'/></encryption>"))}${BOB_RINGS}
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {plain-sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1 ACK
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason><general-error/><text>content 'audio' has none of the keys that were offered (SDES)</text></reason></jingle></iq>
phone > gateway
    SIP/2.0 200 OK
    CSeq: … BYE
`,
    ],
  ]);
});

describe("a later offer of the phone's", () => {
  const dropped = changed(
    changed(THEIR_OFFER, /a=(fingerprint|setup|ice|candidate).*\n/g, ""),
    "UDP/TLS/RTP/SAVPF",
    "RTP/AVP",
  );
  plays([
    // proves: B12
    [
      "without the DTLS that was agreed: 488, and the call goes on",
      `${TALKING}${SAYS(dropped, "488 Not Acceptable Here\n    Warning: 399 …")}${ACK}
nothing on juliet
${PHONE_HANGS_UP}`,
    ],
    // proves: B12
    [
      "without the DTLS that was agreed, by UPDATE: 488, and the call goes on",
      `${TALKING}${UPDATES(dropped, "488 Not Acceptable Here")}
nothing on juliet
${PHONE_HANGS_UP}`,
    ],
    // proves: B3
    [
      "under another name of the same security is answered under that name",
      `${TALKING}${SAYS(changed(THEIR_OFFER, "UDP/TLS/RTP/SAVPF", "RTP/SAVPF"), "200 OK\n    m=audio 40000 RTP/SAVPF 111 0\n    a=fingerprint:sha-256 …")}${ACK}${HEARS("transport-info")}${PHONE_HANGS_UP}`,
    ],
    // proves: B6
    [
      "with fewer codecs: answered by them, and she is told (description-info); with all again she is told again",
      `${TALKING}${SAYS(changed(THEIR_OFFER, "SAVPF 111 0", "SAVPF 0"), "200 OK\n    m=audio 40000 UDP/TLS/RTP/SAVPF 0")}${ACK}${HEARS("transport-info")}${HEARS("description-info", "<content name='0'><description media='audio'><payload-type id='0' name='PCMU'/><nothing-else/></description></content>")}${SAYS(THEIR_OFFER, "200 OK\n    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0")}${ACK}${HEARS("transport-info")}${HEARS("description-info", "<content name='0'><description media='audio'><payload-type id='111' name='opus'/><payload-type id='0' name='PCMU'/><nothing-else/></description></content>")}${PHONE_HANGS_UP}`,
    ],
    // proves: B6
    [
      "with its codecs under other numbers: 488, and the call goes on",
      `${TALKING}${SAYS(changedAll(changed(THEIR_OFFER, "SAVPF 111 0", "SAVPF 111"), "111", "96"), "488 Not Acceptable Here")}${ACK}
nothing on juliet
${PHONE_HANGS_UP}`,
    ],
    // proves: B8
    [
      "that has dropped rtcp-mux is answered without",
      `${TALKING}${SAYS(changed(THEIR_OFFER, "a=rtcp-mux\n", ""), "200 OK\n    no a=rtcp-mux\n    a=setup:passive")}${ACK}${HEARS("transport-info")}${PHONE_HANGS_UP}`,
    ],
    // proves: B2
    [
      "with another mid for the same line is answered with that mid, and the group that it names",
      `${TALKING}${SAYS(changed(changed(THEIR_OFFER, "a=mid:0", "a=mid:sound"), "t=0 0\n", "t=0 0\na=group:BUNDLE sound\n"), "200 OK\n    a=group:BUNDLE sound\n    a=mid:sound")}${ACK}${HEARS("transport-info")}${PHONE_HANGS_UP}`,
    ],
    // proves: B10
    [
      "with holdconn: 488, and the call goes on",
      `${TALKING}${SAYS(changed(THEIR_OFFER, "setup:actpass", "setup:holdconn"), "488 Not Acceptable Here")}${ACK}
nothing on juliet
${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("a section that is refused", () => {
  const OTHERS = "m=application 4002 UDP/BFCP *\nm=image 4004 udptl t38\nm=video 0 UDP/TLS/RTP/SAVPF 96 97\n";
  plays([
    // proves: B1
    [
      "keeps the formats that were offered",
      `${CAROL_OFFERS(`${OFFER}${OTHERS}`)}${ACCEPTS(CONTENT, "    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n    m=application 0 UDP/BFCP *\n    m=image 0 udptl t38\n    m=video 0 UDP/TLS/RTP/SAVPF 96 97\n")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: B4
    [
      "has in the accept the transport of the content that it was offered in a bundle with, whatever group the answer names",
      `${changed(JULIET_CALLS, "{offer-contents}", "{offer-contents}{added-video}<group xmlns='urn:xmpp:jingle:apps:grouping:0' semantics='BUNDLE'><content name='0'/><content name='video'/></group>")}${BOB_SAYS(`${changed(ANSWER, "t=0 0\n", "t=0 0\na=group:BUNDLE 0\n")}m=video 0 UDP/TLS/RTP/SAVPF 96\na=mid:video\n`, `<content name='0'/><content name='video' senders='none'><transport ufrag='uB' pwd='pB34567890123456789012'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' setup='active'>${FINGERPRINT}</fingerprint></transport></content><group xmlns='urn:xmpp:jingle:apps:grouping:0'><content name='0'/></group>`)}${PHONE_HANGS_UP}`,
    ],
    // proves: B1
    [
      "by the phone's answer stays refused in what we offer later",
      `${changed(JULIET_CALLS, "{offer-contents}", "{offer-contents}{added-video}")}${BOB_SAYS(PLAY_TEXTS["rejected-video-sdp"] ?? "", "<content name='0'/><content name='video' senders='none'/>")}
juliet > gateway
    <iq type='set' id='h1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='s1'><hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
gateway > juliet
    <iq type='result' id='h1'/>
${REINVITED(2, "    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n    a=sendonly\n    m=video 0 UDP/TLS/RTP/SAVPF 96\n    a=mid:video\n")}${AGREED(2, "inactive", "rejected-video-sdp")}${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("a line of the session", () => {
  const VIDEO = (mid: string, port = 50_002): string =>
    changedAll(
      changed(PLAY_TEXTS["added-video-sdp"] ?? "", "m=video 50002", `m=video ${port}`),
      "a=mid:video",
      `a=mid:${mid}`,
    );
  const ADDED = (mid: string): string => `${OFFERS(indented(VIDEO(mid)))}
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='s1'/></iq>
gateway > juliet
    <iq type='set'><jingle action='content-add' sid='s1'><content creator='responder' name='${mid}'/></jingle></iq>
juliet > gateway
    <iq type='set' id='${mid}' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='content-accept' sid='s1'>${changed(onOneLine(PLAY_TEXTS["accepted-video"]), "name='video'", `name='${mid}'`)}</jingle></iq>
gateway > juliet
    <iq type='result' id='${mid}'/>
gateway > phone
    SIP/2.0 200 OK
    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0
    a=mid:0
    m=video 40002 UDP/TLS/RTP/SAVPF 96
    a=mid:${mid}
${ACK}`;
  const REMOVED = `${SAYS(VIDEO("video", 0), "200 OK\n    m=video 0 UDP/TLS/RTP/SAVPF 96")}${ACK}${HEARS("transport-info")}${HEARS("content-remove", "<content name='video'/>")}`;
  const HOLDS = `
juliet > gateway
    <iq type='set' id='h9' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='s1'><hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
gateway > juliet
    <iq type='result' id='h9'/>
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0
    a=mid:0
    m=video 40002 UDP/TLS/RTP/SAVPF 96
    a=mid:2
phone > gateway
    SIP/2.0 488 Not Acceptable Here
    CSeq: 2 INVITE
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
${HEARS("content-modify")}`;
  plays([
    // proves: B2
    [
      "that is recycled is a content of its own, with the mid of the offer (RFC 8829 §5.2.2), and keeps its place in our offers",
      `${TALKING}${ADDED("video")}${REMOVED}${ADDED("2")}${HOLDS}${PHONE_HANGS_UP}`,
    ],
    // proves: B13
    [
      "that was the head of a bundle and is removed leaves its address and candidates to the next",
      `${changed(CAROL_OFFERS(changed(`${OFFER}${changed(AUDIO, "a=mid:0", "a=mid:1")}`, "t=0 0\n", "t=0 0\na=group:BUNDLE 0 1\n")), "name='0'/>", "name='0'/><content creator='initiator' name='1'/>")}${ACCEPTS(`${CONTENT}${changed(changed(CONTENT, "name='0'", "name='1'"), /<candidate.*?>/, "")}<group xmlns='urn:xmpp:jingle:apps:grouping:0' semantics='BUNDLE'><content name='0'/><content name='1'/></group>`, "    a=group:BUNDLE 0 1\n")}${CAROL_ACKS}
phone > gateway
    INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

${indented(changed(changed(`${OFFER}${changed(AUDIO, "a=mid:0", "a=mid:1")}`, "t=0 0\n", "t=0 0\na=group:BUNDLE 1\n"), "m=audio 50000", "m=audio 0"))}
gateway > phone
    SIP/2.0 200 OK
    a=group:BUNDLE 1
    m=audio 0 UDP/TLS/RTP/SAVPF 111 0
    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0
    c=IN IP4 198.51.100.7
    a=candidate:1 1 udp 2130706431 198.51.100.7 40000 typ host generation 0
${ACK}
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='c1'/></iq>
gateway > juliet
    <iq type='set'><jingle action='content-remove' sid='c1'><content name='0'/></jingle></iq>
${PHONE_HANGS_UP}`,
    ],
  ]);
});
