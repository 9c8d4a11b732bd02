/** The attacks of one user on the stream (tests/support/attacks.ts), as a server passes them on, in every cut of TCP. */
import { describe, expect, test } from "bun:test";
import { createChance, seedOf } from "../../../replay/chance.ts";
import { ATTACKS, CARRIERS, CUTS, cutBy } from "../../support/attacks.ts";
import { component, DOMAIN } from "./scene.ts";

const JULIET = "juliet@example.org/x";
const PING = `<iq type='get' id='still here' from='${JULIET}' to='${DOMAIN}'><ping xmlns='urn:xmpp:ping'/></iq>`;
/** What is left after so many pieces comes whole, since more say nothing new and take long. */
const MOST_PIECES = 1_000;
/** Bytes at a time at the wire in memory: as they are written. */
const SPLIT = 1_000_000_000;

const nameOf = (stanza: string): string => /^<(\w+)/.exec(stanza)?.[1] ?? "";
/** The stanza with more attributes. */
const given = (stanza: string, attributes: string): string => {
  const start = `<${nameOf(stanza)}`;
  return `${start} ${attributes}${stanza.slice(start.length)}`;
};
const fromJuliet = (stanza: string): string => given(stanza, `from='${JULIET}'`);
/** What the server's module makes of it (integrations/): IQs and messages of users come in a wrapper. */
const handedOver = (stanza: string): string => {
  const name = nameOf(stanza);
  if (name === "presence") return fromJuliet(stanza);
  const inside = given(fromJuliet(stanza), "xmlns='jabber:client'");
  return `<${name} type='set' id='outer' from='example.org' to='${DOMAIN}'><delegation xmlns='urn:xmpp:delegation:2'><forwarded xmlns='urn:xmpp:forward:0'>${inside}</forwarded></delegation></${name}>`;
};

const WAYS = [
  { mode: undefined, callee: `bob@${DOMAIN}`, passedOn: fromJuliet },
  { mode: "intercept", callee: "bob@example.org", passedOn: handedOver },
] as const;

describe.each(WAYS)("mode $mode", ({ mode, callee, passedOn }) => {
  describe.each(ATTACKS.map((attack, at) => ({ ...attack, at })))("$name", ({ inside, isPast, at }) => {
    // each attack comes in each cut, and each kind of stanza too
    const carried = CARRIERS.map((carrier, index) => ({ carrier, cut: CUTS[(at + index) % CUTS.length] ?? CUTS[0] }));
    // proves: C8, C9
    test.each(carried.map(({ carrier, cut }) => [carrier.name, cut?.name, carrier, cut] as const))(
      "as %s, cut %s: the stream stays up, and an IQ has one answer",
      async (name, _, { write, isIq }, cut) => {
        const stanza = passedOn(write(inside, { component: DOMAIN, callee }, "attack"));
        const it = await component("takes us", { split: SPLIT, ...(mode && { mode }) });
        const before = it.stanzas.length;
        const pieces = cutBy(cut, new TextEncoder().encode(stanza), createChance(seedOf(name)), MOST_PIECES);
        for (const piece of pieces) it.state.stream?.write(piece);
        await it.say(PING);
        const answers = it.stanzas.slice(before).filter((each) => each.is("iq") && each.attrs.type !== "get");
        expect([it.xmpp.online, answers.at(-1)?.attrs.id]).toEqual([true, "still here"]);
        expect(answers).toHaveLength(isIq ? 2 : 1);
        const dropped = [...it.xmpp.dropped.keys()].filter((reason) => reason.startsWith("stanza too"));
        expect(dropped).toHaveLength(isPast ? 1 : 0);
      },
    );
  });
});
