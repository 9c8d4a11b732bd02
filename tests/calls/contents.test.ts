/** Contents that come and go, and ICE that begins anew, in a running call: docs/mapping.md tables J and S, XEP-0166 §7.2, RFC 8839 §4.4. */
import { describe } from "bun:test";
import { changed, changedAll } from "../support/changed.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { plays } from "../support/plays.ts";
import {
  AGREED,
  CAROL,
  CAROL_ACKS,
  CAROL_CALLS,
  JULIET_ACCEPTS,
  JULIET_SAYS,
  OFFERS,
  PHONE_HANGS_UP,
  REFUSED,
  REINVITED,
  TALKING,
} from "./scenes.ts";

const HEARS = (action: string, inside = ""): string => `
gateway > juliet
    <iq type='set' from='bob@sip.example.org'><jingle action='${action}' sid='s1'>${inside}</jingle></iq>
`;
const VIDEO = "<content creator='initiator' name='video'/>";
const ICE = (ufrag: string, inside = ""): string =>
  `<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='${ufrag}'>${inside}</transport>`;
const RESTARTS = (candidate: boolean, id = "h1", ufrag = "uR"): string =>
  JULIET_SAYS(
    "transport-info",
    `<content creator='initiator' name='0'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='${ufrag}' pwd='pR34567890123456789012'>${candidate ? "<candidate component='1' foundation='1' generation='1' id='r1' ip='198.51.100.9' network='0' port='41000' priority='2130706431' protocol='udp' type='host'/>" : ""}</transport></content>`,
    id,
  );
const TRYING = `
gateway > phone
    SIP/2.0 100 Trying
`;
const ANSWERS = (more: string): string => `
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INVITE
${more}
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;
const NOT_ACCEPTABLE = `
gateway > phone
    SIP/2.0 488 Not Acceptable Here
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;
const CANCELLED = `
phone > gateway
    CANCEL sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
    CSeq: … CANCEL
gateway > phone
    SIP/2.0 487 Request Terminated
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;
const OLD_TRANSPORT =
  HEARS(
    "transport-info",
    `<content name='0'>${ICE("uB", "<fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0'/><nothing-else/>")}</content>`,
  ) +
  HEARS("transport-info", `<content name='0'>${ICE("uB", "<candidate generation='2' ip='203.0.113.9'/>")}</content>`);
/** The phone begins ICE with this user; its candidates say generation 0. */
const ANEW = (ufrag: string, generation: number): string =>
  changed(
    OFFERS(
      changed(
        changedAll(changedAll(PLAY_TEXTS["restarted-offer-sdp"] ?? "", "uC", ufrag), "pC", `p${ufrag}`).trimEnd(),
        /^/gm,
        "    ",
      ),
    ),
    "typ host",
    "typ host generation 0",
  ) +
  HEARS("transport-info", `<content name='0'>${ICE(ufrag)}</content>`) +
  HEARS(
    "transport-info",
    `<content name='0'>${ICE(ufrag, `<candidate generation='${generation}' ip='203.0.113.9'/>`)}</content>`,
  );
const TRICKLES = (ufrag: string, generation: number): string => `
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Info-Package: trickle-ice
    Content-Type: application/trickle-ice-sdpfrag

    a=ice-ufrag:${ufrag}
    m=audio 9 RTP/AVP 0
    a=mid:0
    a=candidate:9 1 udp 1694498815 203.0.113.77 50009 typ host generation 0
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INFO
${HEARS("transport-info", `<content name='0'>${ICE(ufrag, `<candidate generation='${generation}' ip='203.0.113.77'/>`)}</content>`)}`;
const THEIR_VIDEO = OFFERS("    {added-video-sdp}");
const ASKED_FOR_VIDEO =
  HEARS("transport-info", `<content name='0'>${ICE("uB")}</content>`) +
  HEARS("content-add", `<content creator='responder' name='video'><description media='video'/>${ICE("vB")}</content>`);
const LOST_WHEN_ASKED = `${HEARS("transport-info")}
gateway > juliet (unanswered)
    <iq type='set'><jingle action='content-add' sid='s1'/></iq>
gateway > phone
    SIP/2.0 100 Trying
the stream is cut
`;

describe("the user", () => {
  plays([
    // proves: J32
    [
      "adds a content, and the phone takes it: content-accept",
      `${TALKING}${JULIET_SAYS("content-add", "{added-video}")}${REINVITED(2, "    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n    m=video 40002 UDP/TLS/RTP/SAVPF 96\n    a=mid:video\n")}${AGREED(2, "sendrecv", "accepted-video-sdp")}${HEARS("content-accept", `<content creator='initiator' name='video'><description media='video'/>${ICE("vB", "<candidate/>")}</content>`)}${PHONE_HANGS_UP}`,
    ],
    // proves: J32
    [
      "adds a content, and the phone takes the offer without it: content-reject",
      `${TALKING}${JULIET_SAYS("content-add", "{added-video}")}${REINVITED(2, "")}${AGREED(2, "inactive", "rejected-video-sdp")}${HEARS("content-reject", VIDEO)}${PHONE_HANGS_UP}`,
    ],
    // proves: J32
    [
      "adds a content, and the phone refuses the offer: content-reject, and the next offer is as before",
      `${TALKING}${JULIET_SAYS("content-add", "{added-video}")}${REINVITED(2, "    m=video 40002 UDP/TLS/RTP/SAVPF 96\n")}${REFUSED(2, "488 Not Acceptable Here")}${HEARS("content-reject", VIDEO)}${JULIET_SAYS("content-modify", "<content creator='initiator' name='0' senders='initiator'/>", "h2")}${REINVITED(3, "    a=sendonly\n")}${AGREED(3, "recvonly")}${PHONE_HANGS_UP}`,
    ],
    [
      "adds a content without an address: the offer waits for it (half trickle)",
      `${TALKING}${JULIET_SAYS("content-add", "<content creator='initiator' name='video'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='video'><payload-type id='96' name='VP8' clockrate='90000'/></description><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='vA' pwd='vA34567890123456789012'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='actpass'>AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB</fingerprint></transport></content>")}
nothing on phone
${JULIET_SAYS("transport-info", "<content creator='initiator' name='video'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='vA'><candidate component='1' foundation='1' generation='0' id='x' ip='198.51.100.7' network='0' port='40002' priority='2130706431' protocol='udp' type='host'/></transport></content>", "h2")}${REINVITED(2, "    m=video 40002 UDP/TLS/RTP/SAVPF 96\n")}${AGREED(2, "inactive", "rejected-video-sdp")}${HEARS("content-reject", VIDEO)}${PHONE_HANGS_UP}`,
    ],
    // proves: J37
    [
      "adds a content that is there already: refused by name",
      `${TALKING}
juliet > gateway
    <iq type='set' id='h1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='content-add' sid='s1'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='error' id='h1'><error><bad-request/><text>there is a content '0' already</text></error></iq>
${PHONE_HANGS_UP}`,
    ],
    // proves: J37
    [
      "changes a content that is not there: refused by name",
      `${TALKING}
juliet > gateway
    <iq type='set' id='h1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='content-remove' sid='s1'><content creator='initiator' name='9'/></jingle></iq>
gateway > juliet
    <iq type='error' id='h1'><error><bad-request/><text>there is no content '9'</text></error></iq>
${PHONE_HANGS_UP}`,
    ],
    // proves: J33
    [
      "removes a content: its port is 0 from now on",
      `${TALKING}${JULIET_SAYS("content-add", "{added-video}")}${REINVITED(2, "")}${AGREED(2, "sendrecv", "accepted-video-sdp")}${HEARS("content-accept", VIDEO)}${JULIET_SAYS("content-remove", VIDEO, "h2")}${REINVITED(3, "    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n    m=video 0 UDP/TLS/RTP/SAVPF 96\n")}${AGREED(3, "inactive", "rejected-video-sdp")}
nothing on juliet
${PHONE_HANGS_UP}`,
    ],
    // proves: J33
    [
      "removes the last content, which ends the call (XEP-0166 §7.2.5)",
      `${TALKING}${JULIET_SAYS("content-remove", "<content creator='initiator' name='0'/>")}${HEARS("session-terminate", "<reason><success/></reason>")}
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`,
    ],
    // proves: J38
    [
      "begins ICE anew: re-INVITE, and the answer's transport comes back with its candidates",
      `${TALKING}${RESTARTS(true)}${REINVITED(2, "    a=ice-ufrag:uR\n    a=ice-pwd:pR34567890123456789012\n    m=audio 41000 UDP/TLS/RTP/SAVPF 111 0\n    a=setup:actpass\n")}${AGREED(2, "sendrecv", "restarted-answer-sdp")}${HEARS("transport-info", `<content name='0'>${ICE("uC", "<candidate ip='203.0.113.9'/>")}</content>`)}${PHONE_HANGS_UP}`,
    ],
    // proves: J38
    [
      "begins ICE anew without a candidate yet: the re-INVITE waits half a second for one",
      `${TALKING}${RESTARTS(false)}
after 400 ms
nothing on phone
after 100 ms
${REINVITED(2, "    a=ice-ufrag:uR\n    m=audio 9 UDP/TLS/RTP/SAVPF 111 0\n")}${AGREED(2, "sendrecv")}${PHONE_HANGS_UP}`,
    ],
    // proves: J39
    [
      "replaces the transport: re-INVITE, and transport-accept",
      `${TALKING}${JULIET_SAYS("transport-replace", "<content creator='initiator' name='0'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='uR' pwd='pR34567890123456789012'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='actpass'>AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB</fingerprint><candidate component='1' foundation='1' generation='1' id='r1' ip='198.51.100.9' network='0' port='41000' priority='2130706431' protocol='udp' type='host'/></transport></content>")}${REINVITED(2, "    a=ice-ufrag:uR\n")}${AGREED(2, "sendrecv", "restarted-answer-sdp")}${HEARS("transport-accept", `<content name='0'>${ICE("uC", "<candidate/>")}</content>`)}${PHONE_HANGS_UP}`,
    ],
    // proves: J39
    [
      "replaces the transport, and the phone refuses: transport-reject",
      `${TALKING}${JULIET_SAYS("transport-replace", "<content creator='initiator' name='0'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='uR' pwd='pR34567890123456789012'><candidate component='1' foundation='1' generation='1' id='r1' ip='198.51.100.9' network='0' port='41000' priority='2130706431' protocol='udp' type='host'/></transport></content>")}${REINVITED(2, "    a=ice-ufrag:uR\n")}${REFUSED(2, "488 Not Acceptable Here")}${HEARS("transport-reject", "<content name='0'/>")}${PHONE_HANGS_UP}`,
    ],
    // proves: J40
    [
      "tells other parameters of a codec (description-info): re-INVITE only when something has changed",
      `${TALKING}${JULIET_SAYS("description-info", "<content creator='initiator' name='0'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><payload-type id='0' name='PCMU' clockrate='8000'/></description></content>")}
nothing on phone
${JULIET_SAYS("description-info", "<content creator='initiator' name='0'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><payload-type id='111' name='opus' clockrate='48000' channels='2'><parameter name='usedtx' value='1'/></payload-type></description></content>", "h2")}${REINVITED(2, "    a=fmtp:111 usedtx=1\n")}${AGREED(2, "sendrecv")}${PHONE_HANGS_UP}`,
    ],
    // proves: J35
    [
      "accepts a content that nobody has offered: out of order, and the call goes on",
      `${TALKING}
juliet > gateway
    <iq type='set' id='h1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='content-accept' sid='s1'>{accepted-video}</jingle></iq>
gateway > juliet
    <iq type='error' id='h1'><error type='wait'><unexpected-request/><out-of-order xmlns='urn:xmpp:jingle:errors:1'/></error></iq>
juliet > gateway
    <iq type='set' id='h2' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='transport-accept' sid='s1'>{accepted-video}</jingle></iq>
gateway > juliet
    <iq type='error' id='h2'><error type='wait'><unexpected-request/><out-of-order xmlns='urn:xmpp:jingle:errors:1'/></error></iq>
${PHONE_HANGS_UP}`,
    ],
  ]);
});

describe("the phone", () => {
  plays([
    // proves: J34, S18, S56
    [
      "offers a new content, and the user accepts: it is in the 200",
      `${TALKING}${THEIR_VIDEO}${ASKED_FOR_VIDEO}${TRYING}${JULIET_SAYS("content-accept", "{accepted-video}")}${ANSWERS("    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n    m=video 40002 UDP/TLS/RTP/SAVPF 96\n    a=mid:video\n    a=setup:active\n")}${PHONE_HANGS_UP}`,
    ],
    // proves: J34
    [
      "offers a new content, and the user rejects: it has port 0 in the 200",
      `${TALKING}${THEIR_VIDEO}${ASKED_FOR_VIDEO}${JULIET_SAYS("content-reject", "<content creator='responder' name='video'/><reason><decline/></reason>")}${ANSWERS("    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n    m=video 0 UDP/TLS/RTP/SAVPF 96\n")}${PHONE_HANGS_UP}`,
    ],
    // proves: D9
    [
      "offers a new content, and the client refuses the stanza: it has port 0 in the 200",
      `${TALKING}${THEIR_VIDEO}${HEARS("transport-info")}
gateway > juliet (unanswered)
    <iq type='set' id='{add}'><jingle action='content-add'/></iq>
juliet > gateway
    <iq type='error' id='{add}' to='bob@sip.example.org'><error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
${ANSWERS("    m=video 0 UDP/TLS/RTP/SAVPF 96\n")}${PHONE_HANGS_UP}`,
    ],
    // proves: D12
    [
      "offers a new content, the stream is lost before the client acknowledges it, and the user accepts when it is back",
      `${TALKING}${THEIR_VIDEO}${LOST_WHEN_ASKED}
after 3 s
nothing on phone
${JULIET_SAYS("content-accept", "{accepted-video}")}${ANSWERS("    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n    m=video 40002 UDP/TLS/RTP/SAVPF 96\n")}${PHONE_HANGS_UP}`,
    ],
    // proves: D12
    [
      "offers a new content, the stream is lost, and the user says nothing: 488 after renegotiate_timeout, and it is taken back",
      `${TALKING}${THEIR_VIDEO}${LOST_WHEN_ASKED}
after 10 s
${NOT_ACCEPTABLE}${HEARS("content-remove", "<content creator='responder' name='video'/>")}${PHONE_HANGS_UP}`,
    ],
    // proves: S56
    [
      "offers a new content, and the user says nothing: 488 after renegotiate_timeout, and it is taken back",
      `${TALKING}${THEIR_VIDEO}${ASKED_FOR_VIDEO}${TRYING}
after 10 s
${NOT_ACCEPTABLE}${HEARS("content-remove", "<content creator='responder' name='video'/>")}${OFFERS("    {answer-sdp}")}${ANSWERS("    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0\n")}${HEARS("transport-info")}${PHONE_HANGS_UP}`,
    ],
    // proves: S65
    [
      "cancels its offer of a new content: 487, and it is taken back",
      `${TALKING}${THEIR_VIDEO}${ASKED_FOR_VIDEO}${CANCELLED}${HEARS("content-remove", "<content creator='responder' name='video'/>")}${PHONE_HANGS_UP}`,
    ],
    // proves: S65
    [
      "hangs up while its offer waits: 200 to the BYE, 487 to the offer (RFC 3261 §15.1.2)",
      `${TALKING}${THEIR_VIDEO}${ASKED_FOR_VIDEO}
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
    CSeq: … BYE
${HEARS("session-terminate", "<reason><success/></reason>")}
gateway > phone
    SIP/2.0 487 Request Terminated
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
    CSeq: 101 ACK
`,
    ],
    // proves: S18, S57
    [
      "begins ICE anew: told without candidates, then with them; the user's new transport is in the 200",
      `${TALKING}${OFFERS("    {restarted-offer-sdp}")}${HEARS("transport-info", `<content name='0'>${ICE("uC")}</content>`)}${HEARS("transport-info", `<content name='0'>${ICE("uC", "<candidate generation='1' ip='203.0.113.9'/>")}</content>`)}${RESTARTS(true)}${ANSWERS("    a=ice-ufrag:uR\n    m=audio 41000 UDP/TLS/RTP/SAVPF 111 0\n    a=setup:passive\n")}
nothing on phone
${PHONE_HANGS_UP}`,
    ],
    // proves: M32
    [
      "begins ICE anew twice, trickles, is given up on and begins once more: each time the next generation, whatever its SDP says",
      `${TALKING}${ANEW("uC", 1)}${RESTARTS(true)}${ANSWERS("    a=ice-ufrag:uR\n")}${TRICKLES("uC", 1)}${ANEW("uD", 2)}${RESTARTS(true, "h2", "uS")}${ANSWERS("    a=ice-ufrag:uS\n")}${TRICKLES("uD", 2)}${ANEW("uE", 3)}${TRYING}${CANCELLED}${HEARS("transport-info")}${HEARS("transport-info", `<content name='0'>${ICE("uD", "<candidate generation='4' ip='203.0.113.9'/><candidate generation='4' ip='203.0.113.77'/>")}</content>`)}${ANEW("uF", 5)}${RESTARTS(true, "h3", "uT")}${ANSWERS("    a=ice-ufrag:uT\n")}${PHONE_HANGS_UP}`,
    ],
    // proves: M32
    [
      "answers the user's new ICE with its own: the next generation, also of what it trickles",
      `${TALKING}${RESTARTS(true)}${REINVITED(2, "    a=ice-ufrag:uR\n")}${AGREED(2, "sendrecv", "restarted-answer-sdp")}${HEARS("transport-info", `<content name='0'>${ICE("uC", "<candidate generation='1' ip='203.0.113.9'/>")}</content>`)}${TRICKLES("uC", 1)}${PHONE_HANGS_UP}`,
    ],
    // proves: S57
    [
      "begins ICE anew, and the user says nothing: 488 after renegotiate_timeout, and the old transport is told again",
      `${TALKING}${OFFERS("    {restarted-offer-sdp}")}${HEARS("transport-info")}${HEARS("transport-info")}${TRYING}
after 10 s
${NOT_ACCEPTABLE}${OLD_TRANSPORT}${PHONE_HANGS_UP}`,
    ],
    // proves: S57
    [
      "begins ICE anew and takes it back: 487, and the old transport is told again",
      `${TALKING}${OFFERS("    {restarted-offer-sdp}")}${HEARS("transport-info")}${HEARS("transport-info")}${TRYING}${CANCELLED}${OLD_TRANSPORT}${PHONE_HANGS_UP}`,
    ],
    // proves: S58
    [
      "removes a content: content-remove, and port 0 in the answer",
      `${TALKING}${THEIR_VIDEO}${ASKED_FOR_VIDEO}${JULIET_SAYS("content-accept", "{accepted-video}")}${ANSWERS("")}${OFFERS("    {rejected-video-sdp}")}${ANSWERS("    m=video 0 UDP/TLS/RTP/SAVPF 96\n")}${HEARS("transport-info", `<content name='0'/>`)}${HEARS("content-remove", "<content creator='responder' name='video'/>")}${PHONE_HANGS_UP}`,
    ],
    // proves: S64
    [
      "leaves out an m-line that was there: 488, and the call goes on",
      `${TALKING}${THEIR_VIDEO}${ASKED_FOR_VIDEO}${JULIET_SAYS("content-accept", "{accepted-video}")}${ANSWERS("")}${OFFERS("    {answer-sdp}")}${NOT_ACCEPTABLE}${PHONE_HANGS_UP}`,
    ],
    // proves: S64
    [
      "leaves nothing in its offer: 488, and the call goes on",
      `${TALKING}${OFFERS("    v=0\n    o=- 1 2 IN IP4 203.0.113.9\n    s=-\n    c=IN IP4 203.0.113.9\n    t=0 0\n    m=audio 0 UDP/TLS/RTP/SAVPF 111\n    a=rtpmap:111 opus/48000/2")}${NOT_ACCEPTABLE}${PHONE_HANGS_UP}`,
    ],
    // proves: J36
    [
      "that has called offers what the user offers too: tie-break, since we speak for the initiator",
      `${CAROL_CALLS}${JULIET_ACCEPTS}${CAROL_ACKS}
phone > gateway
    INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    {added-video-sdp}
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='c1'/></iq>
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='c1'/></iq>
gateway > juliet
    <iq type='set'><jingle action='content-add' sid='c1'/></iq>
juliet > gateway
    <iq type='set' id='h1' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='content-add' sid='c1'>{added-video}</jingle></iq>
gateway > juliet
    <iq type='error' id='h1'><error type='cancel'><conflict/><tie-break xmlns='urn:xmpp:jingle:errors:1'/></error></iq>
after 10 s
gateway > phone
    SIP/2.0 100 Trying
${NOT_ACCEPTABLE}
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='c1'><content name='0'>${ICE("uA")}</content></jingle></iq>
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='c1'><content name='0'>${ICE("uA", "<candidate/>")}</content></jingle></iq>
gateway > juliet
    <iq type='set'><jingle action='content-remove' sid='c1'/></iq>
${PHONE_HANGS_UP}`,
    ],
  ]);
});
