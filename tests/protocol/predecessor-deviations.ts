/** Where Carillon departs from what the predecessor did, and why: one row a departure. docs/predecessor.md has the same rows. */
import type { Deviation } from "../support/predecessor.ts";

const EVERY_SDP = [
  "j2s-channels",
  "j2s-content-name-becomes-mid",
  "j2s-fmtp-nameless-parameter",
  "j2s-hdrext",
  "j2s-minimal-audio",
  "j2s-rtcp-mux-and-sources",
  "j2s-senders-both-explicit",
  "j2s-two-contents-bundle",
];
const EVERY_JINGLE = [
  "s2j-basic-audio",
  "s2j-fmtp-and-fb",
  "s2j-fmtp-nameless",
  "s2j-inactive",
  "s2j-jingle-action-attribute-not-in-xml",
  "s2j-minimum-accepted",
  "s2j-sources",
];

export const MEDIA_DEVIATIONS: readonly Deviation[] = [
  {
    what: "`s=-`, not `s=nksip`",
    reason: "a session without a name is written so (RFC 8866 §5.3); nksip was the predecessor's SIP stack",
    theirs: /^s=nksip$/m,
    ours: "s=-",
    vectors: EVERY_SDP,
  },
  {
    what: "`a=ice-options:trickle` in every section with ICE",
    reason: "we trickle, and say so (RFC 8840 §4.1.1)",
    theirs: /^a=ice-ufrag:.*$/gm,
    ours: "$&\na=ice-options:trickle",
    vectors: EVERY_SDP,
  },
  {
    what: "a content's name that is no token becomes `content-0`, and is remembered",
    reason: "a mid is a token (RFC 5888 §4): blanks in it break the peer's reader",
    theirs: /^a=mid:audio 1 left$/m,
    ours: "a=mid:content-0",
    vectors: ["j2s-content-name-becomes-mid"],
  },
  {
    what: "header extensions in the order of the offer, not reversed",
    reason: "the order of everything is kept",
    theirs: /^(a=extmap:3.*)\n(a=extmap:2.*)\n(a=extmap:1.*)$/m,
    ours: "$3\n$2\n$1",
    vectors: ["j2s-hdrext"],
  },
  {
    what: "sources in the order of the offer, not reversed",
    reason: "the order of everything is kept",
    theirs: /^(a=ssrc:1002.*)\n(a=ssrc:1001.*\na=ssrc:1001.*)$/m,
    ours: "$2\n$1",
    vectors: ["j2s-rtcp-mux-and-sources"],
  },
  {
    what: "`channels` is left out where it is 1",
    reason: "1 is its default (XEP-0167 §4)",
    theirs: / channels='1'/g,
    ours: "",
    vectors: EVERY_JINGLE,
  },
  {
    what: "feedback in the order of the SDP, not reversed",
    reason: "the order of everything is kept",
    theirs: /(<rtcp-fb [^>]*type='nack'[^>]*>)\s*(<rtcp-fb [^>]*type='transport-cc'[^>]*>)/,
    ours: "$2$1",
    vectors: ["s2j-fmtp-and-fb"],
  },
  {
    what: "parameters of a source in the order of the SDP, not reversed",
    reason: "the order of everything is kept",
    theirs: /(<parameter name='msid'[^>]*>)\s*(<parameter name='cname' value='cn1'[^>]*>)/,
    ours: "$2$1",
    vectors: ["s2j-sources"],
  },
  {
    what: "`a=ssrc-group` is carried",
    reason: "Jingle has a word for it (XEP-0339), and video with retransmission needs it",
    theirs: /<\/description>/,
    ours: "<ssrc-group xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' semantics='FID'><source ssrc='1001'/><source ssrc='1002'/></ssrc-group>$&",
    vectors: ["s2j-sources"],
  },
  {
    what: "an offer without ICE is raw-udp with its address, beside the fingerprint",
    reason: "ice-udp without ufrag, pwd and candidates reaches nobody; c= and the port do (XEP-0177)",
    theirs: /<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1'>/,
    ours: "<transport xmlns='urn:xmpp:jingle:transports:raw-udp:1'><candidate component='1' generation='0' id='audio-0-1-udp-203.0.113.1-40000' ip='203.0.113.1' port='40000'/><candidate component='2' generation='0' id='audio-0-2-udp-203.0.113.1-40001' ip='203.0.113.1' port='40001'/>",
    vectors: ["s2j-minimum-accepted"],
  },
];
