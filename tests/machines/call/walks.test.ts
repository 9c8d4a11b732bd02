/** The laws that hold on every loop-free way through the call chart (tests/support/walks.ts), and that its tables go the same ways. */
import { describe, expect, test } from "bun:test";
import { goBothWays } from "../../support/stepped-chart.ts";
import { CASES, type Walk, walks } from "../../support/walks.ts";

/** What answers an INVITE of theirs, or is one. */
const FINAL = /^sip\.(?:reinvite|send\.(?:success|failure))$/;

const is = (type: string) => (one: { type: string }) => one.type === type;
const count = (story: Walk["story"], type: string): number => story.filter(is(type)).length;
const at = (story: Walk["story"], type: string): number => story.findIndex(is(type));
const told = ({ story }: Walk): string => story.map(({ type }) => type).join(" → ");

describe.each(CASES)("%s", (_, from) => {
  const all = walks(from);

  test("has many ways to end, and every way has an end", () => {
    expect(all.length).toBeGreaterThan(20);
  });

  test("goes the same way by tables, whatever comes wherever it is", () => {
    expect(goBothWays(from, all)).toBeGreaterThan(10);
  });

  test("each device is notified of the end once, unless it has left by itself", () => {
    for (const walk of all)
      for (const device of from.devices) {
        const { story } = walk;
        const ends = story.filter(
          (one) => one.type === "jingle.send.session-terminate" && one.to.includes(device),
        ).length;
        const left = story.filter(
          (one) =>
            (one.type === "jingle.session-terminate" || one.type === "jingle.refused" || one.type === "jingle.lost") &&
            one.device === device,
        ).length;
        expect(ends + left, `${device}: ${told(walk)}`).toBe(1);
      }
  });

  test("a proposal has one end: taken, rejected, failed or retracted; and what was taken is finished", () => {
    for (const walk of all) {
      const ends = ["jmi.proceed", "jmi.reject", "jmi.failure", "jmi.send.retract"].map((type) =>
        count(walk.story, type),
      );
      expect(Math.max(0, ...ends), told(walk)).toBeLessThanOrEqual(1);
      expect(
        ends.reduce((sum, each) => sum + each),
        told(walk),
      ).toBe(from.messages === "proposed" ? 1 : 0);
      expect(count(walk.story, "jmi.send.finish"), told(walk)).toBe(count(walk.story, "jmi.proceed"));
    }
  });

  test("no CANCEL before a provisional response, and at most one (RFC 3261 §9.1)", () => {
    for (const walk of all) {
      const cancel = at(walk.story, "sip.send.cancel");
      const heard = at(walk.story, "sip.invite.provisional");
      if (cancel !== -1) expect(heard !== -1 && heard < cancel, told(walk)).toBe(true);
      expect(count(walk.story, "sip.send.cancel"), told(walk)).toBeLessThanOrEqual(1);
    }
  });

  test("every 2xx is acknowledged, and every dialog hung up by one side", () => {
    for (const walk of all) {
      const { story } = walk;
      const answers = count(story, "sip.invite.success") + count(story, "sip.invite.unusable");
      expect(count(story, "sip.send.ack"), told(walk)).toBe(answers);
      const reinvited = story.findIndex(({ type }) => type.startsWith("sip.reinvite"));
      const before = reinvited === -1 ? story : story.slice(0, reinvited);
      const answered = answers + count(before, "sip.send.success");
      const crossed = at(story, "sip.send.bye") < at(story, "sip.bye") && at(story, "sip.send.bye") !== -1;
      const byThem = answered === 0 || crossed ? 0 : count(story, "sip.bye");
      expect(count(story, "sip.send.bye") + byThem, told(walk)).toBe(answered);
    }
  });

  test("an INVITE of theirs gets exactly one final response", () => {
    for (const walk of all) {
      const finals = count(walk.story, "sip.send.success") + count(walk.story, "sip.send.failure");
      const again = count(walk.story, "sip.reinvite") + count(walk.story, "sip.reinvite.empty");
      // one that waits for the user when the call ends is refused by the SIP side itself (§15.1.2)
      const waits = walk.story.findLast(({ type }) => FINAL.test(type))?.type === "sip.reinvite" ? 1 : 0;
      expect(finals + waits, told(walk)).toBe(again + (from.direction === "incoming" ? 1 : 0));
    }
  });

  test("as callee, no BYE before the ACK or its time-out (RFC 3261 §15)", () => {
    for (const walk of all) {
      const bye = at(walk.story, "sip.send.bye");
      const ack = walk.story.findIndex(({ type }) => type === "sip.ack" || type === "sip.ack.timeout");
      if (from.direction === "incoming" && bye !== -1) expect(ack !== -1 && ack < bye, told(walk)).toBe(true);
    }
  });
});
