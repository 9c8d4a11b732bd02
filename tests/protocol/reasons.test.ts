import { describe, expect, test } from "bun:test";
import { causeOf, failureOf, reasonOf, statusOf } from "../../protocol/reasons.ts";

describe("a callee's reason becomes the final response to the INVITE", () => {
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

  test("decline is 603 in profile precise", () =>
    expect(failureOf({ condition: "decline" }, "precise")).toEqual({ status: 603 }));

  test.each([
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

describe("the phone's final response becomes the reason of the terminate", () => {
  test("486 is decline, as deployed", () =>
    expect(reasonOf({ status: 486, phrase: "Busy Here" }, "deployed")).toEqual({ condition: "decline" }));

  test.each([400, 404, 408, 480, 487, 500, 503, 600, 603, 699])("%d is general-error with the status", (status) =>
    expect(reasonOf({ status, phrase: "What it says" }, "deployed")).toEqual({
      condition: "general-error",
      sipError: { code: status, phrase: "What it says" },
    }),
  );

  test.each([
    [486, "busy"],
    [600, "busy"],
    [603, "decline"],
    [607, "decline"],
    [404, "gone"],
    [480, "gone"],
    [302, "gone"],
    [408, "timeout"],
    [488, "incompatible-parameters"],
    [501, "unsupported-applications"],
    [580, "failed-transport"],
    [487, "cancel"],
    [500, "general-error"],
    [699, "general-error"],
  ])("%d is %s in profile precise, with text and status", (status, condition) =>
    expect(reasonOf({ status, phrase: "Phrase" }, "precise")).toEqual({
      condition,
      text: `${status} Phrase`,
      sipError: { code: status, phrase: "Phrase" },
    }),
  );
});

describe("a device that refuses the session-initiate becomes a status", () => {
  test.each([
    ["item-not-found", 480],
    ["service-unavailable", 480],
    ["recipient-unavailable", 480],
    ["feature-not-implemented", 480],
    ["remote-server-not-found", 480],
    ["remote-server-timeout", 480],
    ["silence", 480],
    ["offline", 480],
    ["forbidden", 403],
    ["not-allowed", 403],
    ["conflict", 486],
    ["resource-constraint", 486],
    ["bad-request", 488],
    ["not-acceptable", 488],
    ["internal-server-error", 500],
  ])("%s: %d, and never 503 (RFC 7247 §7.1)", (condition, status) => expect(statusOf(condition)).toBe(status));
});
