/** Jingle to SDP and SDP to Jingle as the predecessor had them: tests/vectors/predecessor, departures named. */
import { describe, expect, test } from "bun:test";
import type { Element } from "@xmpp/xml";
import { jingleElement, readJingle, writeJingle } from "../../../protocol/jingle/jingle.ts";
import { readSdp } from "../../../protocol/sdp/read.ts";
import { writeSdp } from "../../../protocol/sdp/write.ts";
import { changed } from "../../support/changed.ts";
import { asCarillon, deviationsOf, predecessorVectors, type Vector } from "../../support/predecessor.ts";
import { jingleOf } from "../../support/vectors.ts";
import { MEDIA_DEVIATIONS } from "./deviations.ts";

/** What an SDP says: its sections, the attributes of each by name, in the order among those of one name. */
function saidBySdp(sdp: string): object[] {
  const masked = changed(changed(sdp, /^o=- \S+ \S+/m, "o=- … …"), /^(m=\w+) \S+/gm, "$1 …");
  return masked.split(/^(?=m=)/m).map((section) => {
    const said: Record<string, string[]> = {};
    for (const line of section.split(/\r?\n/).filter((each) => each !== "")) {
      const [, name = ""] = /^(a=[^:]+|.=)/.exec(line) ?? [];
      said[name] = [...(said[name] ?? []), line];
    }
    return said;
  });
}

/** What an element says: its name, attributes and text, and its children by name, in the order among those of one name. */
function saidByElement(element: Element): object {
  const { xmlns: _, ...attributes } = element.attrs;
  const children: Record<string, object[]> = {};
  for (const child of element.getChildElements())
    children[child.getName()] = [...(children[child.getName()] ?? []), saidByElement(child)];
  return { ns: element.getNS(), attributes, text: element.getText().trim(), children };
}

const [SID, JINGLE] = ["call-1", "session-initiate"];
const toSdp = (jingle: string): string =>
  writeSdp(readJingle(jingleOf(jingle)), {
    by: "initiator",
    origin: { id: "1", version: 1, address: "127.0.0.1" },
    answer: false,
  });
const toJingle = (sdp: string): string =>
  String(jingleElement(JINGLE, SID, {}, writeJingle(readSdp(sdp, { by: "initiator" }), "offer")));

/** The two halves of a vector. */
const halves = (text: string): [given: string, expected: string] => {
  const [given = "", expected = ""] = changed(text, /^#.*\n/gm, "").split("\nbecomes\n");
  return [`${given.trim()}\n`, `${expected.trim()}\n`];
};

function holds(vectors: Vector[], convert: (given: string) => object, said: (text: string) => object): void {
  for (const vector of vectors) {
    const deviations = deviationsOf(vector, MEDIA_DEVIATIONS);
    const expected = (text: string): object => said(halves(text)[1]);
    test(vector.name, () => {
      expect(convert(halves(vector.text)[0])).toEqual(expected(asCarillon(vector, deviations)));
    });
    for (const deviation of deviations)
      test(`${vector.name}, but: ${deviation.what}`, () => {
        expect(convert(halves(vector.text)[0])).not.toEqual(expected(asCarillon(vector, deviations, deviation)));
      });
  }
}

// proves: L1
describe("Jingle to SDP is as it was", () => {
  holds(predecessorVectors("jingle-to-sdp"), (given) => saidBySdp(toSdp(given)), saidBySdp);
});

// proves: L1
describe("SDP to Jingle is as it was", () => {
  const said = (text: string): object => saidByElement(jingleOf(text));
  holds(predecessorVectors("sdp-to-jingle"), (given) => said(toJingle(given)), said);
});
