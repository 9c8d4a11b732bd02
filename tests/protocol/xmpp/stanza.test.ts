/** The guarded stanza reader and the writer: RFC 6120 §4, §11. */
import { describe, expect, test } from "bun:test";
import xml from "@xmpp/xml";
import * as fc from "fast-check";
import { STANZA_LIMITS, StanzaReader, writeStanza } from "../../../protocol/xmpp/stanza.ts";

const HEAD =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='7'>";

/** What a reader told, in order. */
function told(pieces: readonly (string | Uint8Array)[]): string[] {
  const heard: string[] = [];
  const reader = new StanzaReader({
    opened: (stream) => void heard.push(`opened ${stream.attrs.id}`),
    stanza: (element) => void heard.push(writeStanza(element)),
    ended: () => void heard.push("ended"),
    fault: (condition) => void heard.push(condition),
  });
  for (const piece of pieces) reader.push(typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
  return heard;
}

describe("reading", () => {
  test("a stream is its header, its stanzas and its end", () => {
    const heard = told([`${HEAD}<iq id='1'><a xmlns='b'/></iq> \n<handshake/></stream:stream>`]);
    expect(heard).toEqual(["opened 7", '<iq id="1"><a xmlns="b"/></iq>', "<handshake/>", "ended"]);
  });

  test("it may be cut anywhere, in the middle of a character too", () => {
    const bytes = new TextEncoder().encode(`${HEAD}<message><body>grüße 🔔</body></message></stream:stream>`);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const at = [0, ...cuts.toSorted((one, other) => one - other), bytes.length];
        const pieces = at.slice(1).map((end, index) => bytes.slice(at[index], end));
        expect(told(pieces)).toEqual(["opened 7", "<message><body>grüße 🔔</body></message>", "ended"]);
      }),
    );
  });

  const deep = "<a>".repeat(STANZA_LIMITS.depth + 1);
  test.each([
    ["a DTD", `${HEAD}<!DOCTYPE x>`, "restricted-xml"],
    ["a comment", `${HEAD}<!-- x -->`, "restricted-xml"],
    ["CDATA", `${HEAD}<a><![CDATA[x]]></a>`, "restricted-xml"],
    ["a processing instruction", `${HEAD}<?x y?>`, "restricted-xml"],
    ["an unknown entity", `${HEAD}<a>&foo;</a>`, "not-well-formed"],
    ["a tag that closes another", `${HEAD}<a><b></a></b>`, "not-well-formed"],
    ["a NUL", `${HEAD}<a>\0</a>`, "not-well-formed"],
    ["too deep a stanza", HEAD + deep, "policy-violation"],
    ["too many elements", `${HEAD}<a>${"<b/>".repeat(STANZA_LIMITS.nodes)}</a>`, "policy-violation"],
  ])("%s ends it", (_, text, fault) => {
    expect(told([HEAD, text.slice(HEAD.length)])).toEqual(["opened 7", fault]);
  });

  test("bytes that are no UTF-8 end it", () => {
    expect(told([HEAD, new Uint8Array([0x3c, 0x61, 0xff])]).at(-1)).toBe("not-well-formed");
  });

  test("a stanza that never ends is given up at its limit, however small its pieces", () => {
    const heard = told([`${HEAD}<a>`, ...Array.from({ length: 300 }, () => "x".repeat(1_000))]);
    expect(heard).toEqual(["opened 7", "policy-violation"]);
  });

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
