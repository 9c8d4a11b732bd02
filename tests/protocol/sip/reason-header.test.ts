import { expect, test } from "bun:test";
import type { Request } from "../../../protocol/sip/message.ts";
import { causeIn } from "../../../protocol/sip/reason-header.ts";

const withReason = (...reasons: string[]): Request => ({
  kind: "request",
  method: "BYE",
  uri: "sip:a@b",
  headers: reasons.map((reason) => ["Reason", reason]),
  body: "",
});

test.each([
  ["a cause", ["Q.850;cause=17"], { cause: 17 }],
  [
    "a cause and words, in which separators mean nothing",
    ['Q.850 ; cause=17 ; text="Busy, so; \\"later\\""'],
    { cause: 17, text: 'Busy, so; "later"' },
  ],
  ["words before the cause", ['q.850;text="User busy";CAUSE=17'], { cause: 17, text: "User busy" }],
  ["empty words", ['Q.850;cause=16;text=""'], { cause: 16 }],
  ["a reason of SIP first", ["SIP;cause=200, Q.850;cause=41"], { cause: 41 }],
  ["two headers", ["SIP;cause=600", "Q.850;cause=21"], { cause: 21 }],
  ["a reason that cannot be read first", ['Q.850;cause=17;text="busy', "Q.850;cause=18"], { cause: 18 }],
  ["a reason of SIP alone", ["SIP;cause=486"], undefined],
  ["a cause that is none", ["Q.850;cause=busy"], undefined],
  ["no cause", ["Q.850;text=busy"], undefined],
  ["another protocol that begins alike", ["Q.8501;cause=17"], undefined],
  ["no reason", [], undefined],
])("%s", (_, reasons, cause) => expect(causeIn(withReason(...reasons))).toEqual(cause));
