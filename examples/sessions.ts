/** The sessions that the demo's two sides offer and answer: one audio content, in each notation. */
const FINGERPRINT = Array(32).fill("AB").join(":");

/** Jingle contents of alice's client. */
export const aliceOffers = (setup: "actpass" | "active"): string => `<content creator='initiator' name='audio'>
  <description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><payload-type id='111' name='opus' clockrate='48000' channels='2'/><payload-type id='0' name='PCMU' clockrate='8000'/><rtcp-mux/></description>
  <transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='alic' pwd='aliceisherepassword012345'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='${setup}'>${FINGERPRINT}</fingerprint><candidate component='1' foundation='1' generation='0' id='a' ip='127.0.0.1' network='0' port='40000' priority='2130706431' protocol='udp' type='host'/></transport>
</content>`;

/** SDP of bob's phone. */
export const bobOffers = (setup: "actpass" | "active"): string =>
  `v=0
o=bob 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 50000 UDP/TLS/RTP/SAVPF 111 0
a=mid:audio
a=rtpmap:111 opus/48000/2
a=rtcp-mux
a=ice-ufrag:bobb
a=ice-pwd:bobisherepassword01234567
a=fingerprint:sha-256 ${FINGERPRINT}
a=setup:${setup}
a=candidate:1 1 udp 2130706431 127.0.0.1 50000 typ host
`.replaceAll("\n", "\r\n");
