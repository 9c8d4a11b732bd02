/** Jingle designed to be expensive: each shape has one list of arbitrary length; `length` is about its number of characters. */
import { FINGERPRINT, filled, type Shape } from "./hostile-sdp.ts";

const RTP = "xmlns='urn:xmpp:jingle:apps:rtp:1'";
const TRANSPORT =
  "<transport xmlns='urn:xmpp:jingle:transports:raw-udp:1'><candidate component='1' ip='1.1.1.1' port='1'/></transport>";
const ICE_UDP = "<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='u' pwd='p'>";
const CODEC = "<payload-type id='0'/>";
const content = (name: string, description: string, transport = TRANSPORT): string =>
  `<content creator='initiator' name='${name}'><description ${RTP} media='audio'>${description}</description>${transport}</content>`;
const described = (description: string): string => content("a", CODEC + description);
const withTransport = (inside: string): string => content("a", CODEC, `${ICE_UDP}${inside}</transport>`);
const FB = "xmlns='urn:xmpp:jingle:apps:rtp:rtcp-fb:0'";
const SSMA = "xmlns='urn:xmpp:jingle:apps:rtp:ssma:0'";

const fullContents = (length: number): string =>
  filled(length, content("{}", `<payload-type id='0'>${"<parameter name='a'/>".repeat(64)}</payload-type>`.repeat(4)));

/** The contents of a `<jingle/>`, list by list. */
export const HOSTILE_JINGLE: readonly Shape[] = [
  ["contents", (length) => filled(length, content("{}", CODEC))],
  ["contents of one name", (length) => filled(length, content("a", CODEC))],
  ["payload types", (length) => described(filled(length, CODEC))],
  [
    "parameters",
    (length) => described(`<payload-type id='0'>${filled(length, "<parameter name='a'/>")}</payload-type>`),
  ],
  ["feedback", (length) => described(filled(length, `<rtcp-fb ${FB} type='a'/>`))],
  [
    "words of feedback",
    (length) => described(`<rtcp-fb ${FB} type='a' subtype='b'>${filled(length, "<parameter name='a'/>")}</rtcp-fb>`),
  ],
  [
    "header extensions",
    (length) => described(filled(length, "<rtp-hdrext xmlns='urn:xmpp:jingle:apps:rtp:rtp-hdrext:0' id='1' uri='u'/>")),
  ],
  ["keys", (length) => described(filled(length, "<encryption><crypto crypto-suite='a' key-params='b'/></encryption>"))],
  ["sources", (length) => described(filled(length, `<source ${SSMA} ssrc='{}'/>`))],
  [
    "parameters of a source",
    (length) => described(`<source ${SSMA} ssrc='1'>${filled(length, "<parameter name='a'/>")}</source>`),
  ],
  [
    "sources of a group",
    (length) => described(`<ssrc-group ${SSMA} semantics='FID'>${filled(length, "<source ssrc='{}'/>")}</ssrc-group>`),
  ],
  ["streams", (length) => described(filled(length, "<stream xmlns='urn:xmpp:jingle:apps:rtp:msid:0' id='{}'/>"))],
  ["candidates", (length) => withTransport(filled(length, "<candidate component='1' ip='1.1.1.1' port='{}'/>"))],
  [
    "fingerprints",
    (length) =>
      withTransport(
        filled(
          length,
          `<fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-1'>${FINGERPRINT.slice(8)}</fingerprint>`,
        ),
      ),
  ],
  [
    "names of groups",
    (length) =>
      described("") +
      `<group xmlns='urn:xmpp:jingle:apps:grouping:0' semantics='BUNDLE'>${filled(length, "<content name='a'/>")}</group>`,
  ],
  [
    "groups",
    (length) =>
      described("") +
      filled(length, "<group xmlns='urn:xmpp:jingle:apps:grouping:0' semantics='BUNDLE'><content name='a'/></group>"),
  ],
  ["full contents", (length) => fullContents(length)],
  ["unknown elements", (length) => described(filled(length, "<x/>"))],
  ["attributes", (length) => `<content creator='initiator' name='a' ${filled(length, "a{}='' ")}/>`],
  ["one attribute", (length) => `<content name='${"x".repeat(length)}'/>`],
  ["references", (length) => `<content name='${filled(length, "&amp;")}'/>`],
  ["text", (length) => `<content name='a'>${"x".repeat(length)}</content>`],
  ["namespaces", (length) => `<content name='a' ${filled(length, "xmlns:a{}='b' ")}/>`],
  ["levels", (length) => "<a>".repeat(length / 7) + "</a>".repeat(length / 7)],
  ["namespaces by level", (length) => `<a xmlns:p='q'>${filled(length, "<p:b/>")}</a>`],
];
