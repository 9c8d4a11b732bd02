/** Scenes of calls whose media go by a relay (replay/relay.ts). */
import { RELAY } from "../../replay/relay.ts";
import type { PlayOptions } from "../support/play.ts";
import { CAROL } from "./scenes.ts";

export const CALLED_BY_RELAY: PlayOptions = { relay: true };
export const BY_RELAY = (media: "rtp" | "srtp" | "auto"): PlayOptions => ({ ...CALLED_BY_RELAY, calls: { media } });

/** A plain SDP of the phone; from the second line on indented, as it stands in a play. */
export const PLAIN_ANSWER = (more = "", protocol = "RTP/AVP"): string => `v=0
    o=bob 1 1 IN IP4 203.0.113.9
    s=-
    c=IN IP4 203.0.113.9
    t=0 0
    m=audio 50000 ${protocol} 0
${more}`;

/** Lines of a message that tells nothing of the user. */
const NOTHING_OF_THE_USER = `    no a=ice-…
    no a=candidate:…
    no a=fingerprint:…
    no a=setup:…
    no a=mid:…
    no a=rtcp-mux
    no a=msid…
    no a=ssrc:…
`;

/** An INVITE with nothing of the user in it. */
export const INVITED_PLAINLY = (cseq: number, protocol = "RTP/AVP", direction = "sendrecv", more = ""): string => `
gateway > phone
    INVITE sip:bob@192.0.2.2:5060 SIP/2.0
    From: "juliet" <sip:juliet@example.org>;tag={our-tag}
    Call-ID: s1
    CSeq: ${cseq} INVITE
    Supported: 100rel, timer
    Content-Type: application/sdp
    o=- … IN IP4 192.0.2.1
    c=IN IP4 ${RELAY.host}
    m=audio 30006 ${protocol} 0
    a=rtpmap:0 PCMU/8000
    a=${direction}
    no Recv-Info: …
    no a=rtpmap:111 …
${NOTHING_OF_THE_USER}${more}`;

/** juliet calls, and what the relay makes of it goes out. */
export const CALLS_BY_RELAY = (contents = "{offer-contents}", protocol = "RTP/AVP", more = ""): string => `
juliet > gateway
    <iq type='set' id='a1' to='bob@sip.example.org'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s1'
      initiator='juliet@example.org/balcony'>${contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='a1' from='bob@sip.example.org'/>
${INVITED_PLAINLY(1, protocol, "sendrecv", more)}`;

export const BOB_ANSWERS_PLAINLY = (cseq = 1, sdp = PLAIN_ANSWER()): string => `
phone > gateway
    SIP/2.0 200 OK
    CSeq: ${cseq} INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
    Content-Type: application/sdp

    ${sdp}
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
    CSeq: ${cseq} ACK
`;

/** The relay as the user sees it, in its call of this number. */
export const RELAYS_TRANSPORT = (call = 1): string =>
  `<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='relay${call}'><candidate ip='${RELAY.host}'/></transport>`;

export const ACCEPTED = `
gateway > juliet
    <iq type='set'><jingle action='session-accept' sid='s1' responder='bob@sip.example.org'><content creator='initiator' name='0'>${RELAYS_TRANSPORT()}</content></jingle></iq>
`;

export const TALKING_BY_RELAY = CALLS_BY_RELAY() + BOB_ANSWERS_PLAINLY() + ACCEPTED;

export const CAROL_CALLS_PLAINLY = (sdp = "{plain-sdp}"): string => `
phone > gateway
    INVITE sip:juliet@example.org SIP/2.0
    From: "Carol" <sip:carol@pbx.example.net>;tag=carol1
    To: <sip:juliet@example.org>
    Call-ID: c1
    Contact: <sip:carol@192.0.2.2:5060>
    Content-Type: application/sdp

    ${sdp}
`;

export const JULIET_RINGS = `
gateway > phone
    SIP/2.0 180 Ringing
    To: <sip:juliet@example.org>;tag={our-tag}
    Supported: 100rel, timer
    no Recv-Info: …
gateway > juliet
    <iq type='set' from='${CAROL}'><jingle action='session-initiate' sid='c1'><content name='1'>${RELAYS_TRANSPORT()}</content></jingle></iq>
`;

export const JULIET_ACCEPTS_PLAINLY = `
juliet > gateway
    <iq type='set' id='a2' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='c1'
      responder='juliet@example.org/balcony'>{plain-answer-contents}</jingle></iq>
gateway > juliet
    <iq type='result' id='a2'/>
`;

export const ANSWERED_PLAINLY = (protocol = "RTP/AVP"): string => `
gateway > phone
    SIP/2.0 200 OK
    To: <sip:juliet@example.org>;tag={our-tag}
    m=audio 30006 ${protocol} 0
    c=IN IP4 ${RELAY.host}
${NOTHING_OF_THE_USER}phone > gateway
    ACK sip:juliet@192.0.2.1:5600 SIP/2.0
`;

/** The user hears of the transport again, when the phone offers anew. */
export const TOLD = `
gateway > juliet
    <iq type='set'><jingle action='transport-info' sid='s1'><content name='0'>${RELAYS_TRANSPORT()}</content></jingle></iq>`;
