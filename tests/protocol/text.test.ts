/** A call keeps what it has read, and not the messages that it has read it from. */
import { expect, test } from "bun:test";
import { parse } from "ltx/lib/ltx.js";
import { readJingle } from "../../protocol/jingle/jingle.ts";
import type { Media } from "../../protocol/media/media.ts";
import { readSdp } from "../../protocol/sdp/read.ts";
import { owned } from "../../protocol/text.ts";

const ROUNDS = 400;
const SIZE = 100_000;

/** Bytes that are kept of so many large messages, of each of which ten characters are remembered. */
function kept(remember: (part: string) => string): number {
  const parts: string[] = [];
  Bun.gc(true);
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < ROUNDS; round++) {
    const message = Buffer.alloc(SIZE, "abcdefghij").toString();
    parts.push(remember(message.slice(round + 10, round + 20)));
  }
  Bun.gc(true);
  expect(parts.every((part) => part.length === 10)).toBe(true);
  return process.memoryUsage().heapUsed - before;
}

test("a part of a text keeps all of it, its copy does not", () => {
  expect(kept((part) => part)).toBeGreaterThan((ROUNDS * SIZE) / 2);
  expect(kept(owned)).toBeLessThan((ROUNDS * SIZE) / 10);
});

test("a copy is the same text, whatever it holds", () => {
  for (const text of ["", "sendrecv", "ü € 🎷", "\ud83c", '"\\\n\0']) expect(owned(text)).toBe(text);
});

const FILLER = "x".repeat(SIZE / 20);

/** Bytes that are kept of so many descriptions, each read from a text with much in it that nobody understands. */
function keptOf(read: (round: number) => Media): number {
  const all: Media[] = [];
  Bun.gc(true);
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < ROUNDS; round++) all.push(read(round));
  Bun.gc(true);
  expect(all.every(({ contents }) => contents[0]?.transport.candidates.length === 1)).toBe(true);
  return process.memoryUsage().heapUsed - before;
}

const section = (round: number): string =>
  [
    ...["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "t=0 0", "m=audio 9 UDP/TLS/RTP/SAVPF 0", "c=IN IP4 192.0.2.1"],
    ...[`a=mid:m${round}`, `a=ice-ufrag:u${round}`, `a=ice-pwd:${"p".repeat(22)}${round}`, "a=msid:stream track"],
    ...[
      `a=candidate:f${round} 1 udp 1 192.0.2.1 9 typ host`,
      `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}`,
    ],
    ...[
      "a=ssrc:1 cname:c",
      "a=rtcp-fb:* nack",
      ...Array.from({ length: 20 }, () => `a=filler:${FILLER.slice(0, 4_000)}`),
    ],
  ].join("\r\n");

const session = (round: number): string =>
  `<jingle xmlns="urn:xmpp:jingle:1"><content creator="initiator" name="c${round}"><description xmlns="urn:xmpp:jingle:apps:rtp:1" media="audio"><payload-type id="0"/><source xmlns="urn:xmpp:jingle:apps:rtp:ssma:0" ssrc="1"><parameter name="cname" value="v${round}"/></source></description><transport xmlns="urn:xmpp:jingle:transports:ice-udp:1" ufrag="u${round}" pwd="${"p".repeat(22)}"><candidate foundation="f${round}" component="1" protocol="udp" priority="1" ip="192.0.2.1" port="9" type="srflx" rel-addr="192.0.2.9" rel-port="9"/></transport><filler a="${"x".repeat(SIZE)}"/></content></jingle>`;

test("a description keeps nothing of the SDP that it was read from", () => {
  expect(keptOf((round) => readSdp(section(round), { by: "initiator" }))).toBeLessThan((ROUNDS * SIZE) / 10);
});

test("nor of the stanza", () => {
  expect(keptOf((round) => readJingle(parse(session(round))))).toBeLessThan((ROUNDS * SIZE) / 10);
});
