/** Callers in rosters by the component alone: bounds, intercept mode, and what is left at the end. Calls are in calls/caller-names. */
import { expect, test } from "bun:test";
import type { Element } from "@xmpp/xml";
import { parse } from "ltx/lib/ltx.js";
import { Tally } from "../../../actors/tally.ts";
import { Introductions } from "../../../actors/xmpp/introductions.ts";
import type { Answer, IqRequest } from "../../../actors/xmpp/requests.ts";
import { Rosters } from "../../../actors/xmpp/rosters.ts";
import { readHead, type Stanza } from "../../../protocol/xmpp/head.ts";
import { createClock } from "../../../replay/clock.ts";
import { component, DOMAIN } from "./scene.ts";

const GRANT = `<message from='example.org' to='${DOMAIN}'><privilege xmlns='urn:xmpp:privilege:2'><perm access='roster' type='both'/></privilege></message>`;

/** A component with access; `introduce` gives whether its call has gone on. */
async function granted(more: { mode?: "intercept" } = {}) {
  const it = await component("takes us", { callerGroup: "Callers", ...more });
  await it.say(GRANT);
  it.stanzas.length = 0;
  const introduce = (user: string, caller = "+491", name = "Carol") => {
    const call = { went: 0 };
    it.xmpp.introduce({ user: `${user}@example.org`, caller: `${caller}@${DOMAIN}/sip`, name }, () => void call.went++);
    return call;
  };
  const rosters = (): Element[] => it.stanzas.filter((each) => each.getChild("query", "jabber:iq:roster"));
  /** Answers all questions. */
  const answers = async (items = ""): Promise<void> => {
    const asked = rosters();
    it.stanzas.length = 0;
    const query = (type: string): string => (type === "get" ? `<query xmlns='jabber:iq:roster'>${items}</query>` : "");
    const said = asked.map(
      ({ attrs: { id, type, to } }) => `<iq type='result' id='${id}' from='${to}'>${query(type)}</iq>`,
    );
    await it.say(said.join(""));
  };
  return { ...it, introduce, rosters, answers };
}

// proves: K38
test("500 rosters are asked at once, and a call beyond them goes on; once they have answered there is room again", async () => {
  const { clock, introduce, rosters, answers } = await granted();
  const calls = Array.from({ length: 500 }, (_, index) => introduce(`u${index}`));
  await clock.advance(50);
  expect(rosters().length).toBe(500);
  expect(introduce("beyond").went).toBe(1);
  await answers();
  expect(rosters().map(({ attrs }) => attrs.type)).toEqual(Array.from({ length: 500 }, () => "set"));
  expect(calls.some(({ went }) => went > 0)).toBe(false);
  await answers();
  expect(calls.every(({ went }) => went === 1)).toBe(true);
  const next = introduce("beyond");
  await clock.advance(50);
  expect([next.went, rosters().length]).toEqual([0, 1]);
});

test("a name given before 10,000 others is forgotten, and its item is the user's", async () => {
  const clock = createClock();
  const asked: { readonly request: IqRequest; readonly answered: (answer: Answer) => void }[] = [];
  const log = (): void => {};
  const rosters = new Rosters({
    ...{ domain: DOMAIN, isServed: () => true, dropped: new Tally(clock, log, "dropped"), log },
    ask: (request, answered) => void asked.push({ request, answered }),
  });
  rosters.granted(readHead(parse(GRANT)) as Stanza);
  const introductions = new Introductions({ clock, log, rosters, domain: DOMAIN, group: "Callers" });
  /** Whether a caller is written into the roster in which Carol is in our group. */
  const isWritten = (caller: string, name: string): boolean => {
    introductions.introduce({ user: "juliet@example.org", caller: `${caller}@${DOMAIN}`, name }, () => {});
    const item = `<item jid='${caller}@${DOMAIN}' name='Carol'><group>Callers</group></item>`;
    asked.shift()?.answered({ type: "result", payload: parse(`<query xmlns='jabber:iq:roster'>${item}</query>`) });
    const set = asked.shift();
    set?.answered({ type: "result" });
    return set?.request.type === "set";
  };
  for (let number = 0; number <= 10_000; number++) expect(isWritten(`${number}`, "Carol")).toBe(false);
  expect([isWritten("0", "Dave"), isWritten("1", "Dave")]).toEqual([false, true]);
});

// proves: K36
test("in intercept mode, too, rosters are asked and written by the component itself, not on behalf of anybody", async () => {
  const { clock, introduce, rosters, answers } = await granted({ mode: "intercept" });
  const call = introduce("juliet");
  await clock.advance(50);
  await answers();
  const [set] = rosters();
  expect(set?.attrs).toMatchObject({ type: "set", from: DOMAIN, to: "juliet@example.org" });
  await answers();
  expect(call.went).toBe(1);
});

// proves: K39
test("an answer from another address counts for nothing", async () => {
  const { clock, introduce, rosters, say } = await granted();
  const call = introduce("juliet");
  await clock.advance(50);
  const [asked] = rosters();
  const roster = "<query xmlns='jabber:iq:roster'/>";
  await say(`<iq type='result' id='${asked?.attrs.id}' from='mallory@example.org'>${roster}</iq>`);
  expect([call.went, rosters().length]).toEqual([0, 1]);
  await clock.advance(500);
  expect(call.went).toBe(1);
});

test("a component that stops leaves no call waiting, and no timer", async () => {
  const { clock, xmpp, introduce } = await granted();
  const call = introduce("juliet");
  xmpp.stop();
  await clock.advance(1_000);
  expect([call.went, clock.armed]).toEqual([1, 0]);
});

test("a user without a roster to put callers into, a whole domain, is not asked for one", async () => {
  const { xmpp } = await granted();
  let went = 0;
  xmpp.introduce({ user: "elsewhere.example", caller: `+491@${DOMAIN}/sip`, name: "Carol" }, () => void went++);
  expect(went).toBe(1);
});
