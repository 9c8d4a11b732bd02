/** Which users are known when there are too many of them, and how many subscriptions of one user are answered. */
import { expect, test } from "bun:test";
import xml from "@xmpp/xml";
import { Tally } from "../../../actors/tally.ts";
import { XmppPresence } from "../../../actors/xmpp/presence.ts";
import { readJid } from "../../../protocol/xmpp/jid.ts";
import { createClock } from "../../../replay/clock.ts";

const NONE = { node: "", ver: "", features: [], identities: [] } as never;

function presence(): {
  comes: (user: string) => void;
  leaves: (user: string) => void;
  isOnline: (user: string) => boolean;
  subscribes: (user: string, to: string) => void;
  answered: () => readonly string[];
  dropped: Tally;
  passes: (milliseconds: number) => Promise<void>;
} {
  const clock = createClock();
  const answered: string[] = [];
  const dropped = new Tally(clock, () => {}, "xmpp.dropped");
  const it = new XmppPresence({
    clock,
    dropped,
    domain: "sip.example.org",
    caps: { component: NONE, phone: NONE },
    toldOfAll: true,
    isServed: () => true,
    send: ({ attrs }) => void (attrs.type === "subscribed" && answered.push(String(attrs.to))),
    came: () => {},
    left: () => {},
    ask: () => {},
    sha1: (text) => text,
  });
  const receive = (user: string, type?: string, to = "sip.example.org"): void => {
    const from = `${user}@example.org/x`;
    const sender = readJid(from);
    if (!sender) throw new Error(from);
    const element = xml("presence", { from, ...(type ? { type } : {}) });
    it.receive({ from, to, type, sender, element } as Parameters<typeof it.receive>[0]);
  };
  return {
    comes: (user) => receive(user),
    leaves: (user) => receive(user, "unavailable"),
    subscribes: (user, to) => receive(user, "subscribe", to),
    answered: () => answered,
    dropped,
    passes: (milliseconds) => clock.advance(milliseconds),
    isOnline: (user) => it.reach(`${user}@example.org`, "bob@sip.example.org").isOnline,
  };
}

// proves: H8
test("a new user displaces the one that has been offline longest, never one that is online", () => {
  const { comes, leaves, isOnline } = presence();
  for (let user = 0; user < 200_000; user++) comes(`${user}`);
  comes("late");
  expect([isOnline("0"), isOnline("199999"), isOnline("late")]).toEqual([true, true, false]);
  leaves("7");
  leaves("8");
  comes("7");
  comes("late");
  expect([isOnline("7"), isOnline("late")]).toEqual([true, true]);
  comes("8");
  expect(isOnline("8")).toBe(false);
});

// proves: H10
test("of one user's subscriptions sixty a minute are answered, and everybody else's all the same", async () => {
  const { subscribes, answered, dropped, passes } = presence();
  for (let number = 0; number < 100; number++) subscribes("mallory", `${number}@sip.example.org`);
  expect(answered()).toHaveLength(60);
  expect(dropped.counts.get("one subscription of a user too many")).toBe(40);
  subscribes("juliet", "1@sip.example.org");
  expect(answered().at(-1)).toBe("juliet@example.org");
  await passes(60_001);
  subscribes("mallory", "100@sip.example.org");
  expect(answered().at(-1)).toBe("mallory@example.org");
});
