/** Texts that plays use by name: a browser's audio, offer and answer, in both notations, and a desk phone's. */
import { changed, changedAll } from "./changed.ts";

const FINGERPRINT = Array(32).fill("AB").join(":");

const contents = (side: "A" | "B", setup: string, candidate: boolean) => `
  <content creator='initiator' name='0' senders='both'>
    <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'>
      <payload-type id='111' name='opus' clockrate='48000' channels='2'/><payload-type id='0' name='PCMU' clockrate='8000'/><rtcp-mux/>
    </description>
    <transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='u${side}' pwd='p${side}34567890123456789012'>
      <fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='${setup}'>${FINGERPRINT}</fingerprint>
      ${candidate ? `<candidate component='1' foundation='1' generation='0' id='c${side}' ip='198.51.100.7' network='0' port='40000' priority='2130706431' protocol='udp' type='host'/>` : ""}
    </transport>
  </content>`;

const sdp = (side: "A" | "B", setup: string) =>
  `v=0
o=- 1 1 IN IP4 203.0.113.9
s=-
c=IN IP4 203.0.113.9
t=0 0
m=audio 50000 UDP/TLS/RTP/SAVPF 111 0
a=mid:0
a=rtpmap:111 opus/48000/2
a=rtcp-mux
a=ice-ufrag:u${side}
a=ice-pwd:p${side}34567890123456789012
a=fingerprint:sha-256 ${FINGERPRINT}
a=setup:${setup}
a=candidate:1 1 udp 2130706431 203.0.113.9 50000 typ host
`;

const VIDEO_CODEC = "<payload-type id='96' name='VP8' clockrate='90000'/>";

/** An additional content, as described by a side. */
const video = (side: "A" | "B", creator: "initiator" | "responder", setup: string) => `
  <content creator='${creator}' name='video' senders='both'>
    <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='video'>${VIDEO_CODEC}<rtcp-mux/></description>
    <transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='v${side}' pwd='v${side}34567890123456789012'>
      <fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='${setup}'>${FINGERPRINT}</fingerprint>
      <candidate component='1' foundation='1' generation='0' id='v${side}' ip='198.51.100.7' network='0' port='40002' priority='2130706431' protocol='udp' type='host'/>
    </transport>
  </content>`;

const videoSection = (setup: string) => `m=video 50002 UDP/TLS/RTP/SAVPF 96
a=mid:video
a=rtpmap:96 VP8/90000
a=rtcp-mux
a=ice-ufrag:vB
a=ice-pwd:vB34567890123456789012
a=fingerprint:sha-256 ${FINGERPRINT}
a=setup:${setup}
a=candidate:1 1 udp 2130706431 203.0.113.9 50002 typ host
`;

const plain = `v=0
o=- 1 1 IN IP4 203.0.113.9
s=-
c=IN IP4 203.0.113.9
t=0 0
m=audio 50000 RTP/AVP 0
`;

/** The content of a transport-info with one more candidate of a side. */
const trickled = (side: "A" | "B") => `
  <content creator='initiator' name='0'>
    <transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='u${side}' pwd='p${side}34567890123456789012'>
      <candidate component='1' foundation='2' generation='0' id='t${side}' ip='203.0.113.4' network='0' port='40001' priority='1694498815' protocol='udp' type='srflx' rel-addr='198.51.100.7' rel-port='40000'/>
    </transport>
  </content>`;

const gathered = (side: "A" | "B") => `
  <content creator='initiator' name='0'>
    <transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='u${side}'><gathering-complete xmlns='urn:xmpp:jingle:transports:ice-udp:1'/></transport>
  </content>`;

export const PLAY_TEXTS: Readonly<Record<string, string>> = {
  "offer-contents": contents("A", "actpass", true),
  "offer-contents-without-address": contents("A", "actpass", false),
  "answer-contents": contents("B", "active", true),
  "answer-contents-without-address": contents("B", "active", false),
  "offer-sdp": sdp("A", "actpass"),
  "answer-sdp": sdp("B", "active"),
  "plain-sdp": plain,
  "added-video": video("A", "initiator", "actpass"),
  "accepted-video": video("A", "responder", "active"),
  "added-video-sdp": sdp("B", "actpass") + videoSection("actpass"),
  "accepted-video-sdp": sdp("B", "active") + videoSection("active"),
  "rejected-video-sdp": `${sdp("B", "active")}m=video 0 UDP/TLS/RTP/SAVPF 96\na=mid:video\n`,
  "restarted-answer-sdp": changedAll(changedAll(sdp("B", "active"), "uB", "uC"), "pB", "pC"),
  "restarted-offer-sdp": changedAll(changedAll(sdp("B", "actpass"), "uB", "uC"), "pB", "pC"),
  "early-offer-sdp": changed(changedAll(sdp("B", "actpass"), "203.0.113.9", "203.0.113.77"), "SAVPF 111 0", "SAVPF 0"),
  "foreign-codec-sdp": changed(sdp("B", "actpass"), "SAVPF 111 0", "SAVPF 9"),
  "plain-answer-contents": changed(contents("B", "active", true), "name='0'", "name='1'"),
  "caller-trickles": trickled("A"),
  "callee-trickles": trickled("B"),
  "caller-has-gathered": gathered("A"),
  "callee-has-gathered": gathered("B"),
};
