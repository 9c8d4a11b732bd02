/** Scenes that many plays begin or end with. `bob` is the phone that juliet calls, `carol` the one that calls her. */
import { createHash } from "node:crypto";
import { parse } from "ltx/lib/ltx.js";
import { verificationText } from "../../protocol/xmpp/caps-hash.ts";

const features = (names: readonly string[]): string =>
  `<query xmlns='http://jabber.org/protocol/disco#info'>${names.map((name) => `<feature var='${name}'/>`).join("")}</query>`;

/** A device comes online and is asked what its caps stand for. */
export function COMES(device: string, ...names: string[]): string {
  const text = verificationText(parse(features(names)));
  const ver = createHash("sha1").update(text).digest("base64");
  return `
${device} > gateway
    <presence to='sip.example.org'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://client.example' ver='${ver}'/></presence>
gateway > ${device}
    <iq type='get' from='sip.example.org' id='{disco-${device}}'/>
${device} > gateway
    <iq type='result' id='{disco-${device}}' to='sip.example.org'>${features(names)}</iq>
`;
}

export const JULIET_CALLS = `
juliet > gateway
    <iq type='set' id='a1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'
      initiator='juliet@example.org/balcony'>{offer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1' from='bob@sip.example.org'/>
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
    Call-ID: s1
    CSeq: 1 INVITE
`;

export const BOB_RINGS = `
phone > gateway
    SIP/2.0 180 Ringing
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
gateway > juliet
    <iq type='set' from='bob@sip.example.org'><jingle action='session-info' sid='s1'><ringing xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
`;

export const BOB_ANSWERS = `
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {answer-sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: 1 ACK
gateway > juliet
    <iq type='set'><jingle action='session-accept' sid='s1' responder='bob@sip.example.org'/></iq>
`;

/** The phone hangs up, and the user is told. */
export const PHONE_HANGS_UP = `
phone > gateway
    BYE sip:juliet@192.0.2.1:5600 SIP/2.0
gateway > phone
    SIP/2.0 200 OK
gateway > juliet
    <iq type='set'><jingle action='session-terminate'><reason><success/></reason></jingle></iq>
`;

export const CAROL_CALLS = `
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:juliet@example.org>
    Call-ID: c1
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    {offer-sdp}
gateway > phone
    SIP/2.0 180 Ringing
    To: <sip:juliet@example.org>;tag={our-tag}
    Contact: <sip:juliet@192.0.2.1:5600>
gateway > juliet
    <iq type='set' from='carol\\40pbx.example.net@sip.example.org/sip'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='c1'
      initiator='carol\\40pbx.example.net@sip.example.org/sip'><content creator='initiator' name='0'/></jingle></iq>
`;

export const JULIET_ACCEPTS = `
juliet > gateway
    <iq type='set' id='a2' to='carol\\40pbx.example.net@sip.example.org/sip'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='c1'
      responder='juliet@example.org/balcony'>{answer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='a2'/>
gateway > phone
    SIP/2.0 200 OK
    To: <sip:juliet@example.org>;tag={our-tag}
    Contact: <sip:juliet@192.0.2.1:5600>
    Content-Type: application/sdp
    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0
    a=setup:active
`;

export const CAROL_ACKS = `
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;

/** Who has called a user gives up while it rings. */
export const GIVES_UP = (uri: string, who = "phone"): string => `
${who} > gateway
    CANCEL ${uri} SIP/2.0
gateway > ${who}
    SIP/2.0 200 OK
gateway > ${who}
    SIP/2.0 487 Request Terminated
${who} > gateway
    ACK ${uri} SIP/2.0
`;

/** The user hangs up, and the phone is told. */
export const JULIET_HANGS_UP = (peer: string, sid: string, uri: string): string => `
juliet > gateway
    <iq type='set' id='a9' to='${peer}'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='${sid}'><reason><success/></reason></jingle></iq>
gateway > juliet
    <iq type='result' id='a9'/>
gateway > phone
    BYE ${uri} SIP/2.0
phone > gateway
    SIP/2.0 200 OK
`;

export const BOB = "bob@sip.example.org";
export const CAROL = "carol\\40pbx.example.net@sip.example.org/sip";

// A call that is established, and its changes

export const TALKING = JULIET_CALLS + BOB_ANSWERS;
export const JULIET_SAYS = (action: string, inside: string, id = "h1"): string => `
juliet > gateway
    <iq type='set' id='${id}' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='${action}' sid='s1'>${inside}</jingle></iq>
gateway > juliet
    <iq type='result' id='${id}'/>
`;
/** Juliet holds, or goes on (`unhold`): XEP-0167 §8. */
export const JULIET_HOLDS = (word = "hold", id = "h1"): string =>
  JULIET_SAYS("session-info", `<${word} xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>`, id);
/** Juliet is told that the phone rings, holds or goes on. */
export const JULIET_HEARS = (word: string): string => `
gateway > juliet
    <iq type='set'><jingle action='session-info' sid='s1'><${word} xmlns='urn:xmpp:jingle:apps:rtp:info:1'/></jingle></iq>
`;
/** The phone's description, with a direction. */
export const ANSWER_SDP = (direction: string): string => `    {answer-sdp}
    a=${direction}`;
export const REINVITED = (cseq: number, more: string): string => `
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    To: <sip:bob@sip.example.org>;tag=bob1
    CSeq: ${cseq} INVITE
    Contact: <sip:juliet@192.0.2.1:5600>
    Recv-Info: trickle-ice
${more}`;
export const AGREED = (cseq: number, direction: string, sdp = "answer-sdp"): string => `
phone > gateway
    SIP/2.0 200 OK
    CSeq: ${cseq} INVITE
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    {${sdp}}
    a=${direction}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: ${cseq} ACK
`;
export const REFUSED = (cseq: number, line: string): string => `
phone > gateway
    SIP/2.0 ${line}
    CSeq: ${cseq} INVITE
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: ${cseq} ACK
`;
export const OFFERS = (sdp: string, cseq = ""): string => `
phone > gateway
    INVITE sip:juliet@192.0.2.1:5600 SIP/2.0
${cseq}    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

${sdp}
`;
export const ANSWERED = (direction: string): string => `
gateway > phone
    SIP/2.0 200 OK
    CSeq: … INVITE
    Contact: <sip:juliet@192.0.2.1:5600>
    Content-Type: application/sdp
    m=audio 40000 UDP/TLS/RTP/SAVPF 111 0
    a=${direction}
phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;
