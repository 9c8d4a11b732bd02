/** Data channels in SDP, in both forms: RFC 8841, and the one before it. */
import { expect, test } from "bun:test";
import type { Media, Sctp } from "../../../protocol/media/media.ts";
import { readSdp } from "../../../protocol/sdp/read.ts";
import { writeSdp } from "../../../protocol/sdp/write.ts";

const FINGERPRINT = Array(32).fill("AB").join(":");
const SESSION = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n";
const ICE = "a=ice-ufrag:u\r\na=ice-pwd:p\r\na=candidate:1 1 udp 1 192.0.2.9 40000 typ host\r\n";
const DTLS = `a=fingerprint:sha-256 ${FINGERPRINT}\r\na=setup:active\r\n`;
const SECURED = `a=mid:d\r\n${ICE}${DTLS}`;
/** What was there before: data channels that the user has offered. */
const before = (protocol: string): Media => ({
  contents: [
    {
      ...{ name: "d", creator: "initiator", media: "application", senders: "both", rejected: false, protocol },
      ...{
        payloads: [],
        feedback: [],
        extensions: [],
        bandwidth: [],
        crypto: [],
        sources: [],
        sourceGroups: [],
        streams: [],
      },
      sctp: { port: 5_000 },
      transport: { kind: "raw", options: [], fingerprints: [], candidates: [], gathered: true },
    },
  ],
  groups: [],
});

// proves: M27
test.each<[string, string, Sctp]>([
  [
    "UDP/DTLS/SCTP webrtc-datachannel",
    "a=sctp-port:5000\r\na=max-message-size:262144\r\n",
    { port: 5_000, maxMessageSize: 262_144 },
  ],
  ["TCP/DTLS/SCTP webrtc-datachannel", "a=sctp-port:6000\r\n", { port: 6_000 }],
  ["DTLS/SCTP 5000", "a=sctpmap:5000 webrtc-datachannel 256\r\n", { port: 5_000, streams: 256 }],
])("%s is read, and written in its form", (line, lines, sctp) => {
  const answerTo = before(line.split(" ")[0] ?? "");
  const media = readSdp(`${SESSION}m=application 40000 ${line}\r\n${SECURED}${lines}`, { by: "responder", answerTo });
  expect([media.contents[0]?.rejected, media.contents[0]?.sctp]).toEqual([false, sctp]);
  const origin = { id: "1", version: 1, address: "192.0.2.9" };
  const written = writeSdp(media, { by: "responder", origin, answer: true });
  expect(written).toContain(`m=application 40000 ${line}\r\n`);
  expect(written).toContain(lines);
});

// proves: M29
test("have no direction, whatever the session or the section says", () => {
  const line = "m=application 40000 UDP/DTLS/SCTP webrtc-datachannel\r\n";
  const held = readSdp(`${SESSION}a=inactive\r\n${line}${SECURED}a=sendonly\r\n`, { by: "initiator" });
  expect(held.contents.map(({ senders }) => senders)).toEqual(["both"]);
});

test.each([
  ["another protocol over SCTP", "m=application 40000 UDP/DTLS/SCTP other\r\n", SECURED],
  ["an old one without its map", "m=application 40000 DTLS/SCTP 5000\r\n", SECURED],
  ["one without DTLS", "m=application 40000 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\na=sctp-port:5000\r\n", ICE],
  ["one without ICE", "m=application 40000 UDP/DTLS/SCTP webrtc-datachannel\r\n", `a=mid:d\r\n${DTLS}`],
])("%s is refused", (_, line, more) => {
  const media = readSdp(`${SESSION}${line}${more}`, { by: "responder", answerTo: before("UDP/DTLS/SCTP") });
  expect(media.contents[0]?.rejected).toBe(true);
});
