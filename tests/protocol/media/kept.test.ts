/** What is kept of a description for the lifetime of a call shares what calls have alike, and says the same. */
import { describe, expect, test } from "bun:test";
import { withShared } from "../../../protocol/media/kept.ts";
import { readSdp } from "../../../protocol/sdp/read.ts";

const offer = (ufrag: string): string =>
  [
    ...["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "t=0 0", "m=audio 4000 UDP/TLS/RTP/SAVPF 0", "c=IN IP4 192.0.2.1"],
    ...[`a=ice-ufrag:${ufrag}`, "a=ice-pwd:123456789012345678901234", "a=setup:actpass", "a=mid:0", "a=rtcp-mux", ""],
  ].join("\r\n");

test("calls have one empty list, and lists of their own where they are not empty", () => {
  const [one, other] = ["abcd", "efgh"].map((ufrag) => readSdp(offer(ufrag), { by: "initiator" }));
  const [content, another] = [one?.contents[0], other?.contents[0]];
  expect(content?.sources).toBe(another?.streams as never);
  expect(content?.transport.candidates).toBe(one?.groups as never);
  expect(one?.contents).not.toBe(other?.contents as never);
  expect([content?.transport.ufrag, another?.transport.ufrag]).toEqual(["abcd", "efgh"]);
});

describe("a word", () => {
  test.each(["UDP/TLS/RTP/SAVPF", "x".repeat(100), ""])("is the same afterwards: %p", (protocol) => {
    const media = () => ({ contents: [{ protocol, transport: { kind: "ice", candidates: [{ type: "host" }] } }] });
    for (let time = 0; time < 2; time++) expect(withShared(media())).toEqual(media());
  });

  test("of peers that use ever new ones stays theirs", () => {
    const read = Array.from({ length: 1_000 }, (_, n) => withShared({ protocol: `p${n}`, ufrag: `u${n}` }));
    expect(read).toEqual(Array.from({ length: 1_000 }, (_, n) => ({ protocol: `p${n}`, ufrag: `u${n}` })));
  });
});
