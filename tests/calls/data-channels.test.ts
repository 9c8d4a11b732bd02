/** Data channels beside the audio, a user's and a phone's: RFC 8841, XEP-0343. */
import { describe } from "bun:test";
import { changed } from "../support/changed.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { plays } from "../support/plays.ts";
import {
  BOB_ANSWERS,
  CAROL,
  CAROL_ACKS,
  CAROL_CALLS,
  COMES,
  GIVES_UP,
  JULIET_ACCEPTS,
  JULIET_CALLS,
  OFFERS,
  PHONE_HANGS_UP,
  TALKING,
} from "./scenes.ts";

const FINGERPRINT = Array(32).fill("AB").join(":");
const indented = (text: string): string => changed(text.trimEnd(), /^/gm, "    ");
const DATA = `<content creator='initiator' name='d'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='uA' pwd='pA34567890123456789012'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='actpass'>${FINGERPRINT}</fingerprint><sctpmap xmlns='urn:xmpp:jingle:transports:dtls-sctp:1' number='5000' protocol='webrtc-datachannel' streams='1024'/></transport></content>`;
const BUNDLE =
  "<group xmlns='urn:xmpp:jingle:apps:grouping:0' semantics='BUNDLE'><content name='0'/><content name='d'/></group>";
const CALLS = `${changed(JULIET_CALLS, "{offer-contents}", `{offer-contents}${DATA}${BUNDLE}`).trimEnd()}
    a=group:BUNDLE 0 d
    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0
    m=application 0 UDP/DTLS/SCTP webrtc-datachannel
    a=mid:d
    a=bundle-only
    a=sctp-port:5000
    a=fingerprint:sha-256 …
`;
const ANSWER = (more: string, group: string): string =>
  indented(changed(PLAY_TEXTS["answer-sdp"] ?? "", "t=0 0\n", `t=0 0\na=group:BUNDLE ${group}\n`) + more);
const SECTION = (line: string, sctp: string): string =>
  `${line}\na=mid:d\na=ice-ufrag:uB\na=ice-pwd:pB34567890123456789012\na=fingerprint:sha-256 ${FINGERPRINT}\na=setup:active\n${sctp}\n`;
const BOB_SAYS = (sdp: string, inside: string): string =>
  changed(changed(BOB_ANSWERS, "    {answer-sdp}", sdp), "responder='bob@sip.example.org'/>", `>${inside}</jingle>`);

describe("a user's data channels", () => {
  plays([
    // proves: M27
    [
      "are offered, and the phone takes them",
      `${CALLS}${BOB_SAYS(
        ANSWER(
          SECTION(
            "m=application 50000 UDP/DTLS/SCTP webrtc-datachannel",
            "a=sctp-port:5000\na=max-message-size:262144",
          ),
          "0 d",
        ),
        "<content name='0'/><content name='d' senders='both'><transport ufrag='uB'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' setup='active'/><sctpmap xmlns='urn:xmpp:jingle:transports:dtls-sctp:1' number='5000' protocol='webrtc-datachannel'/></transport><nothing-else/></content><group xmlns='urn:xmpp:jingle:apps:grouping:0'><content name='0'/><content name='d'/></group>",
      )}${PHONE_HANGS_UP}`,
    ],
    // proves: M27
    [
      "are offered, and the phone refuses them: senders none, with the transport of the bundle",
      `${CALLS}${BOB_SAYS(
        ANSWER("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\na=mid:d\n", "0"),
        "<content name='0'/><content name='d' senders='none'><transport ufrag='uB'/></content><group xmlns='urn:xmpp:jingle:apps:grouping:0'><content name='0'/></group>",
      )}${PHONE_HANGS_UP}`,
    ],
    // proves: M27
    [
      "are offered, and the phone refuses all: once more with the audio alone",
      `${CALLS}
phone > gateway
    SIP/2.0 488 Not Acceptable Here
    To: <sip:bob@sip.example.org>;tag=bob1
    CSeq: 1 INVITE
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 INVITE
    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0
    no m=application
${changed(BOB_ANSWERS, /CSeq: 1 /g, "CSeq: 2 ")}${PHONE_HANGS_UP}`,
    ],
    // proves: M27
    [
      "alone are no call: a result, then unsupported-applications",
      `
juliet > gateway
    <iq type='set' id='a1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'>${DATA}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1'/>
gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='s1'><reason><unsupported-applications/></reason></jingle></iq>
nothing on phone`,
    ],
  ]);
});

describe("a user adds data channels to a call, and the phone", () => {
  const ADDS = `${TALKING}
juliet > gateway
    <iq type='set' id='h1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='content-add' sid='s1'>${DATA}${BUNDLE}</jingle></iq>
gateway > juliet
    <iq type='result' id='h1'/>
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 INVITE
    a=group:BUNDLE 0 d
    m=application 0 UDP/DTLS/SCTP webrtc-datachannel
    a=mid:d
    a=bundle-only
    a=sctp-port:5000
phone > gateway
    SIP/2.0 200 OK
    CSeq: 2 INVITE
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

`;
  const ACKED = `
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 ACK
`;
  plays([
    // proves: M27
    [
      "takes them: content-accept",
      `${ADDS}${ANSWER(SECTION("m=application 50000 UDP/DTLS/SCTP webrtc-datachannel", "a=sctp-port:5001"), "0 d")}${ACKED}
gateway > juliet
    <iq type='set'><jingle action='content-accept'><content name='d'><transport ufrag='uB'><fingerprint setup='active'/><sctpmap number='5001' protocol='webrtc-datachannel'/></transport><nothing-else/></content></jingle></iq>
${PHONE_HANGS_UP}`,
    ],
    // proves: M27
    [
      "refuses them: content-reject",
      `${ADDS}${ANSWER("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\na=mid:d\n", "0")}${ACKED}
gateway > juliet
    <iq type='set'><jingle action='content-reject'><content name='d'/></jingle></iq>
${PHONE_HANGS_UP}`,
    ],
    // proves: M24
    [
      "that speaks of sources without naming any means those of the sound",
      `${ADDS}${ANSWER(SECTION("m=application 50000 UDP/DTLS/SCTP webrtc-datachannel", "a=sctp-port:5001"), "0 d")}${ACKED}
gateway > juliet
    <iq type='set'><jingle action='content-accept'/></iq>
${OFFERS(changed(changed(ANSWER(SECTION("m=application 50000 UDP/DTLS/SCTP webrtc-datachannel", "a=sctp-port:5001"), "0 d"), "t=0 0", "t=0 0\n    a=jingle-action:source-remove"), /setup:active/g, "setup:actpass"))}
gateway > phone
    SIP/2.0 200 OK
gateway > juliet
    <iq type='set'><jingle action='source-remove'><content name='0'/><nothing-else/></jingle></iq>
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
${PHONE_HANGS_UP}`,
    ],
  ]);
});

const MAP = "urn:xmpp:jingle:transports:dtls-sctp:1";
const OFFER_SDP = PLAY_TEXTS["offer-sdp"] ?? "";
/** The audio, and data channels in its bundle. */
const WITH = (line: string, sctp: string, sdp = OFFER_SDP): string =>
  `${changed(sdp, "t=0 0\n", "t=0 0\na=group:BUNDLE 0 d\n")}${line}
a=mid:d
a=ice-ufrag:uA
a=ice-pwd:pA34567890123456789012
a=fingerprint:sha-256 ${FINGERPRINT}
a=setup:actpass
${sctp}
`;
const NEW = "m=application 40000 UDP/DTLS/SCTP webrtc-datachannel";
const OLD = "m=application 40000 DTLS/SCTP 5000";
const PORT = "a=sctp-port:5000\na=max-message-size:262144";
const OLD_MAP = "a=sctpmap:5000 webrtc-datachannel 256";
const CAROL_OFFERS = (sdp: string): string => changed(CAROL_CALLS, "    {offer-sdp}", indented(sdp));
const HEARD = (streams: string): string =>
  `<content name='d' creator='initiator'><transport ufrag='uA'><fingerprint setup='actpass'/><sctpmap xmlns='${MAP}' number='5000' protocol='webrtc-datachannel'${streams}/></transport><nothing-else/></content><group xmlns='urn:xmpp:jingle:apps:grouping:0'><content name='0'/><content name='d'/></group>`;
const HEARS_IT = (streams = ""): string => `<content creator='initiator' name='0'/>${HEARD(streams)}</jingle>`;
/** The call reaches juliet with these contents. */
const CALLED = (sdp: string, heard: string, device = "juliet"): string =>
  changed(
    changed(CAROL_OFFERS(sdp), "<content creator='initiator' name='0'/></jingle>", heard),
    "gateway > juliet",
    `gateway > ${device}`,
  );
const ALONE =
  "<content name='0'/><group xmlns='urn:xmpp:jingle:apps:grouping:0'><content name='0'/><nothing-else/></group><nothing-else/>";
const AUDIO_ALONE = `${ALONE}</jingle>`;
const TAKEN = `<content creator='initiator' name='d'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='uB' pwd='pB34567890123456789012'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='active'>${FINGERPRINT}</fingerprint><sctpmap xmlns='${MAP}' number='6000' protocol='webrtc-datachannel' streams='1024'/></transport></content>`;
const ACCEPTS = (more: string, said: string, group = "0 d"): string =>
  changed(
    changed(JULIET_ACCEPTS, "{answer-contents}", `{answer-contents}${more}${more && BUNDLE}`),
    "    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n    a=setup:active\n",
    `    a=group:BUNDLE ${group}\n    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n${indented(said)}\n`,
  );
const REFUSED = "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\na=mid:d";
const NO_DATA = ["urn:xmpp:jingle:1", "urn:xmpp:jingle:transports:ice-udp:1"];
const ICE_OF = (ufrag: string, name = "0"): string => `<content name='${name}'><transport ufrag='${ufrag}'/></content>`;
const HEARS = (action: string, inside = "", from = "bob@sip.example.org"): string => `
gateway > juliet
    <iq type='set' from='${from}'><jingle action='${action}'>${inside}</jingle></iq>
`;
const ANSWERED = (method: string, more: string): string => `
gateway > phone
    SIP/2.0 200 OK
    CSeq: … ${method}
${indented(more)}
`;

/** Juliet's client takes the session, and ends it. */
const ENDS = (condition: string, id: string): string => `
juliet > gateway
    <iq type='set' id='${id}' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='c1'><reason><${condition}/></reason></jingle></iq>
gateway > juliet
    <iq type='result' id='${id}'/>
`;
const VIDEO = `m=video 40000 UDP/TLS/RTP/SAVPF 96
a=mid:v
a=rtpmap:96 VP8/90000
a=ice-ufrag:uA
a=ice-pwd:pA34567890123456789012
a=fingerprint:sha-256 ${FINGERPRINT}
a=setup:actpass
`;

describe("a phone's data channels", () => {
  plays([
    // proves: M29
    [
      "reach the user as a content without a description, and are taken",
      `${CALLED(WITH(NEW, PORT), HEARS_IT())}${ACCEPTS(TAKEN, `m=application 40000 UDP/DTLS/SCTP webrtc-datachannel\na=mid:d\na=sctp-port:6000\na=setup:active`)}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: M29
    [
      "are taken by an accept that says no more of them (XEP-0343: it should), on the usual port",
      `${CALLED(WITH(NEW, PORT), HEARS_IT())}${ACCEPTS(changed(TAKEN, /<sctpmap[^>]*>/, ""), `m=application 40000 UDP/DTLS/SCTP webrtc-datachannel\na=mid:d\na=sctp-port:5000`)}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: M29
    [
      "in the form of before RFC 8841 are answered in that form",
      `${CALLED(WITH(OLD, OLD_MAP), HEARS_IT(" streams='256'"))}${ACCEPTS(TAKEN, `m=application 40000 DTLS/SCTP 6000\na=mid:d\na=sctpmap:6000 webrtc-datachannel 1024\nno a=sctp-port`)}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: M29
    [
      "are refused by the user: port 0 with their format",
      `${CALLED(WITH(NEW, PORT), HEARS_IT())}${ACCEPTS("", REFUSED, "0")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: M29
    [
      "in the form of before are refused by the user: port 0 with their format",
      `${CALLED(WITH(OLD, OLD_MAP), HEARS_IT())}${ACCEPTS("", "m=application 0 DTLS/SCTP 5000\na=mid:d", "0")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: M30
    [
      "are kept from a client that calls them an error: it is offered the audio alone",
      `${changed(changed(CALLED(WITH(NEW, PORT), HEARS_IT()), "gateway > juliet", "gateway > juliet (unanswered)"), "<iq type='set' from", "<iq type='set' id='{first}' from")}
juliet > gateway
    <iq type='error' id='{first}' to='${CAROL}'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
${HEARS("session-initiate", ALONE, CAROL)}${ACCEPTS("", REFUSED, "0")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: M30
    [
      "are an error to a client once the phone has given up: it is not offered anything more",
      `${changed(changed(CALLED(WITH(NEW, PORT), HEARS_IT()), "gateway > juliet", "gateway > juliet (unanswered)"), "<iq type='set' from", "<iq type='set' id='{first}' from")}
${GIVES_UP("sip:juliet@example.org")}${HEARS("session-terminate", "<reason><decline/></reason>", CAROL)}
juliet > gateway
    <iq type='error' id='{first}' to='${CAROL}'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
nothing on juliet
`,
    ],
    // proves: M33
    [
      "are acknowledged by a client that then ends the session, since it has no such content: it is offered the audio alone",
      `${CALLED(WITH(NEW, PORT), HEARS_IT())}${ENDS("unsupported-applications", "e1")}${HEARS("session-initiate", ALONE, CAROL)}${ACCEPTS("", REFUSED, "0")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: M33
    [
      "are not why a client ends the session that has ended it with the audio alone, too: 488, and no third offer",
      `${CALLED(WITH(NEW, PORT), HEARS_IT())}${ENDS("incompatible-parameters", "e1")}${HEARS("session-initiate", ALONE, CAROL)}${ENDS("unsupported-applications", "e2")}
gateway > phone
    SIP/2.0 488 Not Acceptable Here
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
nothing on juliet`,
    ],
    // proves: M33
    [
      "are not why a user declines: no second offer",
      `${CALLED(WITH(NEW, PORT), HEARS_IT())}${ENDS("decline", "e1")}
gateway > phone
    SIP/2.0 486 Busy Here
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
nothing on juliet`,
    ],
    // proves: M33
    [
      "and video are left out one after the other for a client that ends the session each time",
      `${CALLED(`${WITH(NEW, PORT)}${VIDEO}`, `<content name='0'/>${changed(HEARD(""), "</content><group", "</content><content name='v'/><group")}</jingle>`)}${ENDS("unsupported-applications", "e1")}${HEARS("session-initiate", "<content name='0'/><content name='v'/><group xmlns='urn:xmpp:jingle:apps:grouping:0'><content name='0'/><nothing-else/></group><nothing-else/>", CAROL)}${ENDS("failed-application", "e2")}${HEARS("session-initiate", ALONE, CAROL)}${ACCEPTS("", `${REFUSED}\nm=video 0 UDP/TLS/RTP/SAVPF 96\na=mid:v`, "0")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: M33
    [
      "are not there, but a video that a client calls an error: it is offered the audio alone",
      `${changed(changed(CALLED(`${changed(WITH(NEW, PORT), /m=application[\s\S]*/, VIDEO)}`, "<content name='0'/><content name='v'/></jingle>"), "gateway > juliet", "gateway > juliet (unanswered)"), "<iq type='set' from", "<iq type='set' id='{first}' from")}
juliet > gateway
    <iq type='error' id='{first}' to='${CAROL}'><error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
${HEARS("session-initiate", ALONE, CAROL)}${ACCEPTS("", "m=video 0 UDP/TLS/RTP/SAVPF 96\na=mid:v", "0")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: M29
    [
      "without ICE or DTLS are refused, and alone they are no call",
      `${CAROL_OFFERS(`${OFFER_SDP}${NEW}\na=mid:d\na=sctp-port:5000\n`)}${changed(ACCEPTS("", REFUSED, "0"), "    a=group:BUNDLE 0\n", "")}${CAROL_ACKS}${PHONE_HANGS_UP}
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: <sip:carol@pbx.example.net>;tag=carol2
    To: <sip:juliet@example.org>
    Call-ID: c2
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

${indented(changed(WITH(NEW, PORT), /m=audio[\s\S]*?(?=m=application)/, ""))}
gateway > phone
    SIP/2.0 488 Not Acceptable Here
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
`,
    ],
  ]);
});

describe("a phone's data channels, and a client whose caps", () => {
  const TRICKLES = (mid: string, at: number): string => `
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Info-Package: trickle-ice
    Content-Type: application/trickle-ice-sdpfrag

    a=ice-ufrag:uA
    m=audio 9 RTP/AVP 0
    a=mid:${mid}
    a=candidate:9 1 udp 1694498815 203.0.113.77 5000${at} typ host
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INFO
`;
  plays(
    [
      // proves: M30
      [
        "have none: it is offered the audio alone, and the phone hears port 0 with their format, also when it offers them again",
        `${COMES("juliet", ...NO_DATA)}${CALLED(WITH(NEW, PORT), AUDIO_ALONE)}${ACCEPTS("", REFUSED, "0")}${CAROL_ACKS}
${OFFERS(indented(WITH(NEW, PORT)))}${ANSWERED("INVITE", REFUSED)}${CAROL_ACKS}${HEARS("transport-info", `${ICE_OF("uA")}<nothing-else/>`, CAROL)}
phone > gateway
    UPDATE sip:juliet@192.0.2.1:5600 SIP/2.0
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

${indented(WITH(NEW, PORT))}
${ANSWERED("UPDATE", REFUSED)}${HEARS("transport-info", `${ICE_OF("uA")}<nothing-else/>`, CAROL)}${PHONE_HANGS_UP}`,
      ],
      // proves: M30
      [
        "have none: it hears nothing of their candidates either",
        `${COMES("juliet", ...NO_DATA)}${CALLED(WITH(NEW, PORT), AUDIO_ALONE)}${TRICKLES("d", 1)}
nothing on juliet
${TRICKLES("0", 2)}${HEARS("transport-info", "<content name='0'/><nothing-else/>", CAROL)}${ACCEPTS("", REFUSED, "0")}${CAROL_ACKS}${TRICKLES("d", 3)}
nothing on juliet
${PHONE_HANGS_UP}`,
      ],
      // proves: M30
      [
        "have them, beside one whose caps have none: each is offered what it takes",
        `${COMES("juliet", ...NO_DATA)}${COMES("juliet-phone", ...NO_DATA, MAP)}${CALLED(WITH(NEW, PORT), AUDIO_ALONE)}
gateway > juliet-phone
    <iq type='set' from='${CAROL}'><jingle action='session-initiate' sid='c1'>${HEARS_IT()}</iq>
${GIVES_UP("sip:juliet@example.org")}gateway > juliet
    <iq type='set'><jingle action='session-terminate' sid='c1'/></iq>
gateway > juliet-phone
    <iq type='set'><jingle action='session-terminate' sid='c1'/></iq>
`,
      ],
    ],
    { online: [] },
  );
});

describe("a phone adds data channels to a call that the user has placed, and the user", () => {
  const THEIRS = OFFERS(
    indented(WITH(NEW, PORT, changed(PLAY_TEXTS["answer-sdp"] ?? "", "a=setup:active", "a=setup:actpass"))),
  );
  const ASKED = `${HEARS("transport-info", ICE_OF("uB"))}${HEARS("content-add", `${changed(HEARD(""), "creator='initiator'", "creator='responder'")}`)}`;
  plays([
    // proves: M29
    [
      "takes them",
      `${TALKING}${THEIRS}${ASKED}
juliet > gateway
    <iq type='set' id='h1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='content-accept' sid='s1'>${changed(changed(TAKEN, "creator='initiator'", "creator='responder'"), "uB", "uA")}${BUNDLE}</jingle></iq>
gateway > juliet
    <iq type='result' id='h1'/>
${ANSWERED("INVITE", `a=group:BUNDLE 0 d\nm=application 40000 UDP/DTLS/SCTP webrtc-datachannel\na=mid:d\na=sctp-port:6000`)}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
    // proves: M29
    [
      "refuses them",
      `${TALKING}${THEIRS}${ASKED}
juliet > gateway
    <iq type='set' id='h1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='content-reject' sid='s1'><content creator='responder' name='d'/></jingle></iq>
gateway > juliet
    <iq type='result' id='h1'/>
${ANSWERED("INVITE", REFUSED)}${CAROL_ACKS}${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("a call with data channels", () => {
  const TALKS = `${CALLED(WITH(NEW, PORT), HEARS_IT())}${ACCEPTS(TAKEN, "m=application 40000 UDP/DTLS/SCTP webrtc-datachannel")}${CAROL_ACKS}`;
  const SAYS = (direction: string): string =>
    OFFERS(indented(changed(WITH(NEW, PORT), "a=rtcp-mux\n", `a=rtcp-mux\na=${direction}\n`)));
  const TRANSPORTS = HEARS("transport-info", ICE_OF("uA") + ICE_OF("uA", "d"), CAROL);
  const INFO = (name: string): string => `<${name} xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>`;
  const JULIET = (action: string, inside: string, id: string): string => `
juliet > gateway
    <iq type='set' id='${id}' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='c1'>${inside}</jingle></iq>
gateway > juliet
    <iq type='result' id='${id}'/>
`;
  const REINVITED = (cseq: number, more: string): string => `
gateway > phone
    INVITE sip:carol@192.0.2.2:5060 SIP/2.0
    CSeq: ${cseq} INVITE
${indented(more)}
phone > gateway
    SIP/2.0 200 OK
    CSeq: ${cseq} INVITE
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

${indented(changed(changed(WITH(NEW, PORT), "a=rtcp-mux\n", `a=rtcp-mux\na=${more.includes("sendonly") ? "recvonly" : "sendrecv"}\n`), /actpass/g, "passive"))}
gateway > phone
    ACK sip:carol@192.0.2.2:5060 SIP/2.0
`;
  plays([
    // proves: M29
    [
      "is held by the phone and taken back: data channels have no direction (RFC 8841)",
      `${TALKS}${SAYS("sendonly")}${ANSWERED("INVITE", "a=recvonly\nm=application 40000 UDP/DTLS/SCTP webrtc-datachannel")}${CAROL_ACKS}${TRANSPORTS}${HEARS("session-info", INFO("hold"), CAROL)}${SAYS("sendrecv")}${ANSWERED("INVITE", "a=sendrecv")}${CAROL_ACKS}${TRANSPORTS}${HEARS("session-info", INFO("active"), CAROL)}${PHONE_HANGS_UP}`,
    ],
    // proves: M29
    [
      "is held by the user and taken back",
      `${TALKS}${JULIET("session-info", INFO("hold"), "h1")}${REINVITED(1, "a=sendonly")}${JULIET("session-info", INFO("active"), "h2")}${REINVITED(2, "a=sendrecv")}
nothing on juliet
${PHONE_HANGS_UP}`,
    ],
    // proves: M29
    [
      "is without them once the phone takes them away, or the user does",
      `${TALKS}${OFFERS(indented(changed(changed(WITH(NEW, PORT), "m=application 40000", "m=application 0"), "BUNDLE 0 d", "BUNDLE 0")))}${ANSWERED("INVITE", `a=group:BUNDLE 0\n${REFUSED}`)}${CAROL_ACKS}${HEARS("transport-info", ICE_OF("uA"), CAROL)}${HEARS("content-remove", "<content name='d'/>", CAROL)}${PHONE_HANGS_UP}`,
    ],
  ]);
});
