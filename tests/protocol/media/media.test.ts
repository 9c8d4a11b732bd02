/** The laws of the two notations: what is written is read again, on generated media and on what real peers have sent. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { parse } from "sdp-transform";
import { readJingle, writeJingle } from "../../../protocol/jingle/jingle.ts";
import type { Content, Media, Role } from "../../../protocol/media/media.ts";
import { midsOf } from "../../../protocol/media/mids.ts";
import { readSdp } from "../../../protocol/sdp/read.ts";
import { writeSdp } from "../../../protocol/sdp/write.ts";
import { anyMedia } from "../../support/media.ts";
import { jingleOf, overTheWire, read, recordings } from "../../support/vectors.ts";

const origin = { id: "1", version: 1, address: "192.0.2.1" };
const sdpOf = (media: Media, by: Role) => writeSdp(media, { by, origin, answer: false });
const throughSdp = (media: Media, by: Role = "initiator") => readSdp(sdpOf(media, by), { by, follows: media });
const throughJingle = (media: Media) => readJingle(overTheWire(writeJingle(media, "answer")), "answer");

// proves: M1
test("any media survive SDP, whoever writes it", () => {
  fc.assert(
    fc.property(anyMedia, fc.constantFrom<Role>("initiator", "responder"), (media, by) => {
      const contents = media.contents.map((content) => ({ ...content, creator: by }));
      expect(throughSdp({ ...media, contents }, by)).toEqual({ ...media, contents });
    }),
    { numRuns: 200 },
  );
});

// proves: M1, M26
test("any media survive Jingle", () => {
  fc.assert(
    fc.property(anyMedia, (media) => {
      expect(throughJingle(media)).toEqual(media);
    }),
    { numRuns: 200 },
  );
});

// proves: M22
test("any refused contents keep their places, and leave their groups", () => {
  fc.assert(
    fc.property(anyMedia, fc.nat(2), (media, which) => {
      const contents = media.contents.map((content, at) => (at === which ? { ...content, rejected: true } : content));
      const back = throughSdp({ ...media, contents });
      const kept = contents.filter(({ rejected }) => !rejected).map(({ name }) => name);
      const places = (all: readonly Content[]) => all.map(({ name, media, rejected }) => [name, media, rejected]);
      expect(places(back.contents)).toEqual(places(contents));
      expect(back.groups.flatMap(({ names }) => names).filter((name) => !kept.includes(name))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test("any SDP of ours is understood by another reader", () => {
  fc.assert(
    fc.property(anyMedia, (media) => {
      const lines = sdpOf(media, "initiator");
      const read = parse(lines);
      expect(read.media.map(({ mid }) => String(mid))).toEqual([...midsOf(media).values()]);
      expect(read.media.map(({ payloads }) => String(payloads))).toEqual(
        media.contents.map(({ payloads, formats }) => (formats ?? payloads.map(({ id }) => id)).join(" ")),
      );
      // it has no word for {braces} in a=msid, which RFC 8830 §2 has
      const strange = read.media.flatMap(({ invalid = [] }) => invalid.map(({ value }) => value));
      expect(strange.filter((value) => !value.startsWith("msid:{"))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

const sessions = recordings("media", /session-(initiate|accept)\.xml$/);

describe("a recorded session", () => {
  test.each(sessions)("%s is read and written again", (path) => {
    const media = readJingle(jingleOf(read("media", path)));
    expect(media.contents.length).toBeGreaterThan(0);
    expect(throughJingle(media)).toEqual(media);
  });

  // proves: M2
  test.each(sessions)("%s survives the way over SDP", (path) => {
    const media = readJingle(jingleOf(read("media", path)));
    expect(throughSdp(media)).toEqual(asSdpTells(media));
  });
});

/** What SDP cannot tell as Jingle did: we always trickle, DTLS displaces SDES, a parameter with a name alone is a value. */
function asSdpTells(media: Media): Media {
  return {
    ...media,
    contents: media.contents.map((content) => ({
      ...content,
      crypto: content.transport.fingerprints.length > 0 ? [] : content.crypto,
      payloads: content.payloads.map((payload) => ({ ...payload, parameters: payload.parameters.map(asValue) })),
      transport: { ...content.transport, options: ["trickle"] },
    })),
  };
}

const asValue = (parameter: { name?: string; value?: string }) =>
  parameter.value === undefined && parameter.name !== undefined ? { value: parameter.name } : parameter;

const offers = recordings("media", /\.sdp$/);

// proves: M2
test.each(offers)("the recorded SDP %s survives the way over Jingle", (path) => {
  const media = readSdp(read("media", path), { by: "initiator" });
  const { iceLite: _, ...carried } = media;
  const contents = media.contents.map(
    (content): Content => (content.rejected ? refused(content) : asJingleTells(content)),
  );
  expect(throughJingle(carried)).toEqual({ ...carried, contents });
});

/** Jingle has no word for the size of messages. */
function asJingleTells({ sctp, ...content }: Content): Content {
  const { maxMessageSize: _, ...told } = sctp ?? { port: 0 };
  return sctp ? { ...content, sctp: told } : content;
}

/** A section that Jingle cannot tell stays in its place, sent by nobody. */
function refused(content: Content): Content {
  const { contents } = throughJingle({ contents: [content], groups: [] });
  expect(contents[0]?.senders).toBe("none");
  return contents[0] ?? content;
}
