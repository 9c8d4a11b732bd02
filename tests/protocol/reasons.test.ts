import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { causeOf, failureOf, failureOfError, reasonOf, reasonOfBye } from "../../protocol/reasons.ts";

describe("a callee's reason becomes the final response to the INVITE", () => {
  // proves: R1, R2, R3, R4, R5, R6, R7, R8, R9, R10, R11, R12
  test.each([
    ["decline", 486, undefined, 21],
    ["busy", 486, undefined, 17],
    ["success", 480, undefined, 16],
    ["cancel", 480, undefined, 16],
    ["timeout", 480, undefined, 102],
    ["expired", 480, undefined, 102],
    ["gone", 480, undefined, 27],
    ["connectivity-error", 480, undefined, 41],
    ["failed-transport", 480, undefined, 41],
    ["unsupported-transports", 488, 302, 79],
    ["unsupported-applications", 488, 304, 79],
    ["incompatible-parameters", 488, 305, 88],
    ["media-error", 488, undefined, 41],
    ["failed-application", 500, undefined, 41],
    ["security-error", 488, 399, 57],
    ["alternative-session", 486, undefined, 16],
    ["general-error", 500, undefined, 127],
    ["a-reason-of-tomorrow", 500, undefined, 127],
  ])("%s: %d, Warning %p, Q.850 %d", (condition, status, warning, cause) => {
    expect(failureOf({ condition }, "deployed")).toEqual(warning === undefined ? { status } : { status, warning });
    expect(causeOf({ condition })).toBe(cause);
  });

  // proves: R1
  test("decline is 603 in profile precise", () =>
    expect(failureOf({ condition: "decline" }, "precise")).toEqual({ status: 603, cause: 21 }));

  // proves: R12
  test.each([
    [400, 400],
    [404, 404],
    [699, 699],
    [399, 500],
    [700, 500],
    [200, 500],
  ])("general-error with sip-error %d: %d", (code, status) => {
    const reason = { condition: "general-error", sipError: { code, phrase: "" } };
    expect(failureOf(reason, "deployed").status).toBe(status);
  });
});

const rejected = (status: number, phrase = "", warning: number | null = null) => ({
  status,
  phrase,
  warning,
  unreachable: false,
});

describe("the phone's final response becomes the reason of the terminate", () => {
  test("486 is decline, as deployed", () =>
    expect(reasonOf(rejected(486, "Busy Here"), "deployed")).toEqual({ condition: "decline" }));

  test.each([400, 404, 408, 480, 487, 500, 503, 600, 603, 699])("%d is general-error with the status", (status) =>
    expect(reasonOf(rejected(status, "What it says"), "deployed")).toEqual({
      condition: "general-error",
      sipError: { code: status, phrase: "What it says" },
    }),
  );

  // proves: R13, R14, R15, R16, R17, R18, R19, R20, R23
  test.each([
    [486, "busy"],
    [600, "busy"],
    [603, "decline"],
    [607, "decline"],
    [403, "decline"],
    [608, "decline"],
    [404, "gone"],
    [410, "gone"],
    [484, "gone"],
    [485, "gone"],
    [604, "gone"],
    [480, "gone"],
    [302, "gone"],
    [399, "gone"],
    [408, "timeout"],
    [504, "timeout"],
    [415, "incompatible-parameters"],
    [488, "incompatible-parameters"],
    [606, "incompatible-parameters"],
    [501, "unsupported-applications"],
    [580, "failed-transport"],
    [487, "cancel"],
    [400, "general-error"],
    [402, "general-error"],
    [500, "general-error"],
    [503, "general-error"],
    [699, "general-error"],
  ])("%d is %s in profile precise, with text and status", (status, condition) =>
    expect(reasonOf(rejected(status, "Phrase"), "precise")).toEqual({
      condition,
      text: `${status} Phrase`,
      sipError: { code: status, phrase: "Phrase" },
    }),
  );
});

describe("profile precise distinguishes", () => {
  test.each([
    // proves: R16
    ["480 of a phone that rang", rejected(480), true, "timeout"],
    // proves: R15
    ["480 of a phone that did not", rejected(480), false, "gone"],
    // proves: R17
    ["488 with Warning 304", rejected(488, "", 304), false, "unsupported-applications"],
    // proves: R19
    ["488 with Warning 300", rejected(488, "", 300), false, "unsupported-transports"],
    // proves: R19
    ["488 with Warning 301", rejected(488, "", 301), false, "unsupported-transports"],
    // proves: R19
    ["488 with Warning 302", rejected(488, "", 302), false, "unsupported-transports"],
    ["488 with Warning 303", rejected(488, "", 303), false, "incompatible-parameters"],
    ["488 with Warning 299", rejected(488, "", 299), false, "incompatible-parameters"],
    ["415 with Warning 304", rejected(415, "", 304), false, "unsupported-applications"],
    ["606 with Warning 305", rejected(606, "", 305), false, "incompatible-parameters"],
    ["486 with a Warning, which says nothing there", rejected(486, "", 304), false, "busy"],
    // proves: R21
    ["nobody to be reached", { ...rejected(503), unreachable: true }, false, "connectivity-error"],
  ] as const)("%s: %p", (_, rejection, rang, condition) =>
    expect(reasonOf(rejection, "precise", rang).condition).toBe(condition),
  );

  // proves: R13, R14, R15, R16, R17, R21, R22, R23
  test.each([
    [16, "success"],
    [17, "busy"],
    [18, "timeout"],
    [19, "timeout"],
    [20, "gone"],
    [21, "decline"],
    [27, "gone"],
    [102, "timeout"],
    [38, "connectivity-error"],
    [41, "connectivity-error"],
    [47, "connectivity-error"],
    [57, "security-error"],
    [58, "security-error"],
    [65, "incompatible-parameters"],
    [79, "incompatible-parameters"],
    [88, "incompatible-parameters"],
    [31, "success"],
    [127, "success"],
  ])("a BYE with Q.850 cause %p: %s, and its words", (cause, condition) => {
    expect(reasonOfBye({ cause, text: "In words" }, "precise")).toEqual({ condition, text: "In words" });
    expect(reasonOfBye({ cause }, "precise")).toEqual({ condition });
  });

  test("a BYE without a cause: success", () =>
    expect(reasonOfBye(undefined, "precise")).toEqual({ condition: "success" }));

  test("a BYE's cause counts for nothing in profile deployed", () =>
    expect(reasonOfBye({ cause: 17, text: "User busy" }, "deployed")).toEqual({ condition: "success" }));
});

describe("what can be said on both sides survives there and back, in profile precise", () => {
  const refusals = ["decline", "busy", "gone", "timeout", "incompatible-parameters"];
  const warned = ["unsupported-transports", "unsupported-applications"];
  const hangUps = ["success", "decline", "busy", "gone", "timeout", "connectivity-error", "security-error"];

  // proves: R24
  test("a refusal: reason, final response, reason", () =>
    fc.assert(
      fc.property(fc.constantFrom(...refusals, ...warned), fc.string(), (condition, text) => {
        const { status, warning = null } = failureOf({ condition, text }, "precise");
        const back = reasonOf(rejected(status, "", warning), "precise", condition === "timeout");
        expect(back.condition).toBe(condition);
      }),
    ));

  // proves: R24
  test("an end: reason, BYE with its cause, reason", () =>
    fc.assert(
      fc.property(fc.constantFrom(...hangUps, "incompatible-parameters"), (condition) =>
        expect(reasonOfBye({ cause: causeOf({ condition }) }, "precise").condition).toBe(condition),
      ),
    ));

  test("a status that Jingle has no word for: status, general-error, the same status", () =>
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 699 }), (status) => {
        const reason = reasonOf(rejected(status, "x"), "precise");
        if (reason.condition === "general-error") expect(failureOf(reason, "precise").status).toBe(status);
        else expect(reason.sipError?.code).toBe(status);
      }),
    ));
});

describe("a device that refuses the session-initiate becomes a status", () => {
  // proves: R28
  test.each([
    ["item-not-found", 480, 27],
    ["service-unavailable", 480, 27],
    ["recipient-unavailable", 480, 27],
    ["feature-not-implemented", 480, 27],
    ["remote-server-not-found", 480, 27],
    ["remote-server-timeout", 480, 102],
    ["silence", 480, 102],
    ["offline", 480, 27],
    ["forbidden", 403, 21],
    ["not-allowed", 403, 21],
    ["conflict", 486, 17],
    ["resource-constraint", 486, 17],
    ["bad-request", 488, 88],
    ["not-acceptable", 488, 88],
    ["internal-server-error", 500, 127],
  ])("%s: %d, and never 503 (RFC 7247 §7.1); Q.850 %d in profile precise", (condition, status, cause) => {
    expect(failureOfError(condition, "deployed")).toEqual({ status });
    expect(failureOfError(condition, "precise")).toEqual({ status, cause });
  });
});
