/** Any Media that both notations can tell, for properties; `plain` is a desk phone's audio. */
import * as fc from "fast-check";
import type { Candidate, Content, Media } from "../../protocol/media.ts";
import { present } from "../../protocol/present.ts";

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/);
const senders = fc.constantFrom("both", "initiator", "responder", "none" as const);

const candidate: fc.Arbitrary<Candidate> = fc.record({
  foundation: fc.stringMatching(/^[A-Za-z0-9+/]{1,12}$/),
  component: fc.constantFrom(1, 2),
  protocol: fc.constant("udp"),
  priority: fc.nat(2 ** 31 - 1),
  ip: fc.oneof(fc.ipV4(), fc.constant("2001:db8::7")),
  port: fc.integer({ min: 1, max: 65_535 }),
  type: fc.constantFrom("host", "srflx", "relay"),
  generation: fc.nat(3),
  network: fc.nat(3),
});

const feedback = fc.constantFrom(
  { type: "nack" },
  { type: "nack", subtype: "pli" },
  { type: "ccm", subtype: "fir" },
  { type: "goog-remb" },
);

const payload = (id: number) =>
  fc.record({
    id: fc.constant(id),
    name: word,
    clockrate: fc.constantFrom(8000, 16_000, 48_000, 90_000),
    channels: fc.constantFrom(1, 2),
    parameters: fc.array(fc.record({ name: word, value: word }), { maxLength: 3 }),
    feedback: fc.uniqueArray(feedback, { maxLength: 3 }),
  });

const content = (name: string): fc.Arbitrary<Content> =>
  fc
    .record({
      media: fc.constantFrom("audio", "video"),
      senders,
      payloads: fc
        .uniqueArray(fc.nat(127), { minLength: 1, maxLength: 4 })
        .chain((ids) => fc.tuple(...ids.map(payload))),
      feedback: fc.uniqueArray(feedback, { maxLength: 2 }),
      extensions: fc.array(
        fc.record({ id: fc.integer({ min: 1, max: 14 }), uri: fc.webUrl(), senders: fc.constant("both" as const) }),
        {
          maxLength: 2,
        },
      ),
      flags: fc.uniqueArray(fc.constantFrom("rtcpMux", "rtcpReducedSize", "mixedExtensions")),
      ptime: fc.option(fc.constantFrom(10, 20, 40), { nil: undefined }),
      bandwidth: fc.array(fc.record({ type: fc.constant("AS"), limit: fc.nat(9_999) }), { maxLength: 1 }),
      sources: fc.uniqueArray(fc.nat(2 ** 32 - 1), { maxLength: 2 }),
      candidates: fc.uniqueArray(candidate, {
        maxLength: 4,
        selector: ({ ip, port, component }) => `${ip} ${port} ${component}`,
      }),
      gathered: fc.boolean(),
      setup: fc.constantFrom("actpass", "active", "passive" as const),
    })
    .map(({ flags, sources, candidates, gathered, setup, ptime, ...rest }) => ({
      ...rest,
      name,
      creator: "initiator" as const,
      rejected: false,
      protocol: "UDP/TLS/RTP/SAVPF",
      crypto: [],
      sources: sources.map((ssrc) => ({ ssrc: `${ssrc}`, parameters: [{ name: "cname", value: "c" }] })),
      sourceGroups: sources.length === 2 ? [{ semantics: "FID", ssrcs: sources.map(String) }] : [],
      streams: [{ id: "stream", track: "track" }],
      ...Object.fromEntries(flags.map((flag) => [flag, true as const])),
      ...present({ ptime }),
      transport: {
        kind: "ice" as const,
        ufrag: "user",
        pwd: "0123456789012345678901",
        options: ["trickle"],
        fingerprints: [{ hash: "sha-256", value: Array(32).fill("AB").join(":") }],
        setup,
        candidates,
        gathered,
      },
    }));

/** Media of one to three contents, all in one bundle or in none. */
export const anyMedia: fc.Arbitrary<Media> = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.boolean())
  .chain(([count, bundled]) => {
    const names = ["a", "b", "c"].slice(0, count);
    const groups = bundled ? [{ semantics: "BUNDLE", names }] : [];
    return fc.tuple(...names.map(content)).map((contents) => ({ contents, groups }));
  });

export const PLAIN_SDP = [
  "v=0",
  "o=desk 1 1 IN IP4 192.0.2.9",
  "s=-",
  "c=IN IP4 192.0.2.9",
  "t=0 0",
  "m=audio 4000 RTP/AVP 0 8 101",
  "a=rtpmap:101 telephone-event/8000",
  "a=fmtp:101 0-15",
  "",
].join("\r\n");
