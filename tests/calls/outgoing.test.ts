/** An XMPP user calls a phone. */
import { test } from "bun:test";
import { play } from "../support/play.ts";

test("juliet calls bob, bob answers, bob hangs up", () =>
  play(`
# signalling §1 session-initiate, §2 180, 200, BYE; ladder 1
juliet > gateway
    <iq type='set' id='a1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'
      initiator='juliet@example.org/balcony'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1' from='bob@sip.example.org'/>
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    Via: SIP/2.0/UDP 192.0.2.1:5600;rport;branch={branch}
    Max-Forwards: 70
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
    To: <sip:bob@sip.example.org>
    Call-ID: s1
    CSeq: 1 INVITE
    Contact: <sip:juliet@192.0.2.1:5600>
    Content-Type: application/sdp
    c=IN IP4 198.51.100.7
    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0
    a=setup:actpass
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@203.0.113.9>
gateway > juliet
    <iq type='set' from='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='s1'><ringing xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
phone > gateway
    SIP/2.0 200 OK
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {answer-sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    To: <sip:bob@sip.example.org>;tag=bob1
    CSeq: 1 ACK
gateway > juliet
    <iq type='set' from='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='s1' responder='bob@sip.example.org'>
      <content creator='initiator' name='0'><transport ufrag='uB'><fingerprint setup='active'/><candidate ip='203.0.113.9' port='50000'/></transport></content></jingle></iq>
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
gateway > juliet
    <iq type='set'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='s1'><reason><success/></reason></jingle></iq>
`).then(() => undefined));
