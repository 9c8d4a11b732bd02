/** A user's data channels beside the audio: RFC 8841, XEP-0343. */
import { describe } from "bun:test";
import { changed } from "../support/changed.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { plays } from "../support/plays.ts";
import { BOB_ANSWERS, JULIET_CALLS, PHONE_HANGS_UP } from "./scenes.ts";

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
