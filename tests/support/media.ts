/** Arbitrary Media that both notations can express, for property tests; `plain` is a desk phone's audio. */
import * as fc from "fast-check";
import type {
  Candidate,
  Content,
  Extension,
  Feedback,
  Media,
  Parameter,
  Transport,
} from "../../protocol/media/media.ts";
import { present } from "../../protocol/text.ts";

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/);
const senders = fc.constantFrom("both", "initiator", "responder", "none" as const);

const byUdp = fc.record({
  protocol: fc.constant("udp"),
  ip: fc.oneof(fc.ipV4(), fc.constant("2001:db8::7")),
  port: fc.integer({ min: 1, max: 65_535 }),
  type: fc.constant("host"),
});
const related = fc.record({
  protocol: fc.constant("udp"),
  ip: fc.ipV4(),
  port: fc.integer({ min: 1, max: 65_535 }),
  type: fc.constantFrom("srflx", "prflx", "relay"),
  relatedAddress: fc.ipV4(),
  relatedPort: fc.integer({ min: 0, max: 65_535 }),
});
const byTcp = fc.record({
  protocol: fc.constant("tcp"),
  ip: fc.ipV4(),
  port: fc.constant(9),
  type: fc.constant("host"),
  tcpType: fc.constantFrom("active", "passive", "so"),
});

const candidate: fc.Arbitrary<Candidate> = fc
  .record({
    foundation: fc.stringMatching(/^[A-Za-z0-9+/]{1,12}$/),
    component: fc.constantFrom(1, 2),
    priority: fc.nat(2 ** 31 - 1),
    generation: fc.nat(3),
    network: fc.nat(3),
  })
  .chain((numbers) => fc.oneof(byUdp, related, byTcp).map((way) => ({ ...numbers, ...way })));

/** In the order of our SDP: TCP candidates last. */
const candidates = fc
  .uniqueArray(candidate, { maxLength: 5, selector: ({ ip, port, component }) => `${ip} ${port} ${component}` })
  .map((some) => [
    ...some.filter(({ protocol }) => protocol === "udp"),
    ...some.filter(({ protocol }) => protocol === "tcp"),
  ]);

const feedback = (most: number): fc.Arbitrary<Feedback[]> =>
  fc
    .tuple(
      fc.option(fc.nat(999), { nil: undefined }),
      fc.uniqueArray(
        fc.constantFrom<Feedback>(
          { type: "nack" },
          { type: "nack", subtype: "pli" },
          { type: "ccm", subtype: "fir" },
          { type: "ccm", subtype: "tmmbr", parameters: [{ name: "smaxpr", value: "120" }] },
          { type: "ack", subtype: "app", parameters: [{ value: "x" }, { name: "y", value: "" }] },
          { type: "goog-remb" },
        ),
        { maxLength: most },
      ),
    )
    .map(([interval, [first, ...others]]) => [
      ...(first ? [first] : []),
      ...(interval === undefined ? [] : [{ type: "trr-int", subtype: `${interval}` }]),
      ...others,
    ]);

const parameter: fc.Arbitrary<Parameter> = fc.oneof(
  fc.record({ name: word, value: word }),
  fc.record({ name: word, value: fc.constantFrom("", "a=b", "1,2/3", "40 41") }),
  fc.record({ value: fc.constantFrom("0-15", "111/111", "x") }),
);

const payload = (id: number) =>
  fc.record({
    id: fc.constant(id),
    name: word,
    clockrate: fc.constantFrom(8000, 16_000, 48_000, 90_000),
    channels: fc.constantFrom(1, 2),
    parameters: fc.array(parameter, { maxLength: 3 }),
    feedback: feedback(3),
  });

const extension: fc.Arbitrary<Extension> = fc
  .record({
    id: fc.integer({ min: 1, max: 4_351 }),
    uri: fc.webUrl(),
    senders: fc.constantFrom("both", "initiator", "responder" as const),
    attributes: fc.option(fc.constantFrom("vad=on", "urn:x 25@600/24"), { nil: undefined }),
  })
  .map(({ attributes, ...rest }) => ({ ...rest, ...present({ attributes }) }));

/** Not 0.0.0.0, which means hold. */
const address = fc.ipV4().map((ip) => ip.replace(/^\d+/, "192"));
const FINGERPRINT = { hash: "sha-256", value: Array(32).fill("AB").join(":") };
const ICE = { kind: "ice", ufrag: "user", pwd: "0123456789012345678901" } as const;

/** The security of a content, with the protocol of its m-line. */
const security = fc.oneof(
  fc.record({ setup: fc.constantFrom("actpass", "active", "passive" as const) }).map(({ setup }) => ({
    protocol: "UDP/TLS/RTP/SAVPF",
    crypto: [],
    dtls: { fingerprints: [FINGERPRINT, { ...FINGERPRINT, hash: "sha-1" }], setup },
  })),
  fc.option(fc.constantFrom("UNENCRYPTED_SRTP", "KDR=2 WSH=64"), { nil: undefined }).map((sessionParams) => ({
    protocol: "RTP/SAVP",
    crypto: [
      { tag: 1, suite: "AES_CM_128_HMAC_SHA1_80", keyParams: "inline:abc+/=|2^20|1:32", ...present({ sessionParams }) },
    ],
    dtls: { fingerprints: [] },
  })),
  fc.constant({ protocol: "RTP/AVP", crypto: [], dtls: { fingerprints: [] } }),
);

/** ICE, or a plain address with its RTCP port. */
const reach = (rtcpMux: boolean): fc.Arbitrary<Omit<Transport, "fingerprints" | "setup">> =>
  fc.oneof(
    fc.record({ candidates, gathered: fc.boolean() }).map((found) => ({ ...ICE, options: ["trickle"], ...found })),
    fc
      .tuple(address, fc.integer({ min: 1, max: 32_000 }), fc.integer({ min: 32_001, max: 65_535 }))
      .map(([ip, rtp, rtcp]) => ({
        kind: "raw" as const,
        options: [],
        candidates: [plain(1, ip, rtp), ...(rtcpMux ? [] : [plain(2, ip, rtcp)])],
        gathered: true,
      })),
  );
const plain = (component: number, ip: string, port: number): Candidate => ({
  ...{ foundation: "1", component, protocol: "udp", priority: 0, ip, port, type: "host", generation: 0, network: 0 },
});

const content = (name: string): fc.Arbitrary<Content> =>
  fc
    .record({
      media: fc.constantFrom("audio", "video"),
      senders,
      payloads: fc
        .uniqueArray(fc.nat(127), { minLength: 1, maxLength: 4 })
        .chain((ids) => fc.tuple(...ids.map(payload))),
      feedback: feedback(2),
      extensions: fc.array(extension, { maxLength: 2 }),
      flags: fc.uniqueArray(fc.constantFrom("rtcpMux", "rtcpReducedSize", "mixedExtensions")),
      ptime: fc.option(fc.constantFrom(10, 20, 40), { nil: undefined }),
      categories: fc.option(fc.subarray(["slides", "speaker", "sl", "main", "alt", "x-own"], { minLength: 1 }), {
        nil: undefined,
      }),
      maxptime: fc.option(fc.constantFrom(60, 120), { nil: undefined }),
      bandwidth: fc.array(fc.record({ type: fc.constantFrom("AS", "TIAS"), limit: fc.nat(9_999_999) }), {
        maxLength: 2,
      }),
      sources: fc.uniqueArray(fc.nat(2 ** 32 - 1), { maxLength: 2 }),
      security,
    })
    .chain((described) => reach(described.flags.includes("rtcpMux")).map((way) => ({ ...described, way })))
    .map(({ flags, sources, ptime, maxptime, categories, security: { protocol, crypto, dtls }, way, ...rest }) => {
      const usesFeedback = rest.feedback.length > 0 || rest.payloads.some((each) => each.feedback.length > 0);
      return {
        ...rest,
        name,
        creator: "initiator" as const,
        rejected: false,
        protocol: usesFeedback && !protocol.endsWith("F") ? `${protocol}F` : protocol,
        crypto,
        sources: sources.map((ssrc) => ({
          ssrc: `${ssrc}`,
          parameters: [{ name: "cname", value: "c" }, { name: "x" }],
        })),
        sourceGroups: sources.length > 0 ? [{ semantics: "FID", ssrcs: sources.map(String) }] : [],
        streams: [{ id: "{stream}", track: "track" }, { id: "-" }],
        ...Object.fromEntries(flags.map((flag) => [flag, true as const])),
        ...present({ ptime, maxptime, categories }),
        transport: { ...way, ...dtls },
      };
    });

/** Data channels, as far as both notations express them. */
const channels = (name: string): fc.Arbitrary<Content> =>
  fc
    .record({
      port: fc.integer({ min: 1, max: 65_535 }),
      setup: fc.constantFrom("actpass", "active", "passive" as const),
      candidates,
      gathered: fc.boolean(),
    })
    .map(({ port, setup, ...found }) => ({
      ...{ name, creator: "initiator", media: "application", senders: "both", rejected: false },
      ...{ protocol: "UDP/DTLS/SCTP", payloads: [], formats: ["webrtc-datachannel"], sctp: { port } },
      ...{ feedback: [], extensions: [], bandwidth: [], crypto: [], sources: [], sourceGroups: [], streams: [] },
      transport: { ...ICE, options: ["trickle"], ...found, fingerprints: [FINGERPRINT], setup },
    }));

/** A session has audio or video first; data channels alone are no call. */
const contentAt = (name: string, at: number): fc.Arbitrary<Content> =>
  at === 0
    ? content(name)
    : fc.oneof({ weight: 3, arbitrary: content(name) }, { weight: 1, arbitrary: channels(name) });

/** Names of one to three contents: some are tokens, some are not. */
const names = fc.uniqueArray(fc.constantFrom("a", "0", "my video", "content-0", "content-1", "é ", 'x"y:z'), {
  minLength: 1,
  maxLength: 3,
});
const groups = (all: readonly string[]): fc.Arbitrary<Media["groups"]> =>
  fc.uniqueArray(
    fc.record({ semantics: fc.constantFrom("BUNDLE", "LS", "FID"), names: fc.subarray([...all], { minLength: 1 }) }),
    { maxLength: 3, selector: ({ semantics }) => semantics },
  );

/** Media of one to three contents, in any groups. */
export const anyMedia: fc.Arbitrary<Media> = names.chain((all) =>
  fc.record({ contents: fc.tuple(...all.map(contentAt)), groups: groups(all) }),
);

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
