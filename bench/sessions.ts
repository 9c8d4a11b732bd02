/** The offers of a benchmark: a small one with two codecs, and one of browser size with audio and video. */
import type { Sessions } from "./user.ts";

const FINGERPRINT = Array(32).fill("AB").join(":");

function content(name: string, media: string, payloads: readonly string[], candidates: number): string {
  const types = payloads.map((codec, index) => {
    const [label, rate, channels] = codec.split("/");
    const more = media === "video" ? VIDEO_FEEDBACK : "";
    return `<payload-type id='${96 + index}' name='${label}' clockrate='${rate}'${channels ? ` channels='${channels}'` : ""}>${more}<parameter name='minptime' value='10'/></payload-type>`;
  });
  const addresses = Array.from(
    { length: candidates },
    (_, index) =>
      `<candidate component='1' foundation='${index}' generation='0' id='${name}${index}' ip='198.51.100.${index + 1}' network='0' port='${40_000 + index}' priority='${2_130_706_431 - index}' protocol='udp' type='host'/>`,
  );
  return `<content creator='initiator' name='${name}'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='${media}'>${types.join("")}<rtcp-mux/></description><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='user' pwd='0123456789012345678901'><fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='actpass'>${FINGERPRINT}</fingerprint>${addresses.join("")}</transport></content>`;
}

const VIDEO_FEEDBACK = ["goog-remb", "transport-cc", "nack"]
  .map((type) => `<rtcp-fb xmlns='urn:xmpp:jingle:apps:rtp:rtcp-fb:0' type='${type}'/>`)
  .join("");

function section(name: string, media: string, payloads: readonly string[], candidates: number): string {
  const ids = payloads.map((_, index) => 96 + index);
  const lines = [
    `m=${media} 40000 UDP/TLS/RTP/SAVPF ${ids.join(" ")}`,
    `a=mid:${name}`,
    ...payloads.flatMap((codec, index) => [
      `a=rtpmap:${ids[index]} ${codec}`,
      `a=fmtp:${ids[index]} minptime=10`,
      ...(media === "video"
        ? ["goog-remb", "transport-cc", "nack"].map((type) => `a=rtcp-fb:${ids[index]} ${type}`)
        : []),
    ]),
    "a=rtcp-mux",
    "a=ice-ufrag:user",
    "a=ice-pwd:0123456789012345678901",
    `a=fingerprint:sha-256 ${FINGERPRINT}`,
    "a=setup:actpass",
    ...Array.from(
      { length: candidates },
      (_, index) =>
        `a=candidate:${index} 1 udp ${2_130_706_431 - index} 198.51.100.${index + 1} ${40_000 + index} typ host`,
    ),
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}

const HEAD = "v=0\r\no=- 1 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n";
const AUDIO = ["opus/48000/2", "red/48000/2", "G722/8000", "PCMU/8000", "PCMA/8000", "CN/8000", "telephone-event/8000"];
const VIDEO = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? "VP8/90000" : "rtx/90000"));

export const SMALL: Sessions = {
  contents: content("0", "audio", AUDIO.slice(0, 2), 1),
  sdp: HEAD + section("0", "audio", AUDIO.slice(0, 2), 1),
};

export const BROWSER: Sessions = {
  contents: content("0", "audio", AUDIO, 8) + content("1", "video", VIDEO, 8),
  sdp: HEAD + section("0", "audio", AUDIO, 8) + section("1", "video", VIDEO, 8),
};
