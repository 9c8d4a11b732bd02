/** Devices that are gone, as their IQ errors tell: who is party to a call, and who is not any more. XEP-0166 §6.7. */
import { describe } from "bun:test";
import { plays } from "../support/plays.ts";
import { CAROL, CAROL_CALLS, JULIET_ACCEPTS, PHONE_HANGS_UP } from "./scenes.ts";

const CAROL_TRICKLES = `
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Info-Package: trickle-ice
    Content-Type: application/trickle-ice-sdpfrag

    a=ice-ufrag:uA
    a=ice-pwd:pA34567890123456789012
    m=audio 9 RTP/AVP 0
    a=mid:0
    a=candidate:3 1 udp 1694498815 203.0.113.77 50001 typ srflx raddr 203.0.113.9 rport 50000
gateway > phone
    SIP/2.0 200 OK
`;
const KNOWS_NO_SUCH_SESSION = (device: string): string => `
${device} > gateway
    <iq type='error' id='{trickled}' to='${CAROL}'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><unknown-session xmlns='urn:xmpp:jingle:errors:1'/></error></iq>
`;
const TRICKLED = `
    <iq type='set' id='{trickled}'><jingle action='transport-info'/></iq>
`;

describe("a device that does not know the session any more", () => {
  plays([
    // proves: D6
    [
      "is out while it rings, and the last one is the answer: 480",
      `${CAROL_CALLS}${CAROL_TRICKLES}
gateway > juliet (unanswered)${TRICKLED}${KNOWS_NO_SUCH_SESSION("juliet")}
gateway > phone
    SIP/2.0 480 Temporarily Unavailable
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
    CSeq: 101 ACK
`,
    ],
    // proves: D6
    [
      "and that has lost the race says nothing about the call of the one that has won",
      `${CAROL_CALLS}
gateway > juliet-phone
    <iq type='set' from='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='c1'/></iq>
${CAROL_TRICKLES}
gateway > juliet
    <iq type='set'><jingle action='transport-info'/></iq>
gateway > juliet-phone (unanswered)${TRICKLED}${JULIET_ACCEPTS}
gateway > juliet-phone
    <iq type='set' from='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='c1'><reason><cancel/></reason></jingle></iq>
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
    CSeq: 101 ACK
${KNOWS_NO_SUCH_SESSION("juliet-phone")}
nothing on phone
${PHONE_HANGS_UP}`,
      { online: ["juliet", "juliet-phone"] },
    ],
  ]);
});
