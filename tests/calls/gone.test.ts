/** What a client's IQ error to a word of ours means for a call that is up: docs/mapping.md table D, XEP-0166 §6.7. */
import { describe } from "bun:test";
import { changed } from "../support/changed.ts";
import { type PlayRow, plays } from "../support/plays.ts";
import { CAROL, CAROL_ACKS, CAROL_CALLS, JULIET_ACCEPTS, OFFERS, PHONE_HANGS_UP, TALKING } from "./scenes.ts";

/** The phone re-INVITEs without a change; the transport-info that tells it is refused. */
const REFUSED = (condition: string): string => `
${TALKING}${OFFERS("    {answer-sdp}")}
gateway > phone
    SIP/2.0 200 OK
gateway > juliet (unanswered)
    <iq type='set' id='{told}'><jingle action='transport-info' sid='s1'/></iq>
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
juliet > gateway
    <iq type='error' id='{told}' to='bob@sip.example.org'><error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
`;
const BYE = `
gateway > phone
    BYE sip:bob@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
nothing on juliet
`;
const GOES_ON = `
nothing on phone
nothing on juliet
${PHONE_HANGS_UP}`;

const ROWS: PlayRow[] = [
  // proves: D6
  ["item-not-found: BYE", REFUSED("item-not-found") + BYE],
  // proves: D6
  ["recipient-unavailable: BYE", REFUSED("recipient-unavailable") + BYE],
  // proves: D6
  ["service-unavailable: BYE", REFUSED("service-unavailable") + BYE],
  // proves: D6
  ["remote-server-not-found: BYE", REFUSED("remote-server-not-found") + BYE],
  // proves: D6
  ["remote-server-timeout: BYE", REFUSED("remote-server-timeout") + BYE],
  // proves: D6
  ["bad-request: logged, and the call goes on", REFUSED("bad-request") + GOES_ON],
  ["feature-not-implemented: logged, and the call goes on", REFUSED("feature-not-implemented") + GOES_ON],
  ["not-acceptable: logged, and the call goes on", REFUSED("not-acceptable") + GOES_ON],
  ["unexpected-request: logged, and the call goes on", REFUSED("unexpected-request") + GOES_ON],
  ["resource-constraint: logged, and the call goes on", REFUSED("resource-constraint") + GOES_ON],
  ["internal-server-error: logged, and the call goes on", REFUSED("internal-server-error") + GOES_ON],
];

describe("a client answers a word of ours by", () => plays(ROWS));

describe("a client that is gone before the ACK", () => {
  plays([
    // proves: D6
    [
      "is hung up after it (RFC 3261 §15)",
      `${changed(CAROL_CALLS, "    Contact", "    Supported: trickle-ice\n    Contact")}${JULIET_ACCEPTS}
phone > gateway
    INFO sip:juliet@192.0.2.1:5600 SIP/2.0
    Content-Type: application/trickle-ice-sdpfrag

    a=ice-ufrag:uA
    a=ice-pwd:pA34567890123456789012
    m=audio 9 RTP/AVP 0
    a=mid:0
    a=candidate:3 1 udp 1694498815 203.0.113.77 50001 typ srflx raddr 203.0.113.9 rport 50000
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INFO
gateway > juliet (unanswered)
    <iq type='set' id='{told}'><jingle action='transport-info' sid='c1'/></iq>
juliet > gateway
    <iq type='error' id='{told}' to='${CAROL}'><error type='cancel'><remote-server-timeout xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
nothing on phone
${changed(CAROL_ACKS, "SIP/2.0\n", "SIP/2.0\n    CSeq: 101 ACK\n")}
gateway > phone
    BYE sip:carol@192.0.2.2:5060 SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`,
      { byTheClock: true },
    ],
  ]);
});
