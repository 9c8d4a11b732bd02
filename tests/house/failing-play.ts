/** A play from which the gateway deviates: tests/house/plays.test.ts checks how it fails. Its name keeps it out of the test run. */
import { plays } from "../support/plays.ts";

plays([
  [
    "is answered, though nobody has",
    `
juliet > gateway
    <iq type='set' id='a1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'
      initiator='juliet@example.org/balcony'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1'/>
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1 INVITE
    Call-ID: another
nothing on phone
`,
    { byTheClock: true },
  ],
]);
