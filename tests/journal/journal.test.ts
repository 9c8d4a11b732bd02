/** The journal finds the call of each message, folds what came again, keeps within its bounds, and lets go at the end. */
import { describe, expect, test } from "bun:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { parse } from "ltx/lib/ltx.js";
import type { CallAbout } from "../../actors/watch.ts";
import { type CallWatch, Journal } from "../../journal/journal.ts";
import type { CallView } from "../../journal/view.ts";
import { changed, changedAll, crlf } from "../support/changed.ts";

const ROMEO = "romeo@example.org/orchard";
const BOB = "bob@sip.example.org";
const outgoing: CallAbout = {
  ...{ id: "tagA", callId: "s1", sid: "s1", us: BOB, them: "romeo@example.org", from: ROMEO, to: BOB },
  direction: "outgoing",
};
const incoming: CallAbout = { ...outgoing, id: "tagB", from: BOB, to: "romeo@example.org", direction: "incoming" };

/** A journal at a simulated time. */
function world(budget = 1_000_000) {
  let now = 1_000;
  const zlib = {
    deflate: (bytes: Uint8Array, dictionary: Uint8Array) => deflateRawSync(bytes, { dictionary }),
    inflate: (bytes: Uint8Array, dictionary: Uint8Array) => inflateRawSync(bytes, { dictionary }),
  };
  const journal = new Journal({ now: () => now, budget, zlib });
  const sip = (out: boolean, text: string): void =>
    journal.sip(out, new TextEncoder().encode(crlf(text)), "udp", "192.0.2.2", 5060);
  return {
    ...{ journal, sip },
    later: (ms: number): void => {
      now += ms;
    },
    xmpp: (out: boolean, text: string): void => journal.xmpp(out, parse(text) as never),
    begin: (about: CallAbout): CallWatch => journal.begun(about) as CallWatch,
    view: (id: string): CallView => journal.call(id) as CallView,
  };
}

const invite = (callId: string, more = ""): string =>
  `INVITE sip:bob@192.0.2.2 SIP/2.0\nCall-ID: ${callId}\nFrom: <sip:a@b>;tag=tagA\nTo: <sip:bob@c>${more}\nCSeq: 1 INVITE\n\n`;
const initiate = (sid: string): string =>
  `<iq type='set' id='i1' from='${ROMEO}' to='${BOB}'><jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='${sid}'/></iq>`;
const labels = ({ messages }: CallView): string[] => messages.map(({ label }) => label);

describe("a message belongs", () => {
  test("to the call that it starts, although that does not exist yet when it arrives", () => {
    const { xmpp, begin, sip, view } = world();
    xmpp(false, initiate("s1"));
    begin(outgoing);
    sip(true, invite("s1"));
    expect(labels(view("tagA"))).toEqual(["session-initiate", "INVITE"]);
  });

  test("by the id of its IQ, when it is an answer", () => {
    const { xmpp, begin, view } = world();
    xmpp(false, initiate("s1"));
    begin(outgoing);
    xmpp(true, `<iq type='result' id='i1' from='${BOB}' to='${ROMEO}'/>`);
    expect(labels(view("tagA"))).toEqual(["session-initiate", "✓ session-initiate"]);
  });

  test("to the leg whose tag it has, if a proxy has returned the call with the same Call-ID", () => {
    const { begin, sip, view } = world();
    begin(outgoing);
    sip(true, invite("s1"));
    sip(false, invite("s1"));
    begin({ ...incoming, us: "romeo\\40example.org@sip.example.org", them: "juliet@example.org" });
    sip(
      true,
      "SIP/2.0 180 Ringing\nCall-ID: s1\nFrom: <sip:a@b>;tag=tagA\nTo: <sip:bob@c>;tag=tagB\nCSeq: 1 INVITE\n\n",
    );
    sip(false, "SIP/2.0 180 Ringing\nCall-ID: s1\nFrom: <sip:a@b>;tag=tagA\nTo: <sip:bob@c>;tag=x\nCSeq: 1 INVITE\n\n");
    expect(labels(view("tagB"))).toEqual(["INVITE", "180 Ringing"]);
    expect(labels(view("tagA"))).toEqual(["INVITE", "180 Ringing"]);
  });

  test("to a new call, if the old one with its name is over", () => {
    const { xmpp, begin, view } = world();
    xmpp(false, initiate("s1"));
    begin(outgoing).ended("success");
    xmpp(false, initiate("s1"));
    begin({ ...outgoing, id: "tagC" });
    expect(labels(view("tagA"))).toEqual(["session-initiate"]);
    expect(labels(view("tagC"))).toEqual(["session-initiate"]);
  });

  test("to nobody, when it is of no call", () => {
    const { xmpp, sip, begin, view } = world();
    begin(outgoing);
    xmpp(false, "<presence from='a@b/c' to='d@e'/>");
    sip(false, "OPTIONS sip:a@b SIP/2.0\nCall-ID: other\nCSeq: 1 OPTIONS\n\n");
    sip(false, "no SIP at all");
    expect(labels(view("tagA"))).toEqual([]);
  });
});

test("a repeated message is counted at its first copy", () => {
  const { begin, sip, later, view } = world();
  begin(outgoing);
  sip(true, invite("s1"));
  later(500);
  sip(true, invite("s1"));
  later(1_000);
  sip(true, invite("s1"));
  expect(view("tagA").messages.map(({ label, again }) => [label, again])).toEqual([["INVITE", 2]]);
});

test("a call continued in another process keeps its times, and its record begins there", () => {
  const { begin, view } = world();
  const call = begin({ ...outgoing, before: { begun: -9_000, rang: -8_000, answered: -5_000 } });
  call.step("restored", { established: { negotiation: "stable", hold: "talking" } }, []);
  expect(view("tagA")).toMatchObject({ begun: -9_000, rang: -8_000, answered: -5_000, phase: "up" });
  expect(view("tagA").steps).toMatchObject([{ event: "restored", before: ["starting"] }]);
});

test("steps stand beside their messages", () => {
  const { xmpp, begin, sip, later, view } = world();
  xmpp(false, initiate("s1"));
  const call = begin(outgoing);
  call.effect("sip.send.invite");
  sip(true, invite("s1"));
  call.step("xstate.init", { outgoing: "inviting" }, []);
  later(20);
  sip(false, "SIP/2.0 180 Ringing\nCall-ID: s1\nFrom: <sip:a@b>;tag=tagA\nTo: <sip:bob@c>;tag=x\nCSeq: 1 INVITE\n\n");
  call.step("sip.invite.provisional", { outgoing: "ringing" }, [
    { guard: { type: "is ringing" }, actions: ["send ringing (once)"] },
  ]);
  call.effect("jingle.send.ringing");
  call.refused("sip.info", "sip.info does not fit a call that is outgoing.ringing");
  expect(view("tagA").steps).toEqual([
    {
      ...{ n: 1, at: 0, event: "begins", before: ["starting"], after: ["outgoing.inviting"], actions: [] },
      ...{ effects: ["sip.send.invite"], came: 0, said: [1] },
    },
    {
      ...{ n: 2, at: 20, event: "sip.invite.provisional", before: ["outgoing.inviting"], after: ["outgoing.ringing"] },
      ...{ guard: "is ringing", actions: ["send ringing (once)"], effects: ["jingle.send.ringing"], came: 2, said: [] },
    },
    {
      ...{ n: 3, at: 20, event: "sip.info", before: ["outgoing.ringing"], after: ["outgoing.ringing"], actions: [] },
      ...{ effects: [], said: [], refused: "sip.info does not fit a call that is outgoing.ringing" },
    },
  ]);
});

test("a call that is over says the same as before", () => {
  const { xmpp, begin, sip, view } = world();
  xmpp(false, initiate("s1"));
  const call = begin(outgoing);
  sip(true, invite("s1"));
  call.step("xstate.init", { outgoing: "inviting" }, [{ actions: [{ type: "send INVITE" }] }]);
  const { steps, messages } = view("tagA");
  call.ended("decline");
  const after = view("tagA");
  expect([after.steps, after.messages]).toEqual([steps, messages]);
  expect([after.phase, after.why, after.failed]).toEqual(["over", "decline", true]);
});

describe("a call that rests", () => {
  const told = ({ begin, sip, xmpp, later, journal }: ReturnType<typeof world>, rests: boolean): CallWatch => {
    xmpp(false, initiate("s1"));
    const call = begin(outgoing);
    sip(true, invite("s1"));
    call.step("sip.invite.success", { established: { negotiation: "stable", hold: "talking" } }, []);
    later(11_000);
    if (rests) journal.rest();
    sip(true, changedAll(invite("s1"), "INVITE", "BYE"));
    later(11_000);
    if (rests) journal.rest();
    call.effect("sip.send.bye");
    return call;
  };

  test("says the same as one that has never rested, before its end and after it", () => {
    const [resting, awake] = [world(), world()];
    const calls = [told(resting, true), told(awake, false)];
    expect(resting.view("tagA")).toEqual(awake.view("tagA"));
    expect(labels(resting.view("tagA"))).toEqual(["session-initiate", "INVITE", "BYE"]);
    for (const call of calls) call.ended("success");
    expect(resting.view("tagA")).toEqual(awake.view("tagA"));
  });

  test("weighs less", () => {
    const it = world();
    told(it, false);
    const before = it.journal.weight;
    it.later(11_000);
    it.journal.rest();
    expect(it.journal.weight).toBeLessThan(before);
    expect(it.journal.weight).toBeGreaterThan(0);
  });

  test("is left as it is while it is busy", () => {
    const it = world();
    told(it, false);
    const before = it.journal.weight;
    it.later(4_000);
    it.journal.rest();
    expect(it.journal.weight).toBe(before);
  });

  test("keeps within its bounds, however often it rests", () => {
    const it = world(10_000_000);
    const call = it.begin(outgoing);
    for (let at = 0; at < 1_000; at++) {
      call.effect(`e${at}`);
      it.later(11_000);
      it.journal.rest();
    }
    expect(it.view("tagA").dropped).toBe(600);
  });
});

test("live calls are counted by their states, also when another call has left the same state", () => {
  const { journal, begin } = world();
  const [first, second] = [begin(outgoing), begin({ ...outgoing, id: "tagC", callId: "s2", sid: "s2" })];
  for (const call of [first, second]) call.step("xstate.init", { outgoing: "inviting" }, []);
  first.step("jingle.session-terminate", "ended", []);
  first.ended("cancel");
  expect(journal.counts).toMatchObject({
    ...{ calls: 2, live: 1, now: { "outgoing.inviting": 1 }, entered: { "outgoing.inviting": 2, ended: 1 } },
    ...{ walked: { "starting>outgoing.inviting": 2, "outgoing.inviting>ended": 1 } },
    ways: { "starting xstate.init>outgoing.inviting": 2, "outgoing.inviting jingle.session-terminate>ended": 1 },
  });
});

describe("bounds", () => {
  test("of a call: the middle gives way, and is counted", () => {
    const { begin, view } = world();
    const call = begin(outgoing);
    for (let n = 0; n < 1_000; n++) call.step(`event ${n}`, { outgoing: "inviting" }, []);
    const { steps, dropped } = view("tagA");
    expect([steps[0]?.event, steps.at(-1)?.event, steps.length, dropped]).toEqual(["event 0", "event 999", 400, 600]);
  });

  test("of all: the call that ended first goes first, and nothing outgrows the budget", () => {
    const { journal, sip } = world(20_000);
    for (let n = 0; n < 200; n++) {
      const call = journal.begun({ ...outgoing, id: `tag${n}`, callId: `call${n}`, sid: `call${n}` });
      sip(true, `${invite(`call${n}`)}${"x".repeat(500)}`);
      call?.ended("success");
      expect(journal.weight).toBeLessThanOrEqual(20_000);
    }
    expect(journal.row("tag0")).toBeUndefined();
    expect(journal.row("tag199")).toBeDefined();
  });

  // proves: H9
  test("of one user: the calls of one who makes many push out none of another's, live or over", () => {
    const { begin, sip, journal } = world(80_000);
    const called = (id: string, them: string): CallWatch => {
      const call = begin({ ...outgoing, id, callId: id, sid: id, them });
      sip(true, changed(invite(id), "tagA", id));
      return call;
    };
    const live = called("live", "juliet@example.org");
    called("old", "juliet@example.org").ended("success");
    for (let at = 0; at < 500; at++) called(`m${at}`, "mallory@example.org")?.ended("success");
    const left = (): string[] => journal.calls({}, 1_000).calls.map(({ id }) => id);
    expect(left().slice(-2)).toEqual(["old", "live"]);
    expect([left()[0], left().length > 100]).toEqual(["m499", true]);
    // what lives is no way around it
    for (let at = 0; at < 100; at++) called(`l${at}`, "mallory@example.org");
    for (let at = 0; at < 100; at++)
      for (let more = 0; more < 30; more++)
        sip(true, `${changed(invite(`l${at}`), "tagA", `l${at}`)}${more}${"x".repeat(900)}`);
    expect(left().slice(-2)).toEqual(["old", "live"]);
    expect(journal.weight).toBeLessThanOrEqual(80_000);
    live.ended("success");
    called("new", "juliet@example.org").ended("success");
    expect(left().filter((id) => ["new", "live", "old"].includes(id))).toEqual(["new", "old", "live"]);
  });

  // proves: H9
  test("of a user who is alone has no part: the whole budget is that user's", () => {
    const { begin, journal } = world(80_000);
    for (let at = 0; at < 2_000; at++) begin({ ...outgoing, id: `${at}`, callId: `${at}` }).ended("success");
    expect(journal.weight).toBeGreaterThan(79_000);
  });

  test("of all: the records of live calls shrink if nothing else can be dropped", () => {
    const { journal, sip } = world(2_000);
    journal.begun(outgoing);
    for (let n = 0; n < 20; n++) sip(true, `${invite("s1")}${"x".repeat(300 + n)}`);
    expect(journal.weight).toBeLessThanOrEqual(2_000);
    expect(journal.call("tagA")?.dropped).toBeGreaterThan(10);
  });
});

test("the list is asked by any word, by state and by reason, newest first, page by page", () => {
  const { journal } = world();
  for (let n = 0; n < 5; n++)
    journal.begun({ ...outgoing, id: `t${n}`, callId: `c${n}`, sid: `c${n}`, to: `+49 30 9018-2${n}@sip.example.org` });
  journal.begun({ ...incoming, id: "u" })?.ended("decline");
  const ids = (query: Parameters<Journal["calls"]>[0], most = 10): string[] =>
    journal.calls(query, most).calls.map(({ id }) => id);
  expect(ids({})).toEqual(["u", "t4", "t3", "t2", "t1", "t0"]);
  expect(ids({ q: "4930901823" })).toEqual(["t3"]);
  expect(ids({ reason: "decline" })).toEqual(["u"]);
  expect(ids({ after: "t3" }, 2)).toEqual(["t2", "t1"]);
  expect(journal.calls({ q: "ROMEO" }, 1)).toMatchObject({ total: 6, live: 5 });
});

test("a reader that returns gets what has changed, each call once, or a gap", () => {
  const { journal, sip } = world();
  journal.begun(outgoing);
  const { last } = journal.changes;
  sip(true, invite("s1"));
  sip(true, `${invite("s1")}more`);
  expect(journal.changes.since(last)?.calls).toEqual(["tagA"]);
  for (let n = 0; n < 5_000; n++) sip(true, `${invite("s1")}${n}`);
  expect(journal.changes.since(last)).toBeUndefined();
  expect(journal.changes.since(journal.changes.last)?.calls).toEqual([]);
});
