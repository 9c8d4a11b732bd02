/** A phone that has answered our offer by a reliable 183 may offer again before its 200: RFC 3311 §5.2, RFC 3262 §5. */
import { describe } from "bun:test";
import { changed } from "../support/changed.ts";
import { plays } from "../support/plays.ts";
import { JULIET_CALLS, OFFERS, PHONE_HANGS_UP } from "./scenes.ts";

const PROGRESS = (...headers: string[]): string => `
phone > gateway
    SIP/2.0 183 Session Progress
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
${headers.map((each) => `    ${each}\n`).join("")}    Content-Type: application/sdp

    {answer-sdp}
`;
const RINGS = `
gateway > juliet
    <iq type='set'><jingle action='session-info' sid='s1'><ringing/></jingle></iq>
`;
const RELIABLY = (rseq: number): string => `
${PROGRESS("Require: 100rel", `RSeq: ${rseq}`)}
gateway > phone
    PRACK sip:bob@192.0.2.2:5060 SIP/2.0
    RAck: ${rseq} 1 INVITE
phone > gateway
    SIP/2.0 200 OK
    CSeq: … PRACK
`;
const ANSWERED = `${RELIABLY(1)}${RINGS}`;
const UPDATES = (sdp: string): string => changed(OFFERS(`    ${sdp}`), "INVITE", "UPDATE");
const SAYS = (status: string, ...lines: string[]): string => `
gateway > phone
    SIP/2.0 ${status}
    CSeq: … UPDATE
${lines.map((each) => `    ${each}\n`).join("")}`;
const PICKS_UP = (candidate: string): string => `
phone > gateway
    SIP/2.0 200 OK
    CSeq: 1 INVITE
    To: <sip:bob@sip.example.org>;tag=bob1
    Contact: <sip:bob@192.0.2.2:5060>
gateway > phone
    ACK sip:bob@192.0.2.2:5060 SIP/2.0
gateway > juliet
    <iq type='set'><jingle action='session-accept' sid='s1'><content name='0'><transport ufrag='uB'><fingerprint setup='active'/>${candidate}</transport></content><nothing-else/></jingle></iq>
`;
/** The 200 brings once more the SDP of the 183. */
const REPEATS_AND_PICKS_UP = (candidate: string): string =>
  changed(
    PICKS_UP(candidate),
    "gateway > phone",
    "    Content-Type: application/sdp\n\n    {answer-sdp}\ngateway > phone",
  );
const OLD = "<candidate ip='203.0.113.9' port='50000'/>";
const NEW = "<candidate ip='203.0.113.77' port='50000'/>";
/** juliet calls, the phone answers reliably and moves by UPDATE. */
const MOVED = `${JULIET_CALLS}${ANSWERED}${UPDATES("{early-offer-sdp}")}${SAYS("200 OK")}`;

describe("a phone offers by UPDATE before its 200", () => {
  plays([
    // proves: S71
    [
      "and has answered our offer reliably: 200 with our answer, and the session-accept has what it offers",
      `${JULIET_CALLS}${ANSWERED}${UPDATES("{early-offer-sdp}")}${SAYS("200 OK", "m=audio 40000 UDP/TLS/RTP/SAVPF 0", "a=setup:passive")}
nothing on juliet
${PICKS_UP(NEW)}${PHONE_HANGS_UP}`,
    ],
    // proves: S71
    [
      "and its answer was not reliable: 491",
      `${JULIET_CALLS}${PROGRESS()}${RINGS}${UPDATES("{early-offer-sdp}")}${SAYS("491 Request Pending")}${PICKS_UP(OLD)}${PHONE_HANGS_UP}`,
    ],
    // proves: S71
    [
      "and begins ICE anew: 504, since the client would be needed",
      `${JULIET_CALLS}${ANSWERED}${UPDATES("{restarted-offer-sdp}")}${SAYS("504 …")}${PICKS_UP(OLD)}${PHONE_HANGS_UP}`,
    ],
    [
      "with no codec of ours: 488",
      `${JULIET_CALLS}${ANSWERED}${UPDATES("{foreign-codec-sdp}")}${SAYS("488 Not Acceptable Here", "Warning: 304 …")}${PICKS_UP(OLD)}${PHONE_HANGS_UP}`,
    ],
    [
      "with more than we offered: that is refused, and not told",
      `${JULIET_CALLS}${ANSWERED}${UPDATES("{added-video-sdp}")}${SAYS("200 OK", "m=video 0 UDP/TLS/RTP/SAVPF 96")}${PICKS_UP(OLD)}${PHONE_HANGS_UP}`,
    ],
    // proves: B1
    [
      "with a video that it has refused before: that stays refused on both sides",
      `${changed(JULIET_CALLS, "{offer-contents}", "{offer-contents}{added-video}")}${changed(ANSWERED, "{answer-sdp}", "{rejected-video-sdp}")}${UPDATES("{added-video-sdp}")}${SAYS("200 OK", "m=video 0 UDP/TLS/RTP/SAVPF 96")}${changed(PICKS_UP(OLD), "<nothing-else/>", "<content name='video' senders='none'/>")}${PHONE_HANGS_UP}`,
    ],
    [
      "that cannot be read: 488",
      `${JULIET_CALLS}${ANSWERED}${UPDATES("v=0")}${SAYS("488 …")}${PICKS_UP(OLD)}${PHONE_HANGS_UP}`,
    ],
    // proves: S72
    [
      "and repeats its old answer in the 200: what the UPDATE agreed stays (RFC 3261 §13.2.1)",
      `${MOVED}${REPEATS_AND_PICKS_UP(NEW)}${PHONE_HANGS_UP}`,
    ],
    // proves: S72
    [
      "and repeats its old answer in another reliable 183: what the UPDATE agreed stays",
      `${MOVED}${RELIABLY(2)}${PICKS_UP(NEW)}${PHONE_HANGS_UP}`,
    ],
    // proves: S72
    [
      "after a 183 that repeats the answer and is not reliable: 200 all the same",
      `${JULIET_CALLS}${ANSWERED}${PROGRESS()}${UPDATES("{early-offer-sdp}")}${SAYS("200 OK")}${PICKS_UP(NEW)}${PHONE_HANGS_UP}`,
    ],
  ]);
});
