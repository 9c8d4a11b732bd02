/**
 * Preconditions of the predecessor's plays, and endings that leave no call behind.
 *
 * Alice and bob are users of `localhost`, `phone` is at the proxy, as in the vectors (predecessor-play.ts).
 */
import { changed } from "./changed.ts";

const calls = (id: string, more = ""): string => `
alice/r1 > gateway
    <iq type='set' id='${id}' to='bob@localhost/x'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='sid-1'>{offer-contents}${more}</jingle></iq>
gateway > alice/r1
    <iq type='result' id='${id}'/>
gateway > phone
    INVITE sip:bob@localhost:12345 SIP/2.0
`;
const offer = (more = ""): string => `${calls("i0", more).trimEnd()}
    Via: SIP/2.0/UDP localhost:5600;rport;branch={branch}
    From: {from} <{from-uri}>;tag={alice-tag}
    CSeq: 1 INVITE
    Contact: <{contact}>
    o=- {session} 1 IN IP4 …
`;
const rings = (group: string, sid = "sid-1", bound = "{candidate}"): string => `
phone > gateway
    INVITE sip:localhost:5600 SIP/2.0
    From: "Alice" <sip:alice@localhost>;tag=fa
    To: bob <sip:bob@localhost>
    Call-ID: ${sid}
    CSeq: 101 INVITE
    Contact: <sip:alice@192.0.2.2:5060>
    Content-Type: application/sdp

    {${group}offer-sdp}
gateway > phone
    SIP/2.0 180 Ringing
    To: …<sip:bob@localhost>;tag={${sid === "sid-1" ? "" : "next-"}bob-tag}
gateway > bob/r1
    <iq type='set'><jingle action='session-initiate' sid='${sid}'><content><transport><candidate id='${bound}'/></transport></content></jingle></iq>
`;
const ended = (device: string, reason: string): string => `
gateway > ${device}
    <iq type='set'><jingle action='session-terminate'><reason><${reason}/></reason></jingle></iq>
`;
const BYE = (uri: string, device: string): string => `
phone > gateway
    BYE ${uri} SIP/2.0
gateway > phone
    SIP/2.0 200 OK
${ended(device, "success")}`;
const CANCEL = (via = ""): string => `
phone > gateway
    CANCEL sip:localhost:5600 SIP/2.0
${via}gateway > phone
    SIP/2.0 200 OK
    CSeq: … CANCEL
gateway > phone
    SIP/2.0 487 Request Terminated
phone > gateway
    ACK sip:localhost:5600 SIP/2.0
`;
const AGREED = (cseq: number): string => `
phone > gateway
    SIP/2.0 200 OK
    CSeq: ${cseq} INVITE
    To: <sip:bob@localhost>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {answer-sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
`;

export const PREDECESSOR_SCENES: Readonly<Record<string, string>> = {
  "given alice calls bob": offer(),
  "given alice calls bob again": calls("i00"),
  "given alice calls bob, in a group": offer(
    "<group xmlns='urn:xmpp:jingle:apps:grouping:0' semantics='BUNDLE'><content name='0'/></group>",
  ),
  "given it rings": `
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@localhost>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
gateway > alice/r1
    <iq type='set'><jingle action='session-info'><ringing/></jingle></iq>
`,
  "given bob answers": `${AGREED(1)}
gateway > alice/r1
    <iq type='set'><jingle action='session-accept'/></iq>
`,
  "given alice holds": `
alice/r1 > gateway
    <iq type='set' id='h1' to='bob@localhost/x'><jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='sid-1'><hold xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
gateway > alice/r1
    <iq type='result' id='h1'/>
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 2 INVITE
`,
  "given bob agrees to hold": changed(AGREED(2), "{answer-sdp}", "{answer-sdp}\n    a=recvonly"),
  "given bob rings": rings(""),
  "given bob rings a second time": rings("", "sid-2", "…"),
  "given bob rings, in a group": rings("grouped-"),
  "given bob rings on r2": `
gateway > bob/r2
    <iq type='set'><jingle action='session-initiate' sid='sid-1'/></iq>
`,
  "given bob accepts": `
bob/r1 > gateway
    <iq type='set' id='a1' to='alice@localhost'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='sid-1'>{answer-contents}</jingle></iq>
gateway > bob/r1
    <iq type='result' id='a1'/>
gateway > phone
    SIP/2.0 200 OK
phone > gateway
    ACK sip:bob@localhost:5600 SIP/2.0
`,
  "given r2 stops ringing": ended("bob/r2", "cancel"),
  "finally the phone refuses": `
phone > gateway
    SIP/2.0 486 Busy Here
    CSeq: 1 INVITE
    To: <sip:bob@localhost>;tag=bob1
gateway > phone
    ACK sip:bob@localhost:12345 SIP/2.0
${ended("alice/r1", "decline")}`,
  "finally the phone hangs up": BYE("sip:alice@localhost:5600", "alice/r1"),
  "finally the caller hangs up": BYE("sip:bob@localhost:5600", "bob/r1"),
  "finally the caller cancels": CANCEL() + ended("bob/r1", "decline"),
  "finally the caller cancels, the first time":
    CANCEL("    Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKplay1;rport\n") + ended("bob/r1", "decline"),
  "finally the caller cancels, on two devices": CANCEL() + ended("bob/r1", "decline") + ended("bob/r2", "decline"),
};
