/** The guarded stanza reader and the writer: RFC 6120 §4, §11. */
import { describe, expect, test } from "bun:test";
import xml from "@xmpp/xml";
import * as fc from "fast-check";
import { STANZA_LIMITS, type StanzaHandlers, StanzaReader } from "../../../protocol/xmpp/stanza.ts";
import { writeStanza } from "../../../protocol/xmpp/write.ts";
import { changed } from "../../support/changed.ts";

const HEAD =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='7'>";

/** What a reader told, in order. */
function told(pieces: readonly (string | Uint8Array)[], more: Partial<StanzaHandlers> = {}): string[] {
  const heard: string[] = [];
  const reader = new StanzaReader({
    opened: (stream) => void heard.push(`opened ${stream.attrs.id}`),
    stanza: (element) => void heard.push(String(element)),
    oversized: (head, excess) => void heard.push(`${excess}: ${head ?? "no head"}`),
    ended: () => void heard.push("ended"),
    fault: (condition) => void heard.push(condition),
    ...more,
  });
  for (const piece of pieces) reader.push(typeof piece === "string" ? bytesOf(piece) : piece);
  return heard;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** The same bytes, cut at these places. */
function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [0, ...cuts.toSorted((one, other) => one - other), bytes.length];
  return at.slice(1).map((end, index) => bytes.slice(at[index], end));
}

const pieces = (bytes: Uint8Array, size: number) =>
  cutAt(
    bytes,
    Array.from({ length: Math.floor((bytes.length - 1) / size) }, (_, index) => (index + 1) * size),
  );

describe("a stanza whose head may be enough", () => {
  const CALL = `<iq id="1"><jingle sid="s"><content name="0"><description/><transport/></content></jingle></iq>`;
  const text = `${HEAD}${CALL}<iq id="2"><query><item/></query></iq></stream:stream>`;
  const isCall = (start: string): boolean => start.includes("<jingle");

  test("is told by its head, whose first children are empty, and what follows is read as ever", () => {
    const heads: string[] = [];
    const head = (element: unknown): boolean => heads.push(String(element)) > 0;
    const bytes = bytesOf(text);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const heard = told(cutAt(bytes, cuts), { looksAtHead: isCall, head });
        expect(heard).toEqual(["opened 7", '<iq id="2"><query><item/></query></iq>', "ended"]);
      }),
    );
    expect(new Set(heads)).toEqual(new Set([`<iq id="1"><jingle sid="s"><content name="0"/></jingle></iq>`]));
  });

  test("is parsed whole where it is not, and where nobody looks", () => {
    const whole = told([text]);
    expect(told([text], { looksAtHead: isCall, head: () => false })).toEqual(whole);
    expect(told([text], { looksAtHead: () => false, head: () => true })).toEqual(whole);
    expect(whole[1]).toBe(CALL);
  });

  test("is judged when those before it in the same bytes have been handed over", () => {
    const heard: string[] = [];
    const stanza = (element: unknown): void => void heard.push(String(element));
    const looksAtHead = (): boolean => heard.length > 0;
    told([`${HEAD}${CALL}${CALL}`], { stanza, looksAtHead, head: () => heard.push("head") > 0 });
    expect(heard).toEqual([CALL, "head"]);
  });

  test("ends the stream where a tag of its head is none", () => {
    const bad = `${HEAD}<iq id="1"><jingle sid=s><content/></jingle></iq>`;
    expect(told([bad], { looksAtHead: isCall, head: () => true })).toEqual(["opened 7", "not-well-formed"]);
  });
});

describe("reading", () => {
  test("a stream is its header, its stanzas and its end", () => {
    const heard = told([`${HEAD}<iq id='1'><a xmlns='b'/></iq> \n<handshake/></stream:stream>`]);
    expect(heard).toEqual(["opened 7", '<iq id="1"><a xmlns="b"/></iq>', "<handshake/>", "ended"]);
  });

  test("it may be cut anywhere, in the middle of a character too", () => {
    const bytes = bytesOf(`${HEAD}<message><body>grüße 🔔</body></message></stream:stream>`);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        expect(told(cutAt(bytes, cuts))).toEqual(["opened 7", "<message><body>grüße 🔔</body></message>", "ended"]);
      }),
    );
  });

  test.each([
    ["a DTD", `${HEAD}<!DOCTYPE x>`, "restricted-xml"],
    ["a comment", `${HEAD}<!-- x -->`, "restricted-xml"],
    ["CDATA", `${HEAD}<a><![CDATA[x]]></a>`, "restricted-xml"],
    ["a processing instruction", `${HEAD}<?x y?>`, "restricted-xml"],
    ["an unknown entity", `${HEAD}<a>&foo;</a>`, "not-well-formed"],
    ["a tag that closes another", `${HEAD}<a><b></a></b>`, "not-well-formed"],
    ["a NUL", `${HEAD}<a>\0</a>`, "not-well-formed"],
    ["a tag without a name", `${HEAD}<a>< b></a>`, "not-well-formed"],
    ["an attribute without quotes", `${HEAD}<a><b c=d/></a>`, "not-well-formed"],
    ["an attribute without a value", `${HEAD}<a><b c/></a>`, "not-well-formed"],
    ["a second declaration", `${HEAD}<?xml version='1.0'?>`, "restricted-xml"],
  ])("%s ends it", (_, text, fault) => {
    expect(told([HEAD, text.slice(HEAD.length)])).toEqual(["opened 7", fault]);
  });

  test("bytes that are no UTF-8 end it", () => {
    expect(told([HEAD, new Uint8Array([0x3c, 0x61, 0xff])]).at(-1)).toBe("not-well-formed");
  });

  // proves: C9
  test.each([
    ["text", "<a>", "x", "</a>", "too large: <a/>"],
    ["an attribute", "<a b='", "x", "'/>", "too large: no head"],
    ["elements", "<a>", "<b/>", "</a>", "too large: <a/>"],
    ["levels", "<a>", "<b>", `${"</b>".repeat(4_000_000)}</a>`, "too large: <a><b><b><b><b/></b></b></b></a>"],
    ["a tag", "<a", " ", "/>", "too large: no head"],
  ])("12 MB are read over like a little more than the limit: %s", (_, start, inside, end, head) => {
    const more = bytesOf(inside.repeat(600_000 / inside.length));
    const cut = (size: number) =>
      told([HEAD + start, ...Array.from({ length: 20 }, () => pieces(more, size)).flat(), `${end}<next/>`]);
    expect(cut(600_000)).toEqual(["opened 7", head, "<next/>"]);
    expect(cut(1_460)).toEqual(["opened 7", head, "<next/>"]);
  });

  const { bytes: most, depth, elements } = STANZA_LIMITS;
  const IQ = '<iq from="a@b" id="1" type="set">';
  const iq = (inside: string) => `${IQ}${inside}</iq>`;
  const filled = (size: number) => iq("x".repeat(size - iq("").length));
  const nested = (levels: number) => iq("<b>".repeat(levels - 1) + "</b>".repeat(levels - 1));
  const many = (number: number) => iq("<b/>".repeat(number - 1));
  const WRAPPED = ["<iq>", "<delegation>", "<forwarded>", '<iq id="2">'];
  const wrapped = (inside: string) => `${WRAPPED.join("")}${inside}</iq></forwarded></delegation></iq>`;
  const empty = changed(IQ, ">", "/>");
  const named = (text: string) => changed(text, "a@b", "grüße🔔@b");

  test.each([
    ["bytes", filled(most), filled(most + 1), `too large: ${empty}`],
    ["bytes of few characters", filled(most - 1), changed(filled(most - 1), "xx</", "🔔</"), `too large: ${empty}`],
    ["bytes, from grüße 🔔", filled(most), named(filled(most + 1)), `too large: ${named(empty)}`],
    ["levels", nested(depth), nested(depth + 1), `too deep: ${IQ}<b><b><b><b/></b></b></b></iq>`],
    ["elements", many(elements), many(elements + 1), `too many elements: ${empty}`],
  ])("a stanza past its %s is read over, and its head told; the next is read", (_, within, past, head) => {
    for (const size of [7, 1_460, 1_000_000]) {
      expect(told([HEAD, ...pieces(bytesOf(within), size)])[1]).toStartWith("<iq");
      expect(told([HEAD, ...pieces(bytesOf(`${past}<next/>`), size)])).toEqual(["opened 7", head, "<next/>"]);
    }
  });

  test.each([
    [
      "what a wrapper holds",
      wrapped("<b/>".repeat(elements)),
      `too many elements: ${WRAPPED.slice(0, 3).join("")}<iq id="2"/></forwarded></delegation></iq>`,
    ],
    [
      "its namespace, which is the stream's",
      `<iq xmlns:a="b">${"<a:c/>".repeat(elements)}</iq>`,
      'too many elements: <iq xmlns:a="b"/>',
    ],
    ["no second child", iq(`<b/><c>${"<d/>".repeat(elements)}</c>`), `too many elements: ${empty}`],
    ["nothing, where its first tag is too large", `<iq a="${"x".repeat(most)}"/>`, "too large: no head"],
    ["nothing of a second tag that is too large", `${IQ}<b a="${"x".repeat(most)}"/></iq>`, `too large: ${empty}`],
  ])("the head is %s", (_, text, head) => {
    expect(told([HEAD, text, "<next/>"])).toEqual(["opened 7", head, "<next/>"]);
  });

  test.each([
    ["a comment", "<!-- -->", "restricted-xml"],
    ["a NUL", "\0", "not-well-formed"],
    ["no UTF-8", new Uint8Array([0xff]), "not-well-formed"],
  ])("%s ends the stream while a stanza is read over, too", (_, inside, fault) => {
    expect(told([HEAD, filled(most + 1).slice(0, -5), inside])).toEqual(["opened 7", fault]);
  });

  test("a head that is no XML ends the stream", () => {
    expect(told([HEAD, `<iq a=b>${"<b/>".repeat(elements)}</iq>`])).toEqual(["opened 7", "not-well-formed"]);
  });

  test("a stanza past the limits takes linear time and no memory, however it is cut", () => {
    const took = (size: number) => {
      const start = performance.now();
      told([HEAD, ...pieces(bytesOf(filled(size)), 500)]);
      return performance.now() - start;
    };
    took(1_000_000);
    expect(took(8_000_000)).toBeLessThan(Math.max(2_000, took(1_000_000) * 40));
  });

  /** Pieces of streams, right and wrong, with small ones often and those past a limit now and then. */
  const part = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(...["<a>", "</a>", "<b c='d>'/>", "<iq id='1'>", "</iq>", "ü🔔", "&amp;", " ", "\n"]),
    },
    { weight: 2, arbitrary: fc.constantFrom("<message><body>hi</body></message>", "<presence/>", iq("<a/>")) },
    { weight: 2, arbitrary: fc.constantFrom(nested(depth + 1), many(elements + 1), filled(most + 1), filled(most)) },
    { weight: 1, arbitrary: fc.constantFrom("<!", "<?x?>", "\0", "<", ">", "'", "=", "/", "&x;", "</stream:stream>") },
  );
  const stream = fc
    .tuple(fc.array(part, { maxLength: 12 }), fc.option(fc.uint8Array({ minLength: 1, maxLength: 3 })))
    .map(([parts, noise]) => new Uint8Array([...bytesOf(HEAD + parts.join("")), ...(noise ?? []), ...bytesOf("</a>")]));

  test("any cut gives what one read gives", () => {
    fc.assert(
      fc.property(
        stream,
        fc.array(fc.nat(400_000), { maxLength: 30 }),
        fc.integer({ min: 1, max: 40 }),
        (bytes, cuts, size) => {
          const whole = told([bytes]);
          expect(
            told(
              cutAt(
                bytes,
                cuts.map((cut) => cut % (bytes.length + 1)),
              ),
            ),
          ).toEqual(whole);
          expect(told(pieces(bytes, bytes.length < 5_000 ? size : size * 100))).toEqual(whole);
        },
      ),
      { numRuns: 100 },
    );
  }, 60_000);

  test("white space between stanzas, which keeps a stream alive, adds up to nothing", () => {
    const spaces = Array.from({ length: 1_000 }, () => " ".repeat(500));
    expect(told([HEAD, ...spaces, "<iq/>"])).toEqual(["opened 7", "<iq/>"]);
  });

  test("what a taker throws is not the peer's fault, and nothing is read twice", () => {
    let calls = 0;
    const reader = new StanzaReader({
      opened: () => {},
      stanza: () => {
        calls++;
        throw new Error("the taker's own");
      },
      oversized: () => {},
      ended: () => {},
      fault: () => {
        throw new Error("blamed on the peer");
      },
    });
    expect(() => reader.push(new TextEncoder().encode(`${HEAD}<a/>`))).toThrow("the taker's own");
    expect(calls).toBe(1);
  });

  test("bytes of any kind throw nothing", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => void told([HEAD, noise])));
  });
});

describe("writing", () => {
  test.each([
    ["markup is escaped", xml("a", { b: "\"'<>&" }, "<&>"), '<a b="&quot;&apos;&lt;&gt;&amp;">&lt;&amp;&gt;</a>'],
    ["line breaks in attributes survive", xml("a", { b: "1\n2\t3" }), '<a b="1&#10;2&#9;3"/>'],
    // proves: A7
    ["characters that XML forbids are dropped", xml("a", { b: "x\u0001y" }, "u\ud800v\uffff"), '<a b="xy">uv</a>'],
    ["what is not there is not written", xml("a", { b: undefined }), "<a/>"],
  ])("%s", (_, element, text) => {
    expect(writeStanza(element)).toBe(text);
  });

  test.each([xml("a b"), xml("a", { "b c": "d" }), xml("a><evil/")])(
    "a name that is none is a fault of ours",
    (element) => {
      expect(() => writeStanza(element)).toThrow("no XML name");
    },
  );
});
