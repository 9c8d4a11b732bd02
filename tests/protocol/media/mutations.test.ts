/** Law 6 of the media: whatever a recorded message becomes on its way, it is read whole or refused, and nothing else. */
import { describe, expect, test } from "bun:test";
import type { Element } from "@xmpp/xml";
import {
  readCodecs,
  readNamedSources,
  readNames,
  readSenders,
  readTransports,
} from "../../../protocol/jingle/changes.ts";
import { readJingle, writeJingle } from "../../../protocol/jingle/jingle.ts";
import { readTransportInfo } from "../../../protocol/jingle/transport-info.ts";
import { addCandidates } from "../../../protocol/media/candidates.ts";
import type { Media } from "../../../protocol/media/media.ts";
import { acceptFromAnswer } from "../../../protocol/media/phone-answer.ts";
import { Refusal } from "../../../protocol/refusal.ts";
import { readTrickleFragment, writeTrickleFragment } from "../../../protocol/sdp/fragment.ts";
import { readJingleAction, readSdp } from "../../../protocol/sdp/read.ts";
import { writeSdp } from "../../../protocol/sdp/write.ts";
import { createChance } from "../../../replay/chance.ts";
import { jingleOf, overTheWire, read, recordings } from "../../support/vectors.ts";

const ROUNDS = 1_000;
const origin = { id: "1", version: 1, address: "192.0.2.1" };

/** What is put in or in place of something. */
const BITS =
  "|0|-1|99999999999|4294967296|a| |\r\n|\n|\r|\0|\u2028|:|;|=|/|*|\"|'|<|>|&amp;|undefined|null|NaN|__proto__|é|\ud800|0.0.0.0|::|m=audio 9 RTP/AVP 0|a=mid:x|a=ssrc-group:FID 1|a=sendonly";

/** Texts with one to four things changed: characters, lines, words. */
function mutations(seed: number, texts: readonly string[]): string[] {
  const chance = createChance(seed);
  const upTo = (most: number): number => Math.floor(chance() * most);
  const one = <Item>(of: readonly Item[]): Item => of[upTo(of.length)] as Item;
  const bits = BITS.split("|");
  const changes: ((text: string) => string)[] = [
    (text) => cut(text, upTo(text.length), upTo(30), ""),
    (text) => cut(text, upTo(text.length), 0, one(bits)),
    (text) => cut(text, upTo(text.length), upTo(30), one(bits)),
    (text) => lines(text, (all) => all.splice(upTo(all.length), 1)),
    (text) => lines(text, (all) => all.splice(upTo(all.length), 0, one(all))),
    (text) => {
      const words = [...text.matchAll(/[\w.+-]+/g)];
      if (words.length === 0) return text;
      const [place, other] = [one(words), one(words)];
      return cut(text, place.index, place[0].length, one([one(bits), other[0]]));
    },
  ];
  const mutated = (text: string): string =>
    Array.from({ length: 1 + upTo(4) }).reduce<string>(
      (changed) => (changed === "" ? "" : one(changes)(changed)),
      text,
    );
  return Array.from({ length: ROUNDS }, () => mutated(one(texts)));
}

const cut = (text: string, at: number, length: number, into: string): string =>
  text.slice(0, at) + into + text.slice(at + length);

function lines(text: string, change: (all: string[]) => unknown): string {
  const all = text.split("\n");
  change(all);
  return all.join("\n");
}

/** The value, undefined when it was refused; anything else that is thrown fails the test. */
function taken<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** What is read can be kept, written in both notations, and read again. */
function isGood(media: Media, given: string): void {
  expect(JSON.parse(JSON.stringify(media))).toEqual(media);
  const sdp = writeSdp(media, { by: "initiator", origin, answer: false });
  const strange = sdp.split("\r\n").filter((line) => line !== "" && !/^[a-z]=[^\r\n\0]+$/.test(line));
  const jingle = writeJingle(media, "answer");
  const odd = /undefined|NaN|null/;
  const text = sdp + jingle.map(String).join("");
  expect([strange, odd.test(text) && !odd.test(given)]).toEqual([[], false]);
  readSdp(sdp, { by: "initiator", follows: media });
  readJingle(overTheWire(jingle), "answer");
}

describe("a recorded SDP with some of it changed", () => {
  const texts = recordings("media", /\.sdp$/).map((path) => read("media", path));
  const offers = texts.map((text) => readSdp(text, { by: "initiator" }));

  // proves: M10
  test.each([1, 2, 3])(
    "is read whole or refused (seed %d)",
    (seed) => {
      for (const [at, text] of mutations(seed, texts).entries()) {
        const offer = offers[at % offers.length] as Media;
        const media = taken(() => readSdp(text, { by: at % 2 === 0 ? "initiator" : "responder" }));
        if (media) isGood(media, text);
        readJingleAction(text);
        taken(() => acceptFromAnswer(offer, readSdp(text, { by: "responder", answerTo: offer })));
        taken(() => readSdp(text, { by: "initiator", follows: offer }));
        taken(() => writeTrickleFragment(addCandidates(offer, readTrickleFragment(text, offer))));
      }
    },
    30_000,
  );
});

describe("a recorded Jingle stanza with some of it changed", () => {
  const texts = recordings("media", /\.xml$/).map((path) => read("media", path));
  const session: Media = { contents: [], groups: [] };

  // proves: M10
  test.each([1, 2, 3])(
    "is read whole or refused (seed %d)",
    (seed) => {
      for (const text of mutations(seed, texts)) {
        const jingle = wellFormed(text);
        if (jingle === undefined) continue;
        const media = taken(() => readJingle(jingle));
        if (media) isGood(media, text);
        for (const reader of [readSenders, readNames, readTransports, readCodecs, readTransportInfo])
          taken(() => reader(jingle));
        taken(() => readNamedSources(jingle, media ?? session));
      }
    },
    30_000,
  );
});

/** The stream's own reader would have refused the others. */
function wellFormed(text: string): Element | undefined {
  try {
    return jingleOf(text) ?? undefined;
  } catch {
    return undefined;
  }
}
