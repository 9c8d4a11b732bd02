/** What is too large, of another type, of no dialog, or would add lines: the rules of the readers, met by a whole gateway. Signalling §1, §2, §6. */
import { describe } from "bun:test";
import { changed } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import { BOB_ANSWERS, BOB_RINGS, JULIET_CALLS, PHONE_HANGS_UP, TALKING } from "./scenes.ts";

const CANDIDATES = (many: number): string =>
  Array.from(
    { length: many },
    (_, at) =>
      `<candidate component='1' foundation='n${at + 1}' generation='0' id='n${at + 1}' ip='198.51.100.9' network='0' port='${41001 + at}' priority='2130706431' protocol='udp' type='host'/>`,
  ).join("");
const FINDS = (many: number): string => `
juliet > gateway
    <iq type='set' id='t1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='transport-info' sid='s1'><content creator='initiator' name='0'>${TRANSPORT(CANDIDATES(many))}</content></jingle></iq>
gateway > juliet
    <iq type='result' id='t1'/>
`;
const INFO = (transport: string, more: string): string => `
gateway > phone
    INFO sip:bob@192.0.2.2:5060 SIP/2.0
    Via: SIP/2.0/${transport} …
${more}
phone > gateway
    SIP/2.0 200 OK
`;
const FROM_NOBODY = (by: string, method: string): string => `
${by} > gateway
    ${method} sip:juliet@192.0.2.1:5600 SIP/2.0
    From: <sip:bob@sip.example.org>;tag=x1
    To: <sip:juliet@example.org>;tag=x2
    Call-ID: x3
    Contact: <sip:bob@192.0.2.2:5060>
gateway > ${by}
    SIP/2.0 481 Call/Transaction Does Not Exist
`;
const ACKED = (by: string): string => `
${by} > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;

const TRANSPORT = (inside: string, ufrag = "uA"): string =>
  `<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='${ufrag}' pwd='pA34567890123456789012'>${inside}</transport>`;
const CODEC = (attributes: string, inside = ""): string =>
  `<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><payload-type id='111' clockrate='48000' channels='2' ${attributes}>${inside}</payload-type></description>`;
const SOURCE = (cname: string): string =>
  `<description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='77'><parameter name='cname' value='${cname}'/></source></description>`;
const REFUSED = "<iq type='error' id='e1'><error type='modify'><bad-request/></error></iq>";
const PASSED_OVER = "<iq type='result' id='e1'/>";
const SAYS = (action: string, inside: string, answer = REFUSED): string => `
juliet > gateway
    <iq type='set' id='e1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='s1'><content creator='initiator' name='0'>${inside}</content></jingle></iq>
gateway > juliet
    ${answer}
`;

describe("a whole gateway", () => {
  plays([
    // proves: T11
    [
      "tells a phone of 64 candidates a content, and of no more",
      `${JULIET_CALLS}${BOB_RINGS}${FINDS(70)}${INFO("UDP", "    a=candidate:n63 …\n    no a=candidate:n64 …")}${BOB_ANSWERS}${PHONE_HANGS_UP}`,
    ],
    // proves: A14
    [
      "says by TCP what is over 1300 bytes, to a phone that takes it",
      `${JULIET_CALLS}${BOB_RINGS}${FINDS(20)}${INFO("TCP", "    a=candidate:n20 …")}${BOB_ANSWERS}${PHONE_HANGS_UP}`,
      // a connection loses nothing
      { byTcp: true, byTheClock: true },
    ],
    // proves: S41
    [
      "refuses a body of another type: 415, and says what it takes",
      `
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: <sip:carol@pbx.example.net>;tag=c1
    To: <sip:juliet@example.org>
    Call-ID: c1
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: text/plain

    hello
gateway > phone
    SIP/2.0 415 Unsupported Media Type
    Accept: application/sdp, application/trickle-ice-sdpfrag, application/dtmf-relay, application/dtmf, multipart/mixed
phone > gateway
    ACK sip:juliet@example.org SIP/2.0
nothing on juliet`,
    ],
    // proves: S39
    [
      "knows no dialog that there is not: 481 to whatever is said in it, whoever says it",
      FROM_NOBODY("phone", "BYE") +
        FROM_NOBODY("phone", "INFO") +
        FROM_NOBODY("phone", "INVITE") +
        ACKED("phone") +
        FROM_NOBODY("stranger", "BYE") +
        FROM_NOBODY("stranger", "INVITE") +
        ACKED("stranger"),
    ],
    // proves: A7
    [
      "lets nobody add a line to an SDP, by whatever value of a stanza",
      TALKING +
        SAYS("transport-info", TRANSPORT(changed(CANDIDATES(1), "'n1'", "'n1&#10;a=evil:1'")), PASSED_OVER) +
        SAYS("transport-info", TRANSPORT("", "uZ&#13;&#10;a=evil:1")) +
        SAYS("description-info", CODEC("name='opus&#10;a=evil:1'")) +
        SAYS("description-info", CODEC("name='opus'", "<parameter name='x' value='1&#10;a=evil:1'/>")) +
        SAYS("source-add", SOURCE("c&#10;a=evil:1")) +
        "\nnothing on phone\n" +
        PHONE_HANGS_UP,
    ],
  ]);
});
