/** What the body of a message is: RFC 5621, RFC 2046 §5.1, RFC 3261 §20.11. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { bodyFault, bodyOf, sdpOf } from "../../../protocol/sip/body.ts";
import type { Field, Request } from "../../../protocol/sip/message.ts";
import { changedAll } from "../../support/changed.ts";

const request = (headers: readonly Field[], body: string, method = "INVITE"): Request => ({
  ...{ kind: "request", method, uri: "sip:b@b", headers, body },
});
const lines = (...all: string[]): string => all.join("\r\n");
const SDP = ["Content-Type: application/sdp", "", "v=0"];
const ISUP = (disposition: string): string[] => [
  "Content-Type: application/isup;version=itu",
  disposition,
  "",
  "m=\uFFFD",
];
const OPTIONAL = "Content-Disposition: signal;handling=optional";
const parts = (all: readonly string[][], boundary = "b"): string =>
  lines(...all.flatMap((part) => [`--${boundary}`, ...part]), `--${boundary}--`, "");
const mixed = (body: string, type = "multipart/mixed;boundary=b"): Request => request([["Content-Type", type]], body);

describe("a body of several parts", () => {
  // proves: B14
  test.each<[string, Request]>([
    ["the description first", mixed(parts([SDP, ISUP(OPTIONAL)]))],
    ["the description last, and text before the first part", mixed(`hello\r\n${parts([ISUP(OPTIONAL), SDP])}`)],
    ["a boundary in quotes, with blanks", mixed(parts([SDP], "x y"), 'multipart/mixed; charset=x; Boundary="x y"')],
    [
      "fields of any case and order, folded",
      mixed(parts([["x: 1", "content-type:\r\n application/SDP;a=b", "", "v=0"]])),
    ],
    ["line ends of LF alone", mixed(changedAll(parts([SDP]), "\r\n", "\n"))],
    ["no last boundary", mixed("--b\r\nContent-Type: application/sdp\r\n\r\nv=0")],
    ["parts in parts", mixed(parts([["Content-Type: multipart/mixed;boundary=c", "", parts([SDP], "c")]]))],
    ["a location without a disposition", mixed(parts([SDP, ["Content-Type: application/pidf+xml", "", "<x/>"]]))],
    ["another form of the same", mixed(parts([ISUP(""), SDP]), "multipart/alternative;boundary=b")],
    ["handling in quotes", mixed(parts([SDP, ISUP('Content-Disposition: signal;handling="optional"')]))],
  ])("%s: the description is read", (_, message) => {
    expect([sdpOf(message), bodyFault(message)]).toEqual(["v=0", undefined]);
  });

  // proves: B14
  test.each<[string, Request, number | undefined]>([
    ["a part that must be understood", mixed(parts([SDP, ISUP("Content-Disposition: signal;handling=required")])), 415],
    ["a part that does not say otherwise", mixed(parts([SDP, ISUP("X: y")])), 415],
    [
      "a location that must be understood",
      mixed(
        parts([SDP, ["Content-Type: application/pidf+xml", "Content-Disposition: render;handling=required", "", ""]]),
      ),
      415,
    ],
    ["no boundary", mixed(parts([SDP]), "multipart/mixed"), 400],
    ["a boundary that is not there", mixed(parts([SDP], "other")), 400],
    [
      "parts in parts without end",
      ["c", "d", "e", "f"].reduce(
        (body, name, at) =>
          mixed(
            parts([[`Content-Type: multipart/mixed;boundary=${["b", "c", "d", "e"][at]}`, "", body.body]], name),
            `multipart/mixed;boundary=${name}`,
          ),
        mixed(parts([SDP])),
      ),
      400,
    ],
    ["a part that is optional alone", mixed(parts([ISUP(OPTIONAL)])), undefined],
  ])("%s: no description, or refused", (_, message, status) => {
    expect(bodyFault(message)?.sip.status).toBe(status);
  });
});

test.each<[string, Field[], string]>([
  ["text that looks like a description", [["Content-Type", "text/plain"]], ""],
  [
    "a description for early media (RFC 3959)",
    [
      ["Content-Type", "application/sdp"],
      ["Content-Disposition", "early-session"],
    ],
    "",
  ],
  [
    "an encoded description",
    [
      ["Content-Type", "application/sdp"],
      ["Content-Encoding", "gzip"],
    ],
    "",
  ],
  ["a description", [["Content-Type", "Application/SDP ; charset=utf-8"]], "v=0"],
  ["what has no type, as old phones have it", [], "v=0"],
])("%s", (_, headers, sdp) => {
  expect(sdpOf(request(headers, "v=0"))).toBe(sdp);
});

test("an INFO's body is a key, a fragment or a description, in a part as alone", () => {
  const info = (type: string, body: string) => bodyOf(request([["Content-Type", type]], body, "INFO")).type;
  expect([
    info("application/dtmf-relay", "Signal=1"),
    info("multipart/mixed;boundary=b", parts([["Content-Type: application/dtmf", "", "1"]])),
    bodyOf(request([], "hi", "INFO")).type,
  ]).toEqual(["application/dtmf-relay", "application/dtmf", undefined]);
});

test("nothing that is sent as a body is thrown", () => {
  const line = fc.constantFrom(
    "--b",
    "--b--",
    "--b ",
    "",
    "Content-Type: application/sdp",
    "Content-Type: multipart/mixed;boundary=b",
    "x",
    ":",
    'a: "',
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), fc.constantFrom("\n", "\r\n"), (all, end) => {
      const message = mixed(all.join(end));
      expect(typeof sdpOf(message)).toBe("string");
      bodyFault(message);
    }),
  );
});

test("48 kB of boundaries cost no more than a few milliseconds", () => {
  const began = performance.now();
  for (const piece of ["--b\n", "\n--b \t", "--b\n\n", "a:\n "]) sdpOf(mixed(piece.repeat(49_000 / piece.length)));
  expect(performance.now() - began).toBeLessThan(200);
});
