/** Which users are known when there are too many of them. */
import { expect, test } from "bun:test";
import xml from "@xmpp/xml";
import { XmppPresence } from "../../../actors/xmpp/presence.ts";
import { readJid } from "../../../protocol/xmpp/jid.ts";
import { createClock } from "../../../replay/clock.ts";

const NONE = { node: "", ver: "", features: [], identities: [] } as never;

function presence(): {
  comes: (user: string) => void;
  leaves: (user: string) => void;
  isOnline: (user: string) => boolean;
} {
  const it = new XmppPresence({
    clock: createClock(),
    domain: "sip.example.org",
    caps: { component: NONE, phone: NONE },
    toldOfAll: true,
    isServed: () => true,
    send: () => {},
    came: () => {},
    left: () => {},
    ask: () => {},
    sha1: (text) => text,
  });
  const receive = (user: string, type?: string): void => {
    const from = `${user}@example.org/x`;
    const sender = readJid(from);
    if (!sender) throw new Error(from);
    const element = xml("presence", { from, ...(type ? { type } : {}) });
    it.receive({ from, to: "sip.example.org", type, sender, element } as Parameters<typeof it.receive>[0]);
  };
  return {
    comes: (user) => receive(user),
    leaves: (user) => receive(user, "unavailable"),
    isOnline: (user) => it.reach(`${user}@example.org`, "bob@sip.example.org").isOnline,
  };
}

// proves: H8
test("the one that went offline longest ago is forgotten for a new one, and nobody who is online is", () => {
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
