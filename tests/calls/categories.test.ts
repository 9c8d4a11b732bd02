/** What a content shows (a=content, RFC 4796) is told to clients that know it (XEP-0507), and to phones. */
import { describe } from "bun:test";
import { changed } from "../support/changed.ts";
import { PLAY_TEXTS } from "../support/play-texts.ts";
import { plays } from "../support/plays.ts";
import {
  BOB_ANSWERS,
  CAROL,
  CAROL_ACKS,
  CAROL_CALLS,
  COMES,
  JULIET_ACCEPTS,
  JULIET_CALLS,
  OFFERS,
  PHONE_HANGS_UP,
} from "./scenes.ts";

const CATEGORY = "urn:xmpp:jingle:apps:category:0";
const named = (...names: string[]): string =>
  names.map((name) => `<category xmlns='${CATEGORY}' name='${name}'/>`).join("");
const HEARD = (inside: string, described = "<rtcp-mux/>"): string =>
  `<content name='0'><description media='audio'><payload-type id='111'/><payload-type id='0'/>${described}${inside}<nothing-else/></description></content>`;
const CALLED = (heard: string): string =>
  changed(
    changed(CAROL_CALLS, "{offer-sdp}", "{offer-sdp}\n    a=content:slides,alt"),
    "<content creator='initiator' name='0'/>",
    heard,
  );
const SAYS = (names: string, which: string): string =>
  changed(changed(PLAY_TEXTS[which] ?? "", /\n\s*/g, ""), "<rtcp-mux/>", `<rtcp-mux/>${names}`);
const ACCEPTS = (said: string): string =>
  changed(
    changed(JULIET_ACCEPTS, "{answer-contents}", SAYS(named("speaker"), "answer-contents")),
    "    a=setup:active\n",
    `    a=setup:active\n    ${said}\n`,
  );
const SHARES = OFFERS(
  `    {offer-sdp}\n    a=content:main\n    m=video 50002 UDP/TLS/RTP/SAVPF 96\n    a=mid:video\n    a=rtpmap:96 VP8/90000\n    a=content:slides\n    a=ice-ufrag:vB\n    a=ice-pwd:vB34567890123456789012\n    a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}\n    a=setup:actpass`,
);

describe("what a phone's content shows", () => {
  plays(
    [
      // proves: M31
      [
        "is told to a client whose caps have categories; what the user's shows is told to the phone",
        `${COMES("juliet", "urn:xmpp:jingle:1", CATEGORY)}${CALLED(HEARD(named("slides", "alt")))}${ACCEPTS("a=content:speaker")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
      ],
      // proves: M31
      [
        "is told to that client when a content is added",
        `${COMES("juliet", "urn:xmpp:jingle:1", CATEGORY)}${CALLED(HEARD(named("slides", "alt")))}${ACCEPTS("a=content:speaker")}${CAROL_ACKS}${SHARES}
gateway > juliet
    <iq type='set' from='${CAROL}'><jingle action='transport-info'/></iq>
gateway > juliet
    <iq type='set' from='${CAROL}'><jingle action='content-add'><content name='video'><description media='video'><payload-type id='96'/>${named("slides")}<nothing-else/></description></content></jingle></iq>
juliet > gateway
    <iq type='set' id='h1' to='${CAROL}'><jingle xmlns='urn:xmpp:jingle:1' action='content-reject' sid='c1'><content creator='initiator' name='video'/></jingle></iq>
gateway > juliet
    <iq type='result' id='h1'/>
gateway > phone
    SIP/2.0 200 OK
    m=video 0 UDP/TLS/RTP/SAVPF 96
${CAROL_ACKS}${PHONE_HANGS_UP}`,
      ],
      // proves: M31
      [
        "is not told to a client whose caps do not have them",
        `${COMES("juliet", "urn:xmpp:jingle:1")}${CALLED(HEARD(""))}${changed(ACCEPTS("no a=content"), named("speaker"), "")}${CAROL_ACKS}${PHONE_HANGS_UP}`,
      ],
      // proves: M31
      [
        "is told in an answer too",
        `${COMES("juliet", "urn:xmpp:jingle:1", CATEGORY)}${changed(JULIET_CALLS, "{offer-contents}", SAYS(named("slides", "sl"), "offer-contents"))}    a=content:slides,sl
${changed(
  changed(BOB_ANSWERS, "{answer-sdp}", "{answer-sdp}\n    a=content:main"),
  "responder='bob@sip.example.org'/>",
  `>${HEARD(named("main"))}</jingle>`,
)}${PHONE_HANGS_UP}`,
      ],
    ],
    { online: [] },
  );
});
