/** The step that bounds an answer by its offer: legal by an oracle that was written apart, or refused; once is enough. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { answerTo, boundAnswer } from "../../../protocol/media/answer.ts";
import { EVERY_RULE } from "../../../protocol/media/answer-rules.ts";
import { isEmpty } from "../../../protocol/media/contents.ts";
import type { Content, Media } from "../../../protocol/media/media.ts";
import { attempt, Refusal } from "../../../protocol/refusal.ts";
import { faultsOf } from "../../support/answer-oracle.ts";
import { anyMedia } from "../../support/media.ts";

/** What an answerer makes of an offer: parts of it, changed, and parts of any other description. */
const answered = (offer: Media): fc.Arbitrary<Media> =>
  fc
    .record({
      other: anyMedia,
      takes: fc.tuple(...offer.contents.map(() => fc.record({ how: fc.constantFrom(0, 1, 2, 3), shift: fc.nat(3) }))),
      groups: fc.boolean(),
      lite: fc.boolean(),
    })
    .map(({ other, takes, groups, lite }) => {
      const contents = offer.contents.flatMap((offered, at): Content[] => {
        const { how, shift } = takes[at] as { how: number; shift: number };
        const strange = other.contents[at % other.contents.length] as Content;
        if (how === 0) return [];
        if (how === 1) return [mixed(offered, strange, shift)];
        return [how === 2 ? { ...strange, name: offered.name, rejected: shift === 3 } : changedNumbers(offered, shift)];
      });
      return { contents, groups: groups ? offer.groups : other.groups, ...(lite ? { iceLite: true as const } : {}) };
    });

/** The codecs of the offer with habits of somebody else. */
const mixed = (offered: Content, strange: Content, shift: number): Content => ({
  ...strange,
  name: offered.name,
  media: offered.media,
  crypto: [...strange.crypto, ...offered.crypto],
  extensions: [...strange.extensions, ...offered.extensions],
  feedback: [...offered.feedback, ...strange.feedback],
  payloads: [...offered.payloads.slice(shift), ...strange.payloads].filter(
    ({ id }, at, all) => all.findIndex((each) => each.id === id) === at,
  ),
  ...(shift === 2 ? { rids: ["1 send"], simulcast: "send 1" } : {}),
  transport: shift === 0 ? strange.transport : { ...strange.transport, fingerprints: offered.transport.fingerprints },
});

/** The same codecs under other numbers, or without names. */
const changedNumbers = (offered: Content, shift: number): Content => ({
  ...offered,
  payloads: offered.payloads.map((payload, at) =>
    shift === 1 ? { ...payload, id: (payload.id + at + 1) % 128 } : shift === 2 ? { ...payload, name: "" } : payload,
  ),
});

const offerAndAnswer = anyMedia.chain((offer) => fc.tuple(fc.constant(offer), answered(offer)));

// proves: B1
test("any answer to any offer is legal, or refused in words", () => {
  fc.assert(
    fc.property(offerAndAnswer, fc.constantFrom("phone" as const, "user" as const), ([offer, answer], by) => {
      const bound = attempt(() => boundAnswer(offer, answer, by));
      if (bound instanceof Refusal) expect(bound.message).toMatch(/\w/);
      else if (!isEmpty(bound)) expect(faultsOf(offer, bound)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

// proves: B1
test("our answer to any later offer is legal, and never thrown", () => {
  fc.assert(
    fc.property(offerAndAnswer, ([offer, own]) => {
      const answer = answerTo(offer, own);
      if (!isEmpty(answer)) expect(faultsOf(offer, answer)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

// proves: B1
test("bounded twice is bounded once", () => {
  fc.assert(
    fc.property(offerAndAnswer, ([offer, answer]) => {
      const once = answerTo(offer, answer);
      expect(answerTo(offer, once)).toEqual(once);
    }),
    { numRuns: 300 },
  );
});

test("an answer that is legal already is left as it is", () => {
  fc.assert(
    fc.property(offerAndAnswer, ([offer, own]) => {
      const legal = answerTo(offer, own);
      if (isEmpty(legal)) return;
      expect(boundAnswer(offer, legal, "phone")).toEqual(legal);
    }),
    { numRuns: 300 },
  );
});

describe("each rule", () => {
  test.each(EVERY_RULE.map(({ rule, source }) => [rule, source]))("%s: %s", (_, source) => {
    expect(source).toMatch(/^RFC \d+ §/);
  });
});
