/**
 * The kinds of INVITE that the gateway writes for browsers' and Dino's sessions, each as what a device says in Jingle: recordings of
 * tests/vectors, or of Chromium's SDP by way of stanza. Nothing listens at their candidates: the phones answer, and hear nothing.
 *
 * Left out: a=simulcast, which Jingle has no word for (docs/mapping.md M28); streams that are grouped by SSRC stand for it.
 */
import { stanzaJingle } from "../../bench/notations.ts";
import { changed } from "../support/changed.ts";
import { jingleOf, read } from "../support/vectors.ts";

/** What a device says, which makes an INVITE, and lines of that. */
export interface Step {
  readonly says: readonly [action: string, inside: string];
  readonly has: readonly string[];
}
type Said = Step["says"];

const insideOf = (text: string): string => jingleOf(text).getChildElements().map(String).join("");
const chromium = (name: string): string => read("media/chromium", `${name}.offer.gathered.sdp`);
const byStanza = (sdp: string): string => insideOf(stanzaJingle(sdp, "initiator"));
const calls = (inside: string): Said => ["session-initiate", inside];

const AUDIO = byStanza(chromium("audio"));
const VIDEO = byStanza(chromium("audio-video"));
const DATA = byStanza(chromium("audio-video-datachannel"));
const bare = (action: string): Said => ["session-info", `<${action} xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>`];

/** Only the head of the bundle has candidates, so that the others are of the bundle alone (RFC 9143 §7.2.1). */
const maxBundle = (inside: string): string =>
  changed(inside, /(?<=<content [^>]*name="[12]".*)<candidate [^>]*\/>/g, () => "");
/** Three layers of the video, each a source, in a group (XEP-0339). */
const layered = (inside: string): string => {
  const sources = [1, 2, 3].map((ssrc) => `<source ssrc='${ssrc}'/>`).join("");
  const group = `<ssrc-group xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' semantics='SIM'>${sources}</ssrc-group>`;
  return changed(inside, /(?=<ssrc-group )/, () => group);
};
/** A content of that name: the video of a session, or its data channels. */
const added = (inside: string, place: string, name: string): Said => {
  const content = jingleOf(`<jingle>${inside}</jingle>`)
    .getChildElements()
    .find(({ attrs }) => attrs.name === place);
  return ["content-add", changed(String(content), `name="${place}"`, `name="${name}"`)];
};
const restarted: Said = [
  "transport-info",
  `<content creator='initiator' name='0'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='anew' pwd='anew567890123456789012'>
    <candidate component='1' foundation='9' generation='1' id='x' ip='198.18.0.1' network='0' port='41000' priority='2130706431' protocol='udp' type='host'/>
  </transport></content>`,
];

const step = (says: Said, ...has: readonly string[]): Step => ({ says, has });

export const KINDS: Readonly<Record<string, readonly Step[]>> = {
  "Chromium's audio": [step(calls(AUDIO), "m=audio", "a=fingerprint", "a=rtcp-mux")],
  "stanza's audio, candidates to come": [
    step(calls(insideOf(read("media/audio", "01-romeo-session-initiate.xml"))), "m=audio", "a=ice-options:trickle"),
  ],
  "Dino's audio": [
    step(calls(insideOf(read("media/dino-outgoing-audio", "01-dino-session-initiate.xml"))), "m=audio", "speex/32000"),
  ],
  "audio and video, balanced": [step(calls(VIDEO), "m=audio", "m=video", "a=group:BUNDLE 0 1")],
  "audio and video, max-compat": [
    step(calls(byStanza(chromium("audio-video-max-compat"))), "m=audio", "m=video", "a=group:BUNDLE 0 1"),
  ],
  "audio and video, max-bundle": [step(calls(maxBundle(VIDEO)), "m=audio", "m=video 0", "a=bundle-only")],
  "audio, video and a data channel": [step(calls(DATA), "m=audio", "m=video", "m=application", "a=sctp-port")],
  "audio, video and a data channel, max-bundle": [
    step(calls(maxBundle(DATA)), "m=audio", "m=video 0", "m=application 0", "a=bundle-only"),
  ],
  "layers of a video": [step(calls(layered(VIDEO)), "m=video", "a=ssrc-group:SIM 1 2 3")],
  "hold and resume": [
    step(calls(AUDIO), "a=sendrecv"),
    step(bare("hold"), "a=sendonly"),
    step(bare("active"), "a=sendrecv"),
  ],
  "hold and resume beside a refused video": [
    step(calls(VIDEO), "m=video"),
    step(bare("hold"), "m=video 0", "a=sendonly"),
    step(bare("active"), "m=video 0", "a=sendrecv"),
  ],
  "an ICE restart": [step(calls(AUDIO), "a=ice-ufrag"), step(restarted, "a=ice-ufrag:anew")],
  "a video that is added, and another on its line": [
    step(calls(AUDIO), "m=audio"),
    step(added(VIDEO, "1", "camera"), "m=video", "a=mid:camera"),
    step(added(VIDEO, "1", "camera"), "m=video", "a=mid:camera"),
  ],
  "a data channel that is added": [
    step(calls(AUDIO), "m=audio"),
    step(added(DATA, "2", "data"), "m=application", "a=sctp-port"),
  ],
};
