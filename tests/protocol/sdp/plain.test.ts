/** What goes to a plain phone: lines that plain RTP needs, and nothing else, whatever a relay leaves in. */
import { describe, expect, test } from "bun:test";
import { audioOf, audioProtocolOf, hasVoice, isPlain, plainOf } from "../../../protocol/sdp/plain.ts";

const sdp = (...lines: string[]): string => lines.map((line) => `${line}\r\n`).join("");
const SESSION = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.9", "t=0 0"];
const AUDIO = [
  "m=audio 30000 RTP/AVP 8 101",
  "a=rtpmap:8 PCMA/8000",
  "a=rtpmap:101 telephone-event/8000",
  "a=sendrecv",
];
const KEY = "inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

describe("to a plain phone", () => {
  // proves: V2
  test.each([
    "a=candidate:1 1 UDP 1 198.51.100.7 4 typ host",
    "a=remote-candidates:1 198.51.100.7 4",
    "a=ice-ufrag:x",
    "a=ice-pwd:x",
    "a=ice-options:trickle",
    "a=ice-lite",
    "a=end-of-candidates",
    "a=fingerprint:sha-256 AB",
    "a=setup:actpass",
    "a=tls-id:1",
    "a=mid:0",
    "a=group:BUNDLE 0",
    "a=msid:s t",
    "a=msid-semantic:WMS s",
    "a=ssrc:1 cname:x",
    "a=ssrc-group:FID 1 2",
    "a=extmap:1 urn:x",
    "a=extmap-allow-mixed",
    "a=rtcp-mux",
    "a=rtcp-rsize",
    "a=rtcp-fb:8 nack",
    "a=rid:1 send",
    "a=jingle-action:source-add",
    "a=something-new:198.51.100.7",
    "a=rtcp-xr",
    "i=juliet's telephone",
    "u=https://example.org/juliet",
    "e=juliet@example.org",
    "b=AS:64",
    "k=prompt",
    "no line at all",
  ])("%s is left out, of session and of audio", (line) => {
    expect(plainOf(sdp(...SESSION, line, ...AUDIO, line))).toBe(sdp(...SESSION, ...AUDIO));
  });

  test.each([
    "a=ptime:20",
    "a=fmtp:101 0-15",
    "a=rtcp:30001",
    "a=sendonly",
    `a=crypto:1 AES_CM_128_HMAC_SHA1_80 ${KEY}`,
  ])("%s stays", (line) => {
    expect(plainOf(sdp(...SESSION, ...AUDIO, line))).toBe(sdp(...SESSION, ...AUDIO, line));
  });

  test("what is refused has its m-line and its address alone", () => {
    const section = ["m=video 0 RTP/AVP 96", "c=IN IP4 0.0.0.0", "a=rtpmap:96 VP8/90000", "a=inactive"];
    expect(plainOf(sdp(...SESSION, ...AUDIO, ...section))).toBe(sdp(...SESSION, ...AUDIO, ...section.slice(0, 2)));
  });
});

describe("the audio alone", () => {
  // proves: V5
  test("every other m-line keeps its place with port 0", () => {
    const video = ["m=video 50002/2 RTP/AVP 96", "a=rtpmap:96 VP8/90000"];
    const data = ["m=application 50004 UDP/DTLS/SCTP webrtc-datachannel", "a=sctp-port:5000"];
    expect(audioOf(sdp(...SESSION, ...video, ...AUDIO, ...data))).toBe(
      sdp(...SESSION, "m=video 0 RTP/AVP 96", ...AUDIO, "m=application 0 UDP/DTLS/SCTP webrtc-datachannel"),
    );
  });

  // proves: V6
  test("of the suites those that every phone has, where there is one of them", () => {
    const others = ["AEAD_AES_256_GCM", "AES_256_CM_HMAC_SHA1_80", "NULL_HMAC_SHA1_80"].map(
      (suite, at) => `a=crypto:${at + 1} ${suite} ${KEY}`,
    );
    const ours = ["80", "32"].map((bits, at) => `a=crypto:${at + 8} AES_CM_128_HMAC_SHA1_${bits} ${KEY}`);
    expect(audioOf(sdp(...SESSION, ...AUDIO, ...others, ...ours))).toBe(sdp(...SESSION, ...AUDIO, ...ours));
    expect(audioOf(sdp(...SESSION, ...AUDIO, ...others))).toBe(sdp(...SESSION, ...AUDIO, ...others));
  });
});

test.each([
  ["ICE and a fingerprint", "a=ice-ufrag:x", "a=fingerprint:sha-256 AB", false],
  ["ICE without a fingerprint", "a=ice-ufrag:x", "a=sendrecv", true],
  ["a fingerprint without ICE", "a=sendrecv", "a=fingerprint:sha-256 AB", true],
  ["neither", "a=sendrecv", "a=ptime:20", true],
] as const)("%s: whether a relay is needed", (_, one, other, needed) => {
  expect(isPlain(sdp(...SESSION, one, ...AUDIO, other))).toBe(needed);
});

test.each([
  ["a codec", "m=audio 4 RTP/AVP 8", true],
  ["keys alone", "m=audio 4 RTP/AVP 101", false],
  ["no format", "m=audio 4 RTP/AVP", false],
  ["refused", "m=audio 0 RTP/AVP 8", false],
  ["video", "m=video 4 RTP/AVP 96", false],
] as const)("%s: whether anybody can talk", (_, line, can) => {
  expect(hasVoice(sdp(...SESSION, line, "a=rtpmap:101 telephone-event/8000"))).toBe(can);
});

test("the protocol is that of the audio that is not refused", () => {
  const lines = ["m=video 4 RTP/AVPF 96", "m=audio 0 RTP/AVP 8", "m=audio 4 RTP/SAVP 8"];
  expect(audioProtocolOf(sdp(...SESSION, ...lines))).toBe("RTP/SAVP");
  expect(audioProtocolOf(sdp(...SESSION, "m=video 4 RTP/AVPF 96"))).toBeUndefined();
});
